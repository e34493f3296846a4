/** The failures that the framework itself answers with, made without a stack. */
import {
  EventError,
  INVALID_MESSAGE,
  InvalidPayload,
  withoutStack,
  type ErrorAnswer,
  type ErrorBody,
  type ErrorCode,
} from '../base/errors.js';
import { textOfIssues, type Invalid } from '../payload/index.js';

const messages = {
  refused: 'Too many namespaces, or the same one twice.',
  timeout: 'The handler took too long.',
  unknown_event: 'Unknown event.',
  busy: 'Too many calls are waiting.',
  rate_limited: 'Too many events at once.',
  closing: 'The server is shutting down.',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** The code of a failure whose message is always the same. */
export type QuickCode = keyof typeof messages;

/** A failure of the client's or the framework's making, without the cost of a stack. */
export function quickError(code: QuickCode): EventError {
  return withoutStack(() => new EventError(code, messages[code]));
}

/** The answer to it. */
export function quickAnswer(code: QuickCode): ErrorAnswer {
  return { error: { code, message: messages[code] } };
}

/** The failure of a call whose client left before its handler began. */
export function clientGone(): EventError {
  return withoutStack(() => new EventError('gone', 'The client disconnected.'));
}

export function tooDeep(limit: number): EventError {
  const message = `must not be nested deeper than ${limit} levels`;
  return InvalidPayload.of({ issues: [{ path: '', rule: 'depth', message }] });
}

/** The answer to a payload that does not fit; its JSON can be had without making it of the values. */
export class InvalidPayloadAnswer implements ErrorAnswer {
  readonly error: ErrorBody;

  constructor({ issues }: Invalid) {
    this.error = { code: 'invalid', message: INVALID_MESSAGE, issues };
  }

  /** What `JSON.stringify` makes of it; `undefined` if an issue has a context, which may be anything. */
  json(): string | undefined {
    const issues = textOfIssues(this.error.issues!);
    return issues && `{"error":{"code":"invalid","message":${MESSAGE},"issues":${issues}}}`;
  }
}

const MESSAGE = JSON.stringify(INVALID_MESSAGE);
