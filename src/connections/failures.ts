/** Failures: the answer to the client, the line in the log, and the error handlers. */
import { inspect } from 'node:util';
import { gone, type Outcome } from '../base/channels/outcome.js';
import { type EventContext, runIn } from '../base/context.js';
import {
  ConnectionRefused,
  EventError,
  InvalidPayload,
  isConnectionRefused,
  isEventError,
  type ErrorAnswer,
  type ErrorBody,
} from '../base/errors.js';
import { defaultLimits } from '../base/limits.js';
import { errorHandlersOf } from '../controllers/plan/lifecycle-errors.js';
import type { ErrorPlan, HandlerPlan } from '../controllers/plan/types.js';
import { callerOf } from './connection.js';
import type { Runtime } from './runtime.js';
import { emitFailure } from './sending/emit-result.js';
import { internalsOf, packetType } from './internals.js';
import { isThenable } from '../base/thenable.js';
import { quickError } from './known-failures.js';

/** A failed call: the answer, and what an error handler would rather say, or a promise of it. */
export interface Failure {
  readonly answer: ErrorAnswer;
  readonly handlerResult: unknown;
}

/** Logs an unexpected failure, runs the error handlers, and returns the answer. Never throws. */
export function handleError(context: EventContext, error: unknown): Failure {
  const answer = { error: bodyOf(context, error) };
  context.outcome ??= outcomeOf(context, answer.error, error);
  const { emissions } = context.handler as HandlerPlan;
  try {
    if (emissions.length > 0) emitFailure(emissions, context, error, answer.error);
    return { answer, handlerResult: runIn(context, () => runErrorHandlers(context, error)) };
  } catch (fault) {
    reportFault(context, fault);
    return { answer, handlerResult: undefined };
  }
}

function outcomeOf(context: EventContext, { code }: ErrorBody, error: unknown): Outcome {
  if (callerOf(context).ended && context.wasEndedBy(error)) return gone;
  const isRefused =
    context.kind === 'connect' ? code !== 'internal' : context.handler === unknownEvent && isEventError(error);
  return { kind: isRefused ? 'refused' : 'failed', code, error };
}

/** The most fitting `@OnError` of the class speaks first, then the application's `onError`. */
function runErrorHandlers(context: EventContext, error: unknown): unknown {
  const { onError } = runtimeOf(context);
  const plan = errorHandlersOf(context).find((each) => handles(each, error));
  if (!plan) return onError?.(error, context);
  const handlerResult = plan.run(context, error);
  if (handlerResult === undefined) return onError?.(error, context);
  if (!isThenable(handlerResult) || !onError) return handlerResult;
  return handlerResult.then((value) => (value === undefined ? onError(error, context) : value));
}

function handles({ errorType }: ErrorPlan, error: unknown): boolean {
  return errorType === undefined || error instanceof errorType;
}

/**
 * The body of the answer. Anything but an `EventError` or a `ConnectionRefused` stays inside: the log has it, under the id
 * in the answer.
 */
function bodyOf(context: EventContext, error: unknown): ErrorBody {
  if (isConnectionRefused(error)) return { code: 'refused', message: error.message, ...error.data };
  if (!isEventError(error)) return internalBody(context, error);
  if (isInvalidPayload(error) && error.cause !== undefined) {
    const { counters } = runtimeOf(context);
    counters.count('unreadable');
    // A client can send such payloads as fast as it may send events: one complaint is enough.
    if (counters.isNew(context.socket.conn, `unreadable ${context.handler.label}`)) {
      report(context, error.cause, 'a payload could not be read or checked');
    }
  }
  if (error.code === 'unknown_event') runtimeOf(context).counters.count('unknown_event');
  return knownBody(error);
}

function knownBody(error: EventError): ErrorBody {
  const { code, message, details } = error;
  if (isInvalidPayload(error)) return { code, message, issues: error.issues };
  return details === undefined ? { code, message } : { code, message, details };
}

function isInvalidPayload(error: EventError): error is InvalidPayload {
  return error.code === 'invalid' && 'issues' in error;
}

function internalBody(context: EventContext, error: unknown): ErrorBody {
  const { id } = context;
  if (!context.wasEndedBy(error)) report(context, error, 'a handler failed');
  const body = { code: 'internal', message: 'Internal error', id } as const;
  return runtimeOf(context).debug ? { ...body, details: { thrown: describeThrown(error) } } : body;
}

function describeThrown(error: unknown): string {
  try {
    return error instanceof Error ? (error.stack ?? error.message) : inspect(error);
  } catch {
    return 'something that cannot be shown';
  }
}

/** The answer if even the description of the failure cannot be sent. */
export function internalAnswer(context: EventContext): ErrorAnswer {
  return { error: internalBody(context, new Error('the answer cannot be encoded; see the line before')) };
}

function report(context: EventContext, err: unknown, message: string): void {
  context.log.error({ err, handler: context.handler.label }, message);
}

/** Says that an error handler itself failed. */
export function reportFault(context: EventContext, fault: unknown): void {
  report(context, fault, 'an error handler failed');
}

/** Says that an answer could not be encoded. */
export function reportUnsendable(context: EventContext, error: unknown): void {
  runtimeOf(context).counters.count('unsendable');
  report(context, error, 'an answer cannot be encoded');
}

/** Says that a handler failed when its caller had been answered already. */
export function reportLate(context: EventContext, error: unknown): void {
  if (context.wasEndedBy(error)) return;
  report(context, error, 'a handler failed after its caller had been answered');
}

/** Whether a failure without an acknowledgement is emitted as an event: a flood must not be answered by a flood. */
export function isWorthAnEvent(error: unknown): boolean {
  const code = (error as Partial<ErrorBody> | null)?.code;
  return code !== 'rate_limited' && code !== 'busy';
}

/** Takes the events without a handler. */
export const unknownEvent: HandlerPlan = Object.freeze({
  label: '(nobody)',
  kind: 'event',
  event: '*',
  arguments: [],
  middleware: [],
  answersByHand: false,
  timeout: defaultLimits.handlerTime,
  run: () => {
    throw quickError('unknown_event');
  },
  errors: [],
  emissions: [],
});

/** Why a client is turned away, as Socket.IO tells it: the message, and the rest as `data`. */
export type Refusal = Error & { data: unknown };

export function refusalOf(error: EventError): Refusal {
  return toRefusal({ error: knownBody(error) });
}

/** The same for whatever was thrown. What cannot be encoded would fail inside of Socket.IO, where nothing catches it. */
export function sendableRefusal(context: EventContext, answer: ErrorAnswer): Refusal {
  const { nsp } = context.socket;
  try {
    internalsOf(context.socket).client.encoder.encode({ type: packetType.connectError, nsp: nsp.name, data: answer });
    return toRefusal(answer);
  } catch (error) {
    reportUnsendable(context, error);
    return toRefusal(internalAnswer(context));
  }
}

function toRefusal({ error: { message, ...data } }: ErrorAnswer): Refusal {
  return Object.assign(new ConnectionRefused(message), { data });
}

function runtimeOf(context: EventContext): Runtime {
  return callerOf(context).served.runtime;
}
