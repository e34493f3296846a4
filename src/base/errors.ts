/**
 * The errors of the framework, in three classes: `SetupError` is the developer's mistake and is thrown at boot, `EventError` is a
 * message's failure and becomes its answer, `ConnectionRefused` turns a client away before it is connected.
 */

import type { BootErrorCode } from './boot-errors.js';
import type { Issue } from './issue.js';

/** The codes that the framework itself puts on the wire, each with its meaning for the client. */
export const errorCodes = {
  invalid: 'payload validation failed; `issues` lists the broken rules',
  internal: 'the handler failed; `id` finds the log line',
  unknown_event: 'nobody handles this event',
  timeout: 'the handler took too long',
  busy: 'too many calls of this client are waiting',
  rate_limited: 'this client sends faster than it may',
  closing: 'the server is shutting down',
  refused: 'the connection was refused',
  room_taken: 'the room of that name is the own room of another socket',
  too_many_rooms: 'the socket is in as many rooms as it may be',
} as const;

/** A code that the framework itself answers with. Applications add their own through {@link EventError}. */
export type ErrorCode = keyof typeof errorCodes;

/** The body that a client reads under `error` in the acknowledgement of a failed call, and under `data` of a `connect_error`. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
  readonly issues?: readonly Issue[];
  /** Finds the log line of an internal error. */
  readonly id?: string;
}

/** The acknowledgement of a failed call. */
export interface ErrorAnswer {
  readonly error: ErrorBody;
}

const eventErrorBrand: unique symbol = Symbol.for('colloquy:EventError') as never;
const refusalBrand: unique symbol = Symbol.for('colloquy:ConnectionRefused') as never;

/**
 * A failure that the client may know about: thrown by a handler or a middleware, it becomes the acknowledgement
 * `{ error: { code, message, details } }`. Anything else that is thrown, {@link ConnectionRefused} excepted, stays inside
 * and answers `internal`.
 */
export class EventError extends Error {
  override readonly name: string = 'EventError';
  readonly [eventErrorBrand] = true;

  /**
   * @param code a word that programs compare, such as `room_full`
   * @param message a sentence for people
   * @param details anything serialisable that helps the client
   */
  constructor(
    readonly code: string,
    message: string,
    readonly details?: unknown,
  ) {
    super(message);
  }
}

/** The message of every payload that does not fit; the issues say more. */
export const INVALID_MESSAGE = 'Payload validation failed.';

/** A payload that failed validation; `cause` is the error that a transform or a validator threw, for the log. */
export interface IssueSource {
  readonly issues: readonly Issue[];
  readonly cause?: unknown;
}

/** The failure of a payload that broke its rules; answers `{ error: { code: 'invalid', message, issues } }`. */
export class InvalidPayload extends EventError {
  override readonly name = 'InvalidPayload';
  readonly #source: IssueSource;

  constructor(source: IssueSource) {
    super('invalid', INVALID_MESSAGE);
    if (source.cause !== undefined) this.cause = source.cause;
    this.#source = source;
  }

  /** The broken rules, at most 20; computed when first read. */
  get issues(): readonly Issue[] {
    return this.#source.issues;
  }

  /** The same, without the cost of a stack: a client's mistake has no place in our code. */
  static of(source: IssueSource): InvalidPayload {
    return withoutStack(() => new InvalidPayload(source));
  }
}

/**
 * Turns a client away while it connects: thrown from `@OnConnect` or a middleware, it reaches the client as
 * `connect_error` with this message and `data: { code: 'refused', ...data }`. Thrown when the client is connected, it is
 * the answer `{ error: { code: 'refused', message, ...data } }`, and the connection stays.
 */
export class ConnectionRefused extends Error {
  override readonly name = 'ConnectionRefused';
  readonly [refusalBrand] = true;

  /** @param data anything serialisable; a `code` of its own replaces `refused` */
  constructor(
    message = 'Connection refused',
    readonly data?: Readonly<Record<string, unknown>>,
  ) {
    super(message);
  }
}

/** Whether this is an {@link EventError} of any installed copy of the framework. */
export function isEventError(error: unknown): error is EventError {
  return error instanceof Error && eventErrorBrand in error;
}

/** Whether this is a {@link ConnectionRefused} of any installed copy of the framework. */
export function isConnectionRefused(error: unknown): error is ConnectionRefused {
  return error instanceof Error && refusalBrand in error;
}

/** One mistake found at boot. */
export interface SetupProblem {
  /** The kind of mistake: docs/boot-errors.md lists them. */
  readonly code: BootErrorCode;
  /** The place: `ChatController.join`, an option, a file. */
  readonly where: string;
  /** The problem there. */
  readonly what: string;
  /** How to fix it. */
  readonly fix: string;
  /** @deprecated Read `fix`. */
  readonly mend?: string;
  /** The error behind it, if one was thrown. */
  readonly cause?: unknown;
}

/** The developer's mistakes, all that were found at boot in one error. Thrown by `createApp`. */
export class SetupError extends Error {
  override readonly name = 'SetupError';

  /** All mistakes that were found. */
  readonly problems: readonly SetupProblem[];

  constructor(problems: readonly SetupProblem[]) {
    super(describeMistakes(problems), { cause: problems.find((problem) => problem.cause !== undefined)?.cause });
    this.problems = problems.map(withFormerName);
  }
}

/** `mend` was the name of `fix`; it can still be read. */
function withFormerName(problem: SetupProblem): SetupProblem {
  return Object.defineProperty({ ...problem }, 'mend', { value: problem.fix });
}

function describeMistakes(problems: readonly SetupProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return describeProblems(`Startup failed: ${count}`, problems);
}

/** Lists problems under a title, each with its place, its code and its remedy. */
export function describeProblems(title: string, problems: readonly SetupProblem[]): string {
  const lines = problems.map(
    ({ code, where, what, fix }, index) =>
      `\n  ${index + 1}. ${where}: ${indent(what)} [${code}]\n     Fix: ${indent(fix)}`,
  );
  return `${title}\n${lines.join('\n')}\n`;
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n     ');
}

/** Makes an error that is a client's mistake or the framework's own word: a stack would cost much and tell nothing. */
export function withoutStack<T extends Error>(make: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = make();
  Error.stackTraceLimit = limit;
  return error;
}
