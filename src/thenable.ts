/** Whether this is a promise, or what a handler's author takes for one. A hostile `then` getter may throw. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** A thenable of somebody's own may throw or call back twice; a promise made of it does neither. */
export function promiseOf(thenable: PromiseLike<unknown>): Promise<unknown> {
  return thenable instanceof Promise ? thenable : Promise.resolve(thenable);
}
