/** What is on its way in the applications under test: packets, and the handlers that have not ended. */
import { clearTimeout, setTimeout } from 'node:timers';
import type { Calls } from '../runtime/calls.js';
import type { Traffic } from './memory/index.js';

/** How long something is waited for, in milliseconds of real time: a test's mocked clock does not count. */
export interface WaitOptions {
  readonly timeout?: number;
}

export class Activity {
  /** The calls of each application that takes part. */
  readonly calls: Calls[] = [];

  constructor(readonly traffic: Traffic) {}

  /** Resolves when what was sent has arrived and has been handled, as far as it can be without a timer or I/O. */
  delivered(): Promise<void> {
    return this.traffic.idle();
  }

  /**
   * Resolves when nothing is on its way and no handler runs.
   * @throws Error naming the handlers that still run when the time is over
   */
  async settled({ timeout = 5_000 }: WaitOptions = {}): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(this.#describe(timeout))), timeout);
    });
    try {
      await Promise.race([this.traffic.idle(() => this.#running()), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #running(): Promise<unknown> | undefined {
    const running = this.calls.filter(({ size }) => size > 0);
    return running.length > 0 ? Promise.all(running.map((each) => each.idle())) : undefined;
  }

  #describe(timeout: number): string {
    const running = this.calls.flatMap(({ contexts }) => contexts).map(({ handler }) => handler.label);
    const what = running.length > 0 ? `still running: ${running.join(', ')}` : 'packets are still on their way';
    return (
      `Not settled after ${timeout} ms; ${what}. ` +
      'Where a handler waits for a mocked clock, wait with `await app.delivered()`, then move the clock.'
    );
  }
}
