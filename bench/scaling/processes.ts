/** Drives the measured processes, and reads the CPU time of the brokers. */
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Order } from './node.js';

export interface MeasuredNode {
  readonly port: number;
  ask<T = number>(job: Order['job'], steps?: Omit<Order, 'job'>): Promise<T>;
  end(): void;
}

export async function startNode(url: string, prefix: string): Promise<MeasuredNode> {
  const program = fileURLToPath(new URL('./node.js', import.meta.url));
  const child: ChildProcess = fork(program, [url, prefix], { execArgv: ['--expose-gc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    port,
    ask: async <T>(job: Order['job'], steps: Omit<Order, 'job'> = {}) => {
      child.send({ job, ...steps } satisfies Order);
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

/** All threads of the process. */
function cpuOf(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1000;
}
