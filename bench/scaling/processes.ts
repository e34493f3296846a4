/** Drives the measured processes, and reads the CPU time of the brokers. */
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface MeasuredNode {
  readonly port: number;
  ask<T = number>(job: string, count?: number): Promise<T>;
  end(): void;
}

export async function startNode(url: string, prefix: string): Promise<MeasuredNode> {
  const program = fileURLToPath(new URL('./node.js', import.meta.url));
  const child: ChildProcess = fork(program, [url, prefix], { execArgv: ['--expose-gc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    port,
    ask: async <T>(job: string, count = 0) => {
      child.send({ job, count });
      const [{ result }] = (await once(child, 'message')) as [{ result: T }];
      return result;
    },
    end: () => child.kill('SIGKILL'),
  };
}

/** Asks until the answer will do. */
export async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Microseconds of CPU that the process listening on the port has used so far, with all that it started. */
export function brokerCpu(port: number): number {
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const parents = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const listeners = execFileSync('ss', ['-Hltnp', `sport = :${port}`], { encoding: 'utf8' });
  const below = (pid: number): number[] => [
    pid,
    ...parents.filter(([, parent]) => parent === pid).flatMap(([each]) => below(each)),
  ];
  const roots = new Set([...listeners.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid)));
  const pids = new Set([...roots].flatMap(below));
  return [...pids].reduce((sum, pid) => sum + cpuOf(pid), 0);
}

/** Clock ticks are a hundredth of a second. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
