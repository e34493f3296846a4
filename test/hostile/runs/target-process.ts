/** Starts the target, and asks it how it is. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface TargetState {
  readonly heapUsed: number;
  readonly polluted: readonly string[];
  readonly health: { readonly clients: number; readonly counts: Readonly<Record<string, number>> };
}

export class Target {
  /** Why the process ended, once it has. */
  ended: string | undefined;
  readonly #child: ChildProcess;
  #errors = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr!.on('data', (chunk) => (this.#errors += String(chunk)));
    child.once('exit', (code, signal) => (this.ended = `exit code ${code}, signal ${signal}\n${this.#errors}`));
  }

  /** The ports of the server with the default parser and of the one with msgpack. */
  ports: readonly [number, number] = [0, 0];

  static async start(): Promise<Target> {
    const file = fileURLToPath(new URL('target.js', import.meta.url));
    const child = fork(file, [], { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    const target = new Target(child);
    target.ports = ((await target.#next()) as { ports: [number, number] }).ports;
    return target;
  }

  async state(): Promise<TargetState> {
    this.#child.send('state');
    return ((await this.#next()) as { state: TargetState }).state;
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const exit = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.send('stop');
    await exit;
  }

  #next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the target hangs\n${this.#errors}`)), 20_000);
      this.#child.once('message', (message) => {
        clearTimeout(timer);
        resolve(message);
      });
    });
  }
}
