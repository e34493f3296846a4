/**
 * Whether a value nests arrays and plain objects deeper than `limit`. A primitive has depth 0, a flat object 1. It
 * does not recurse, so no depth of nesting exhausts the stack, and it stops at the first level that is too deep.
 * Buffers, typed arrays and other objects that are no containers of JSON are not looked into.
 */
export function exceedsDepth(value: unknown, limit: number): boolean {
  if (!isContainer(value)) return false;
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
