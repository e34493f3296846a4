/** The activity of the applications under test: packets on their way, handlers that have not ended, background work. */
import { clearTimeout, setTimeout } from 'node:timers';
import type { RunningApp } from '../app/running.js';
import type { Traffic } from './memory/index.js';

/** How long something is waited for, in milliseconds of real time: a test's mocked clock does not count. */
export interface WaitOptions {
  readonly timeout?: number;
}

export class Activity {
  /** The applications that take part. */
  readonly apps: Pick<RunningApp, 'running'>[] = [];

  constructor(readonly traffic: Traffic) {}

  /** Resolves when all that was sent has arrived and has been handled, as far as possible without a timer or I/O. */
  delivered(): Promise<void> {
    return this.traffic.idle();
  }

  /**
   * Resolves when nothing is on its way, no handler runs, and no work that is called again and again.
   * @throws Error that names what still runs when the time is over
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
    const running = this.apps.map((app) => app.running()).filter(({ labels }) => labels.length > 0);
    return running.length > 0 ? Promise.all(running.map(({ end }) => end)) : undefined;
  }

  #describe(timeout: number): string {
    const labels = this.apps.flatMap((app) => app.running().labels);
    const what = labels.length > 0 ? `still running: ${labels.join(', ')}` : 'packets are still on their way';
    return (
      `Not settled after ${timeout} ms; ${what}. ` +
      'Where it waits for a mocked clock, wait with `await app.delivered()`, then move the clock.'
    );
  }
}
