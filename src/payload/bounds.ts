/** The bounds of the work that one payload may cause: how deep it is read, and how many of its broken rules are recorded. */

/**
 * Whether a value nests arrays and plain objects deeper than `limit`. A primitive has depth 0, a flat object 1. It
 * does not recurse, so no depth of nesting exhausts the stack, and it stops at the first level that is too deep.
 * Buffers, typed arrays and other objects that are no containers of JSON are not looked into.
 */
export function exceedsDepth(value: unknown, limit: number): boolean {
  if (!isContainer(value)) return false;
  return limit > MOST_CALLS ? exceedsByLevels(value, limit) : nestsDeeper(value, limit);
}

/** So many calls within each other exhaust no stack. */
const MOST_CALLS = 200;

/** The same, by a call for each container, which takes less time. */
function nestsDeeper(container: object, left: number): boolean {
  if (left <= 0) return true;
  if (Array.isArray(container)) {
    for (let index = 0; index < container.length; index++) {
      const item: unknown = container[index];
      if (isContainer(item) && nestsDeeper(item, left - 1)) return true;
    }
    return false;
  }
  for (const key in container) {
    const item = (container as Record<string, unknown>)[key];
    if (isContainer(item) && Object.hasOwn(container, key) && nestsDeeper(item, left - 1)) return true;
  }
  return false;
}

function exceedsByLevels(value: object, limit: number): boolean {
  let level: object[] | undefined = [value];
  for (let depth = 1; level; depth++) {
    if (depth > limit) return true;
    level = containersIn(level);
  }
  return false;
}

/** All containers directly inside of the given ones; `undefined` if there are none. */
function containersIn(level: readonly object[]): object[] | undefined {
  let found: object[] | undefined;
  for (const container of level) {
    if (Array.isArray(container)) {
      for (const item of container as unknown[]) if (isContainer(item)) found = appended(found, item);
    } else {
      for (const key in container) {
        if (!Object.hasOwn(container, key)) continue;
        const item = (container as Record<string, unknown>)[key];
        if (isContainer(item)) found = appended(found, item);
      }
    }
  }
  return found;
}

/** A list with the item at its end; one that begins with an item takes less room than an empty one that grows. */
function appended(list: object[] | undefined, item: object): object[] {
  if (!list) return [item];
  list.push(item);
  return list;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && (Array.isArray(value) || isPlainObject(value));
}

/** Whether a value is an object as JSON makes them: not an array, a Buffer, a Date or an instance of some class. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm (a test runner's, a vm's) has a root prototype of its own.
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

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
