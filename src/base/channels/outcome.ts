/** How a call, a connection, an emission or a background round ended: the same words in channels, metrics, logs and contexts. */
import type { Limits } from '../limits.js';

/**
 * - `answered`: it ended well, and the caller has the answer
 * - `no_answer`: it ended well, and no answer was asked for
 * - `failed`: it failed; `code` is that of the answer
 * - `timed_out`: its time was over; `limit` names the limit
 * - `refused`: it was not begun; `code` says why, and `limit` which limit, if it was one
 * - `gone`: the client left before it was begun, or before it had the answer
 * - `passed`: only listeners of the application's own (`socket.on`, `socket.onAny`) received the event; the answer is theirs
 */
export type OutcomeKind = 'answered' | 'no_answer' | 'failed' | 'timed_out' | 'refused' | 'gone' | 'passed';

/** The ending of one thing, with its cause. */
export interface Outcome<Kind extends string = OutcomeKind> {
  readonly kind: Kind;
  /**
   * Of what did not end well, the code that the client was answered with: `invalid`, `timeout`, one of the application's own. Where
   * no answer says it, the word of `app.health().counts`: `host`, `invalid_packet`.
   */
  readonly code?: string;
  /** The limit that ended it, by its name in the option `limits`. */
  readonly limit?: keyof Limits;
  /** The error behind it, if one was thrown. */
  readonly error?: unknown;
}

/** The outcomes that need no more than their kind; they are shared, so that an ending makes nothing. */
export const answered = Object.freeze({ kind: 'answered' } as const);
export const noAnswer = Object.freeze({ kind: 'no_answer' } as const);
export const gone = Object.freeze({ kind: 'gone' } as const);
export const passed = Object.freeze({ kind: 'passed' } as const);
export const invalid = Object.freeze({ kind: 'failed', code: 'invalid' } as const);
export const tooDeep = Object.freeze({ kind: 'refused', code: 'invalid', limit: 'depth' } as const);
export const timedOut = Object.freeze({ kind: 'timed_out', code: 'timeout', limit: 'handlerTime' } as const);
export const closedOver = Object.freeze({ kind: 'timed_out', code: 'closing', limit: 'drainTime' } as const);

export const connectTwice = Object.freeze({ kind: 'refused', code: 'connect_twice' } as const);
export const invalidPacket = Object.freeze({ code: 'invalid_packet' } as const);
export const tooLate = Object.freeze({ code: 'join_time', limit: 'joinTime' } as const);

/** The refusals of calls that were not begun, by their codes. */
export const refusals = Object.freeze({
  rate_limited: Object.freeze({ kind: 'refused', code: 'rate_limited', limit: 'eventRate' }),
  busy: Object.freeze({ kind: 'refused', code: 'busy', limit: 'queuedCalls' }),
  closing: Object.freeze({ kind: 'refused', code: 'closing' }),
} as const satisfies Readonly<Record<string, Outcome>>);

/** Whether a connection that ended so had been let in. */
export function wasLetIn({ kind }: Outcome<string>): boolean {
  return kind === 'left' || kind === 'cut';
}
