/** Counts the messages that are on their way, so that a test can wait until none is. */
import { setImmediate } from 'node:timers';

/**
 * Everything that is on its way between the clients and the server of one {@link MemoryNetwork}, or of several.
 *
 * A delivery happens in a later turn of the event loop, as bytes from a real port do: whatever the sender still has to do in
 * this turn (ticks, promises) is done before. The turn comes from `node:timers`, which stays real while a test mocks the
 * global timers.
 */
export class Traffic {
  #pending = 0;
  #begun = 0;
  #whenNone: (() => void)[] = [];

  /** Runs `deliver` in a later turn of the event loop; deliveries keep the order of the calls. */
  later(deliver: () => void): void {
    const arrived = this.begin();
    setImmediate(() => {
      arrived();
      deliver();
    });
  }

  /** Counts something as on its way, until the function that is returned is called (calling it again does nothing). */
  begin(): () => void {
    this.#pending += 1;
    this.#begun += 1;
    let under = true;
    return () => {
      if (!under) return;
      under = false;
      this.#pending -= 1;
      if (this.#pending === 0) for (const wake of this.#whenNone.splice(0)) wake();
    };
  }

  /**
   * Resolves after one whole turn of the event loop in which nothing was on its way and nothing was sent: what arrived has
   * been handled, as far as it can be without a timer or I/O.
   *
   * @param elsewhere asked when the network is idle; a promise says that work goes on outside of it, which is awaited before
   * the network is looked at again, and `undefined` that there is none
   */
  async idle(elsewhere: () => Promise<unknown> | undefined = () => undefined): Promise<void> {
    for (;;) {
      if (this.#pending > 0) await new Promise<void>((wake) => this.#whenNone.push(wake));
      const before = this.#begun;
      await new Promise<void>((turn) => setImmediate(turn));
      if (this.#pending > 0 || this.#begun !== before) continue;
      const work = elsewhere();
      if (work === undefined) return;
      await work;
    }
  }
}
