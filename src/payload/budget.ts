/**
 * How many broken rules a validation still records. An answer has room for a few only, and a client could send
 * thousands of values that each break several; so validation stops at the first rule that the answer has no room for.
 */
export class Budget {
  /** Whether a rule was broken that is not recorded any more. */
  isSpent = false;
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** Lets another part of the validation, which runs later, find out for itself that nothing is left. */
  resume(): void {
    this.isSpent = false;
  }

  /** Takes one; `false` if there was none left. */
  spend(): boolean {
    if (this.#left === 0) this.isSpent = true;
    else this.#left--;
    return !this.isSpent;
  }
}

/** Thrown, without a stack, to leave a validation whose budget is spent. */
export const BUDGET_EXCEEDED: unique symbol = Symbol('spent');

/**
 * The promises that a validation waits for. If another validator throws meanwhile they are not awaited any more, and
 * a later rejection would end the process; so each is given a handler as it comes in.
 */
export class Awaited extends Array<Promise<unknown>> {
  static override readonly [Symbol.species] = Array;

  override push(...promises: Promise<unknown>[]): number {
    for (const promise of promises) if (promise instanceof Promise) promise.catch(() => undefined);
    return super.push(...promises);
  }
}
