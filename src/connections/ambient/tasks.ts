/** Work that handlers start and do not wait for: `background` of colloquy/ambient. */
import type { EventContext } from '../../base/context.js';
import type { Logger } from '../../base/log.js';
import { quickError } from '../known-failures.js';

/** The work; the signal fires when the application stops. */
export type Task = (signal: AbortSignal) => unknown;

export class Tasks {
  readonly #running = new Map<symbol, { readonly handler: string; readonly end: Promise<void> }>();
  readonly #counts = new WeakMap<object, number>();
  readonly #stop = new AbortController();

  /** @param limit how many a transport may have running */
  constructor(
    private readonly limit: number,
    private readonly log: Logger,
  ) {}

  /**
   * Begins when the code that starts it has come to its end or first pause.
   * @throws EventError `busy` if the client's transport has too many running
   */
  start(context: EventContext, task: Task): void {
    const { conn } = context.socket;
    if (this.#countOf(conn) >= this.limit) throw quickError('busy');
    this.#counts.set(conn, this.#countOf(conn) + 1);
    const key = Symbol();
    const end = this.#run(context, task).then(() => {
      this.#running.delete(key);
      this.#counts.set(conn, this.#countOf(conn) - 1);
    });
    this.#running.set(key, { handler: context.handler.label, end });
  }

  #countOf(conn: object): number {
    return this.#counts.get(conn) ?? 0;
  }

  async #run(context: EventContext, task: Task): Promise<void> {
    const { signal } = this.#stop;
    try {
      await Promise.resolve(); // the handler first
      await task(signal);
    } catch (err) {
      if (signal.aborted && isAbort(err, signal)) return;
      context.log.error({ err, handler: context.handler.label }, 'background work that a handler started failed');
    }
  }

  /** Fires the signal; resolves when all of them have ended, those too that begin meanwhile, or `time` milliseconds have passed. */
  async stop(time: number): Promise<void> {
    this.#stop.abort(new DOMException('the application stops', 'AbortError'));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, time, 'late')));
    while (this.#running.size > 0) {
      const ended = Promise.all([...this.#running.values()].map(({ end }) => end));
      if ((await Promise.race([ended, late])) === 'late') break;
    }
    clearTimeout(timer);
    for (const { handler } of this.#running.values()) {
      this.log.warn({ handler, time }, 'background work did not end although its signal has fired');
    }
  }
}

/** Whether this is how a pause or a request ends when its signal fires. */
function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}
