/** One piece of background work: started and stopped any number of times, and never running twice at once. */
import type { Server } from 'socket.io';
import { backgroundChannel } from '../base/channels/index.js';
import type { BackgroundOutcome } from '../base/channels/messages.js';
import type { Logger } from '../base/log.js';
import type { BackgroundPlan } from '../controllers/plan/types.js';
import type { HeldLease } from '../base/held-lease.js';
import { type Lease, unshared } from './lease.js';
import { sleep } from './sleep.js';

/** Milliseconds between a failure and the next try. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 30_000;

export class Work {
  /** Fires when the work is to stop; `undefined` while it is not wanted. */
  #period: AbortController | undefined;
  #ended: Promise<void> = Promise.resolve();
  #round: Promise<unknown> | undefined;

  constructor(
    readonly plan: BackgroundPlan,
    private readonly lease: Lease,
    private readonly log: Logger,
    private readonly io: Server,
  ) {}

  /** The call that runs now, of work that is called again and again; `undefined` between two. */
  get round(): Promise<unknown> | undefined {
    return this.#round;
  }

  /** Begins when an earlier period has ended. */
  start(): void {
    if (this.#period) return;
    const { signal } = (this.#period = new AbortController());
    this.#ended = this.#ended
      .then(() => (this.plan.once ? this.#hold(signal) : this.#repeat(signal, unshared())))
      .catch((err: unknown) => this.log.error({ err, work: this.plan.label }, 'a lease failed'));
  }

  /** Fires the signal of what runs, and resolves when it has ended. */
  stop(why: string): Promise<void> {
    this.#period?.abort(new DOMException(why, 'AbortError'));
    this.#period = undefined;
    return this.#ended;
  }

  /** Runs while this node holds the lease. */
  async #hold(signal: AbortSignal): Promise<void> {
    let running = Promise.resolve();
    const release = this.lease.hold(this.plan.key, (lost, lease = unshared(() => !lost.aborted)) => {
      const either = AbortSignal.any([signal, lost]);
      running = running.then(() => this.#repeat(either, lease));
    });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await running;
    await release();
  }

  async #repeat(signal: AbortSignal, lease: HeldLease): Promise<void> {
    const { every, label: work } = this.plan;
    let pause = SHORTEST_PAUSE;
    // After a pause of the process, the lease knows before the signal fires.
    while (lease.held && !signal.aborted) {
      const began = Date.now();
      const attempt = backgroundChannel.hasSubscribers ? this.#observed(signal, lease) : this.#attempt(signal, lease);
      if (every !== undefined) this.#round = attempt;
      const failure = await attempt;
      this.#round = undefined;
      const took = Date.now() - began;
      if (!failure || took > LONGEST_PAUSE) pause = SHORTEST_PAUSE;
      if (failure && !signal.aborted) {
        this.log.error({ err: failure.error, work, pause }, 'background work failed and is started again');
        await quietly(sleep(pause, signal));
        pause = Math.min(2 * pause, LONGEST_PAUSE);
      } else {
        if (every === undefined) return;
        await quietly(sleep(every - (took % every), signal));
      }
    }
  }

  /** The same for those who subscribe to `colloquy:background`. */
  async #observed(signal: AbortSignal, lease: HeldLease): Promise<{ error: unknown } | undefined> {
    const facts = { io: this.io, work: this.plan.label, startedAt: performance.now() };
    const failure = await backgroundChannel.runStores({ type: 'start', ...facts }, () => this.#attempt(signal, lease));
    const isStopped = failure && signal.aborted && isAbort(failure.error, signal);
    const outcome: BackgroundOutcome = failure
      ? { kind: isStopped ? 'stopped' : 'failed', ...failure }
      : { kind: 'done' };
    backgroundChannel.publish({ type: 'end', ...facts, duration: performance.now() - facts.startedAt, outcome });
    return failure;
  }

  /** Calls the method once; returns what it threw. */
  async #attempt(signal: AbortSignal, lease: HeldLease): Promise<{ error: unknown } | undefined> {
    const { label: work, run } = this.plan;
    try {
      await run(signal, lease);
      return undefined;
    } catch (error) {
      if (signal.aborted && !isAbort(error, signal)) {
        this.log.error({ err: error, work }, 'background work failed while it was stopped');
      }
      return { error };
    }
  }
}

/** Whether this is how a pause or a request ends when its signal fires. */
function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}

function quietly(pause: Promise<void>): Promise<void> {
  return pause.catch(() => {});
}
