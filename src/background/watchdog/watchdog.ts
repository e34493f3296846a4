/** Names the handler that blocks the event loop. Costs a thread, and nothing on the way of a message. */
import { url as debuggerUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { Problems } from '../../base/boot/report.js';
import type { Logger } from '../../base/log.js';
import type { Frame, FromThread, ThreadOptions } from './messages.js';

export interface WatchdogOptions {
  /**
   * Names in the log the handler that blocks the event loop for so many milliseconds, 200 where `true`. A thread of its
   * own watches, so even an endless loop is told of, and no message pays for it. Unless given, on with `debug`.
   */
  readonly watchdog?: boolean | number;
}

const usualTime = 200;

/** The milliseconds of blocking that are worth a log line, `Infinity` for none. */
export function resolveBlockTime(
  { watchdog, debug = false, logger }: WatchdogOptions & { readonly debug?: boolean; readonly logger?: unknown },
  problems: Problems,
): number {
  if (typeof watchdog === 'number' && !(watchdog > 0)) {
    problems.push({
      code: 'watchdog_time',
      where: 'watchdog',
      what: `${watchdog} is not a time.`,
      fix: 'give milliseconds, or true.',
    });
  }
  if (typeof watchdog === 'number') return watchdog;
  return (watchdog ?? debug) && logger !== false ? usualTime : Infinity;
}

export class Watchdog {
  #thread: Worker | undefined;

  /**
   * @param time milliseconds
   * @param handlers gives the names to be looked for in the stack, `Class.method`
   */
  constructor(
    private readonly time: number,
    private readonly handlers: () => readonly string[],
    private readonly log: Logger,
  ) {}

  /** Begins to watch; it does not keep the process alive. Breakpoints block too, so it leaves a debugger alone. */
  start(): void {
    if (this.time === Infinity || this.#thread || debuggerUrl() !== undefined) return;
    const workerData: ThreadOptions = { time: this.time };
    const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData, execArgv: [], env: {} });
    thread.unref();
    thread.on('error', (err) => this.log.warn({ err }, 'the event loop is not watched any more'));
    thread.on('message', (message: FromThread) => {
      if (typeof message === 'string') thread.postMessage('yes');
      else this.#report(message.ms, message.stack);
    });
    this.#thread = thread;
  }

  async stop(): Promise<void> {
    await this.#thread?.terminate();
  }

  #report(ms: number, stack: readonly Frame[]): void {
    const handlers = new Set(this.handlers());
    const handler = stack.find(({ name }) => handlers.has(name))?.name;
    const [innermost] = stack;
    const facts = { ms, ...(handler === undefined ? {} : { handler }), in: innermost?.name, at: innermost?.at };
    this.log.warn(facts, `the event loop was blocked for ${ms} ms by ${handler ?? innermost?.name ?? 'native code'}`);
  }
}
