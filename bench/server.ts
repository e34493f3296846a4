import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Contender } from './contenders.js';

/** What one server is started with; `contenders/shared/control.ts` says what each of them means. */
export interface Settings {
  handlers: number;
  namespaces: number;
  dtoClasses: number;
  controllers: number;
  watch: string;
}

export const defaults: Settings = { handlers: 50, namespaces: 1, dtoClasses: 0, controllers: 0, watch: 'nothing' };

const START_MS = 60_000;

type Answer = Record<string, number>;

/** How a contender's server is started. */
export function programOf({ command, folder, name }: Contender): { program: string; args: string[] } {
  const script = join(folder, '.build', name, 'server.js');
  const [program, ...args] = command ?? ['node', '--expose-gc', script];
  return { program, args };
}

/** One contender's server process: started, asked over its standard input, and stopped. */
export class Server {
  /** Microseconds of CPU time that the process had used when it first listened. */
  bootCpu = 0;
  port = 0;
  readonly #process: ChildProcess;
  #noise = '';
  #answered: ((answer: Answer) => void) | undefined;

  private constructor(contender: Contender, settings: Settings) {
    const { program, args } = programOf(contender);
    this.#process = spawn(program === 'node' ? process.execPath : program, args, {
      cwd: contender.folder,
      env: { ...process.env, NODE_ENV: 'production', BENCH_SETTINGS: JSON.stringify(settings) },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#process.stdin!.on('error', () => {});
    this.#process.stderr!.on('data', (chunk: Buffer) => this.#hear(String(chunk)));
    createInterface({ input: this.#process.stdout! }).on('line', (line) => {
      if (line.startsWith('@bench ')) this.#answered?.(JSON.parse(line.slice(7)) as Answer);
      else this.#hear(`${line}\n`);
    });
  }

  /** Starts a contender and waits until it listens. Throws with the end of its output when it does not. */
  static async start(contender: Contender, settings: Settings): Promise<Server> {
    const server = new Server(contender, settings);
    try {
      const { port, cpu } = await server.#answer();
      server.port = port!;
      server.bootCpu = cpu!;
      return server;
    } catch (error) {
      server.stop();
      throw error;
    }
  }

  /** Microseconds of CPU time (user and system, all threads) that the process has used so far. */
  async cpu(): Promise<number> {
    return (await this.#ask('cpu')).cpu!;
  }

  /** Bytes on the JavaScript heap and outside of it after garbage collection; `undefined` where that says nothing (Python). */
  async heap(): Promise<number | undefined> {
    return (await this.#ask('heap')).heap;
  }

  /** Spans that a server which records them has exported so far. */
  async spans(): Promise<number> {
    return (await this.#ask('spans')).spans!;
  }

  /** Closes the server's standard input, which ends it; after two seconds, kills it. */
  stop(): void {
    this.#process.stdin!.end();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 2000);
    this.#process.once('exit', () => clearTimeout(timer));
  }

  #ask(question: string): Promise<Answer> {
    const answer = this.#answer();
    this.#process.stdin!.write(`${question}\n`);
    return answer;
  }

  async #answer(): Promise<Answer> {
    const given = new AbortController();
    const exited = once(this.#process, 'exit', { signal: given.signal });
    const failed = exited.then(() => Promise.reject(new Error(`the server ended: ${this.#lastWords()}`)));
    const late = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(new Error(`the server is silent: ${this.#lastWords()}`)), START_MS);
      given.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    const answered = new Promise<Answer>((resolve) => (this.#answered = resolve));
    try {
      return await Promise.race([answered, failed, late]);
    } finally {
      failed.catch(() => {});
      given.abort();
    }
  }

  #hear(text: string): void {
    this.#noise = (this.#noise + text).slice(-2000);
  }

  #lastWords(): string {
    const lines = this.#noise.trim().split('\n');
    return lines.find((line) => /error|cannot|no module/i.test(line))?.trim() ?? lines.at(-1)!.trim();
  }
}
