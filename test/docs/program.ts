/** A program of a page, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { until } from '../support/wait.js';

export interface Program {
  /** What it has printed. */
  readonly output: string;
  /** The port that it listens on, once it has said so. */
  port(): Promise<number>;
  /** Asks it to stop, where it has not ended by itself; gives its exit code, which is `null` where it was killed. */
  stop(): Promise<number | null>;
  /** Sends it a signal. */
  kill(signal: NodeJS.Signals): void;
  /** Its exit code, when it has ended by itself. */
  ended(): Promise<number | null>;
}

const portPattern = /listening on https?:\/\/[^:]+:(\d+)|port: (\d+)/;

/** Starts a compiled file in its folder; which functions ran is written to `coverage`. */
export function startProgram(file: string, coverage: string, env: Readonly<Record<string, string>> = {}): Program {
  const child = spawn(process.execPath, [file], {
    cwd: dirname(file),
    env: { ...process.env, ...env, NODE_V8_COVERAGE: coverage },
  });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  let output = '';
  let isOver = false;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
  const ended = exit.then(([code]) => {
    isOver = true;
    return code;
  });
  const portOf = (): string | undefined => portPattern.exec(output)?.slice(1).find(Boolean);
  return {
    get output() {
      return output;
    },
    async port() {
      await until(() => isOver || portOf() !== undefined, `the port of ${file}`, 90_000);
      if (portOf() === undefined) throw new Error(`${file} ended before it listened:\n${output}`);
      return Number(portOf());
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
    kill: (signal) => void child.kill(signal),
    ended: () => ended,
  };
}
