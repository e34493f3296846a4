/** Whether a value is a promise or a thenable. A `then` that throws when it is read does not count. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return typeof (value as { then?: unknown }).then === 'function';
  } catch {
    return false;
  }
}

/** A foreign thenable may throw or call back twice; a promise made of it does neither. */
export function promiseOf(thenable: PromiseLike<unknown>): Promise<unknown> {
  return thenable instanceof Promise ? thenable : Promise.resolve(thenable);
}

/** Keeps a rejection that may be dropped from ending the process; code that awaits the promise still receives it. */
export function guardRejection(value: unknown): void {
  if (value instanceof Promise) value.catch(() => undefined);
}
