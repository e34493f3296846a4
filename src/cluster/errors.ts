/** The errors of this room. */

/**
 * Why an adapter could not be opened:
 * - `option`: the adapter option is wrong (unknown scheme, bad heartbeat), or asks for what the engine cannot do;
 * - `library`: the client library of the engine is not installed;
 * - `credentials`: the broker refused who we are;
 * - `unreachable`: no broker answered within the time that the start-up policy gives.
 */
export type AdapterErrorCode = 'option' | 'library' | 'credentials' | 'unreachable';

/** The only error class of this folder: a clear sentence with a {@link AdapterErrorCode | code}; the cause is kept. */
export class AdapterError extends Error {
  override readonly name = 'AdapterError';

  constructor(
    readonly code: AdapterErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Returns a thrown value as an `Error` with a message (an `AggregateError` of a connect attempt has none of its own). */
export function asError(thrown: unknown): Error {
  if (thrown instanceof AggregateError && !thrown.message && thrown.errors.length > 0) return asError(thrown.errors[0]);
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
