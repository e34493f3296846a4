/** Calls of a client: the answer, or a rejected promise. */
import type { CallFailure } from './types.js';

/** A call that the server answered with an error, or that was not answered: `timeout`, `disconnected`. */
export class CallError<Code extends string = string> extends Error {
  override readonly name = 'CallError';
  readonly code: Code;
  readonly details: unknown;
  readonly issues: CallFailure['issues'];
  readonly id: string | undefined;

  constructor(failure: CallFailure<Code>) {
    super(failure.message);
    this.code = failure.code;
    this.details = failure.details;
    this.issues = failure.issues;
    this.id = failure.id;
  }
}

/** The part of a socket of socket.io-client, or of its `timeout(…)`, that is used here. */
export interface CallingSocket {
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
}

/**
 * Emits an event.
 * @returns the handler's answer; of several values the first, as `emitWithAck` has it: `connect(…).call` returns all
 * @throws CallError if the server answered with an error; and the error of `emitWithAck` after a `timeout(…)`
 */
export async function call<T = unknown>(socket: CallingSocket, event: string, ...args: unknown[]): Promise<T> {
  return unwrap<T>(await socket.emitWithAck(event, ...args));
}

/**
 * Throws an answer that is an error.
 * @returns any other answer, as it is
 */
export function unwrap<T = unknown>(answer: unknown): T {
  const failure = failureOf(answer);
  if (failure) throw new CallError(failure);
  return answer as T;
}

/** Returns what an acknowledgement answers: its value, or the list of its values if they are several. */
export function answerOf(values: readonly unknown[]): unknown {
  return values.length > 1 && !failureOf(values[0]) ? values : values[0];
}

function failureOf(answer: unknown): CallFailure | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  const { error } = answer;
  const isFailure = typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
  return isFailure ? (error as CallFailure) : undefined;
}
