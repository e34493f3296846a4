/** The user's program as a child process: one at a time. */
import { spawn, type ChildProcess } from 'node:child_process';

/** Milliseconds that the program has to close its application. */
const CLOSE_TIME = 5000;

export interface ProgramOptions {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Called when it ended without being told to. */
  readonly onEnd: (how: string) => void;
}

export class Program {
  #child: ChildProcess | undefined;
  #ended: Promise<number> = Promise.resolve(0);
  #isStopping = false;

  constructor(private readonly options: ProgramOptions) {}

  start(): void {
    const { words, cwd, env, onEnd } = this.options;
    const child = spawn(process.execPath, words, { cwd, env, stdio: 'inherit' });
    this.#child = child;
    this.#isStopping = false;
    this.#ended = new Promise((resolve) => {
      const end = (how: string, code: number): void => {
        if (this.#child === child) this.#child = undefined;
        resolve(code);
        if (!this.#isStopping) onEnd(how);
      };
      child.once('error', (error) => end(error.message, 1));
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code ?? 0}`, code ?? 1));
    });
  }

  /** Lets it close its application; kills it if that takes too long. Returns its exit code. */
  async stop(signal: NodeJS.Signals | undefined): Promise<number> {
    const child = this.#child;
    if (!child) return 0;
    this.#isStopping = true;
    if (signal !== undefined) child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIME);
    const code = await this.#ended;
    clearTimeout(timer);
    return code;
  }
}
