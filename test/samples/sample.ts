/** Starts a sample as a user does, in a process of its own. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What pino writes where standard output is no terminal. */
interface LogLine {
  readonly level: number;
  readonly msg: string;
}

const WARNING = 40;

/** Nothing outlives the tests, however they end. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface SampleProgram {
  /** The file that is run; `main.ts` unless given. */
  readonly program?: string;
  /** Variables beside `PORT`, which is 0. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it logs when it is ready; the first group is its `url`. */
  readonly ready?: RegExp;
}

/** A sample that listens. */
export class RunningSample {
  private constructor(
    /** What the sample told people to open. */
    readonly url: string,
    /** All that it has logged so far. */
    readonly log: readonly LogLine[],
    private readonly child: ChildProcess,
    private readonly errors: readonly Buffer[],
  ) {}

  /** @param name its folder below `samples/` */
  static async start(
    name: string,
    { program = 'main.ts', environment, ready = /^listening on (\S+)$/ }: SampleProgram = {},
  ): Promise<RunningSample> {
    const child = spawn(process.execPath, ['--import', '@oxc-node/core/register', `samples/${name}/${program}`], {
      cwd: root,
      env: { ...process.env, PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('close', () => running.delete(child));
    const errors: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    const log: LogLine[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).on('line', (text) => {
        const line = JSON.parse(text) as LogLine;
        log.push(line);
        const address = ready.exec(line.msg)?.[1];
        if (address) resolve(address);
      });
      child.once('error', reject);
      child.once('close', (code) =>
        reject(new Error(`${name} ended with ${code}: ${Buffer.concat(errors).toString()}`)),
      );
    });
    return new RunningSample(url, log, child, errors);
  }

  /** Ends it as a power cut does, if it has not ended. */
  async kill(): Promise<void> {
    if (!running.has(this.child)) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await closed;
  }

  /** Ends it as an operator does, and holds it to what every sample promises: exit code 0 and nothing to complain of. */
  async stop(): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null];
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, 'SIGTERM did not end the sample with exit code 0');
    assert.equal(Buffer.concat(this.errors).toString(), '', 'the sample wrote to standard error');
    assert.deepEqual(
      this.log.filter(({ level }) => level >= WARNING),
      [],
      'the sample logged a warning or an error',
    );
  }
}
