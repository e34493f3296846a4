/** The calls that have not been answered yet, each with the time by which it must be. */
import { AsyncResource } from 'node:async_hooks';
import type { EventContext } from '../base/context.js';
import { LONGEST_TIME } from '../base/limits.js';

/** When a call must have ended. It then ends in the async context in which it began: the timer belongs to another call. */
class Deadline extends AsyncResource {
  /** @param time milliseconds, as `Date.now()` has them */
  constructor(readonly time: number) {
    super('COLLOQUYCALL', { requireManualDestroy: true });
  }
}

/** One timer serves all calls with the same time limit: they run out in the order in which they began. */
class TimeoutQueue {
  readonly #calls = new Map<EventContext, Deadline>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly time: number,
    private readonly expire: (context: EventContext) => void,
  ) {}

  add(context: EventContext): void {
    const deadline = new Deadline(Date.now() + this.time);
    this.#calls.set(context, deadline);
    if (!this.#timer) this.#arm(deadline.time, this.time);
  }

  delete(context: EventContext): boolean {
    return this.#calls.delete(context);
  }

  /** Ends a call as if its time were over, unless it has ended. */
  end(context: EventContext): void {
    const deadline = this.#calls.get(context);
    if (deadline) this.#end(context, deadline);
  }

  get contexts(): Iterable<EventContext> {
    return this.#calls.keys();
  }

  /** Keeps no time any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(deadline: number, delay: number): void {
    if (delay > LONGEST_TIME) return;
    this.#timer = setTimeout(() => this.#fire(deadline), delay).unref();
  }

  /**
   * The time is at least the one that the timer was set for, so that a clock of a test need only move timers; and if it
   * jumps past that, calls that began later have run out too.
   */
  #fire(due: number): void {
    const now = Math.max(due, Date.now());
    this.#timer = undefined;
    for (const [context, deadline] of this.#calls) {
      if (deadline.time > now) return this.#arm(deadline.time, deadline.time - now);
      this.#end(context, deadline);
    }
  }

  #end(context: EventContext, deadline: Deadline): void {
    this.#calls.delete(context);
    deadline.runInAsyncScope(this.expire, undefined, context);
  }
}

export class Calls {
  readonly #lanes = new Map<number, TimeoutQueue>();
  readonly #waiting = new Set<() => void>();
  #size = 0;
  /** At shutdown, what runs is answered and nothing new is begun; when that takes too long, what waits is not begun either. */
  closing: false | 'draining' | 'over' = false;

  /** @param onExpired called for every call that ran out of time, once */
  constructor(private readonly onExpired: (context: EventContext) => void) {}

  /** How many calls run. */
  get size(): number {
    return this.#size;
  }

  /** The calls that run. */
  get contexts(): EventContext[] {
    return [...this.#lanes.values()].flatMap((lane) => [...lane.contexts]);
  }

  /** @param time milliseconds */
  add(context: EventContext, time: number): void {
    this.#size++;
    const lane = this.#lanes.get(time) ?? this.#open(time);
    lane.add(context);
    if (this.closing === 'over') endSoon(lane, context);
  }

  /** Takes out a call that has ended; `false` if it had run out of time before. */
  delete(context: EventContext, time: number): boolean {
    const found = this.#lanes.get(time)?.delete(context) ?? false;
    if (found) this.#shrink();
    return found;
  }

  /** Ends all calls that run, as if their time were over. */
  expireAll(): void {
    this.closing = 'over';
    for (const lane of this.#lanes.values()) {
      for (const context of Array.from(lane.contexts)) lane.end(context);
    }
  }

  /** Resolves when no call runs. */
  async idle(): Promise<void> {
    while (this.#size > 0) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Keeps no time any more; nothing runs when this is called. */
  stop(): void {
    for (const lane of this.#lanes.values()) lane.stop();
  }

  /** A function of its own: one made where a call is at hand would keep that call. */
  #open(time: number): TimeoutQueue {
    const lane = new TimeoutQueue(time, (context) => this.#expire(context));
    this.#lanes.set(time, lane);
    return lane;
  }

  #expire(context: EventContext): void {
    this.#shrink();
    this.onExpired(context);
  }

  #shrink(): void {
    this.#size--;
    if (this.#size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

function endSoon(lane: TimeoutQueue, context: EventContext): void {
  queueMicrotask(() => lane.end(context));
}
