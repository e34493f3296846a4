/** The whole reply policy: how a result, or a failure, becomes exactly one acknowledgement. */
import { answered, gone, noAnswer, type Outcome } from '../base/channels/outcome.js';
import { Reply, type AckFunction, type EventContext } from '../base/context.js';
import type { ErrorAnswer } from '../base/errors.js';
import { checkResult } from './sending/check-result.js';
import { internalAnswer, isWorthAnEvent, reportUnsendable } from './failures.js';

/** The prototypes of objects and arrays as literals make them. */
const plain: ReadonlySet<unknown> = new Set([Object.prototype, Array.prototype]);

/**
 * Answers the caller, if it asked and was not answered yet. Nothing becomes `ack()`, `reply(a, b)` becomes `ack(a, b)`.
 * @throws what the value throws when it is encoded; then the caller has not been answered
 */
export function acknowledge(context: EventContext, value: unknown): void {
  if (context.settled) return;
  // Plain data needs no look.
  if (
    (typeof value === 'object' && value !== null) || typeof value === 'function'
      ? !plain.has(Object.getPrototypeOf(value)) || Symbol.asyncIterator in value
      : typeof value === 'symbol'
  )
    checkResult(value);
  if (context.ack) send(context.ack, value);
  const outcome = !context.ack ? noAnswer : context.connection.ended ? gone : answered;
  context.end(outcome, context.ack !== undefined, value);
  context.scope?.answered();
}

/** Answers a failed call with what `@OnError` said, else with the failure itself. Never throws. */
export function acknowledgeFailure(context: EventContext, handlerResult: unknown, failure: ErrorAnswer): void {
  if (context.settled) return;
  const answers = handlerResult === undefined ? [failure] : [handlerResult, failure];
  if (!answers.some((answer) => tryTo(context, answer))) {
    context.outcome = { kind: 'failed', code: 'internal' };
    if (!tryTo(context, internalAnswer(context))) context.end(context.outcome);
  }
  context.scope?.end();
}

function tryTo(context: EventContext, answer: unknown): boolean {
  try {
    if (context.ack) send(context.ack, answer);
    else emitException(context, answer);
    context.end(context.outcome ?? unknown, true, answer);
    return true;
  } catch (error) {
    reportUnsendable(context, error);
    return false;
  }
}

/** A failure without a named cause. */
const unknown: Outcome = Object.freeze({ kind: 'failed' });

function send(ack: AckFunction, value: unknown): void {
  if (value === undefined) ack();
  else if (value instanceof Reply) ack(...value.values);
  else ack(value);
}

/** A client that did not ask for an acknowledgement gets the event `exception`. */
function emitException(context: EventContext, answer: unknown): void {
  if (context.kind !== 'event') return;
  const error = isErrorAnswer(answer) ? answer.error : answer;
  if (isWorthAnEvent(error)) context.socket.emit('exception', { event: context.event, error });
}

function isErrorAnswer(answer: unknown): answer is ErrorAnswer {
  return typeof answer === 'object' && answer !== null && Object.hasOwn(answer, 'error');
}
