/** Waits for events, never for time; what does not come is an error that says what was waited for. */

interface Emitting {
  once(event: string, listener: (...values: never[]) => void): unknown;
}

/** The arguments of the next event of that name. */
export function nextEvent<Values extends unknown[] = unknown[]>(
  from: Emitting,
  event: string,
  time = 5_000,
): Promise<Values> {
  return within(
    new Promise<Values>((resolve) => from.once(event, (...values: never[]) => resolve(values as unknown as Values))),
    `the event '${event}'`,
    time,
  );
}

/** The next process warning whose message matches; other tests of the process may cause warnings of their own. */
export function nextWarning(message: RegExp, time = 5_000): Promise<Error> {
  let listener!: (warning: Error) => void;
  const warned = new Promise<Error>((resolve) => {
    listener = (warning) => {
      if (message.test(warning.message)) resolve(warning);
    };
    process.on('warning', listener);
  });
  return within(warned, `a warning ${String(message)}`, time).finally(() => process.off('warning', listener));
}

/** The promise, or an error that names what did not come. */
export function within<T>(promise: Promise<T>, what: string, time = 5_000): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${time} ms`)), time);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Resolves when the condition holds; looks again after every turn of the event loop. */
export async function until(condition: () => boolean, what: string, time = 5_000): Promise<void> {
  const end = Date.now() + time;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`${what} did not come about within ${time} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A promise with its two ends. */
export interface Deferred<T = void> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T = void>(): Deferred<T> {
  let ends!: Omit<Deferred<T>, 'promise'>;
  const promise = new Promise<T>((resolve, reject) => (ends = { resolve, reject }));
  return { promise, ...ends };
}
