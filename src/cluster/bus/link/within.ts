/** A limit of time for a promise. */

/**
 * The outcome of the work, or an error after so many milliseconds; the work itself goes on. What arrived while this process stood still
 * counts as in time.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(new Error(`no answer within ${Math.ceil(ms)} ms`));
    // Node.js runs timers before it reads what has arrived.
    timer = setTimeout(() => setImmediate(giveUp), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
