/** Whether this is a promise, or what a handler's author takes for one. A `then` that throws when it is read is none. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return typeof (value as { then?: unknown }).then === 'function';
  } catch {
    return false;
  }
}

/** A thenable of somebody's own may throw or call back twice; a promise made of it does neither. */
export function promiseOf(thenable: PromiseLike<unknown>): Promise<unknown> {
  return thenable instanceof Promise ? thenable : Promise.resolve(thenable);
}

/** Keeps a rejection that somebody may drop from ending the process; whoever awaits the promise meets it all the same. */
export function guardRejection(value: unknown): void {
  if (value instanceof Promise) value.catch(() => undefined);
}
