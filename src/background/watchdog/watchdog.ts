/** Names the handler that blocks the event loop. Costs a thread, and nothing on the way of a message. */
import { existsSync } from 'node:fs';
import { url as debuggerUrl } from 'node:inspector';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Step } from '../../base/boot/report.js';
import type { Logger } from '../../base/log.js';
import type { Frame, FromThread, ThreadOptions } from './messages.js';

export interface WatchdogOptions {
  /**
   * Names in the log the handler that blocks the event loop for so many milliseconds, 200 if `true`. A thread of its
   * own watches, so even an endless loop is logged, and no message pays for it. Unless given, on with `debug`.
   */
  readonly watchdog?: boolean | number;
}

const USUAL_TIME = 200;
const UNWATCHED =
  'the event loop is not watched: the bundle has no thread.js beside it. Fix: copy colloquy/dist/background/watchdog/thread.js there (docs/guides/bundling.md)';

/** Returns the milliseconds of blocking that are worth a log line, `Infinity` for none; yields a time that is none. */
export function* resolveBlockTime({
  watchdog,
  debug = false,
  logger,
}: WatchdogOptions & { readonly debug?: boolean; readonly logger?: unknown }): Step<number> {
  if (typeof watchdog === 'number' && !(watchdog > 0)) {
    yield {
      code: 'watchdog_time',
      where: 'watchdog',
      what: `${watchdog} is not a time.`,
      fix: 'give milliseconds, or true.',
    };
  }
  if (typeof watchdog === 'number') return watchdog;
  return (watchdog ?? debug) && logger !== false ? USUAL_TIME : Infinity;
}

/** The file of the thread: beside this one, or beside the program if that is a bundle. `undefined` if it was left behind. */
function threadFile(): URL | undefined {
  const own = import.meta.url as string | undefined;
  const program = process.argv[1];
  const places = [own, program === undefined ? undefined : pathToFileURL(program).href];
  const files = places.flatMap((place) => (place?.startsWith('file:') ? new URL(`./${THREAD}.js`, place) : []));
  return files.find((file) => existsSync(file));
}

/** In a variable, so that a bundler does not make a file of its own of it. */
const THREAD: string = 'thread';

export class Watchdog {
  #thread: Worker | undefined;

  /**
   * @param time milliseconds
   * @param handlers returns the names to be looked for in the stack, `Class.method`
   */
  constructor(
    private readonly time: number,
    private readonly handlers: () => readonly string[],
    private readonly log: Logger,
  ) {}

  /** Begins to watch; it does not keep the process alive. Breakpoints block too, so it leaves a debugger alone. */
  start(): void {
    if (this.time === Infinity || this.#thread || debuggerUrl() !== undefined) return;
    const thread = this.#open();
    if (!thread) return;
    thread.unref();
    thread.on('error', (err) => this.log.warn({ err }, 'the event loop is not watched any more'));
    thread.on('message', (message: FromThread) => {
      if (typeof message === 'string') thread.postMessage('yes');
      else this.#report(message.ms, message.stack);
    });
    this.#thread = thread;
  }

  #open(): Worker | undefined {
    const file = threadFile();
    if (!file) {
      this.log.warn(UNWATCHED);
      return undefined;
    }
    const workerData: ThreadOptions = { time: this.time };
    return new Worker(file, { workerData, execArgv: [], env: {} });
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
