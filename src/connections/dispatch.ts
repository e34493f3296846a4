/**
 * The hot path: one message, from Socket.IO's hands to one acknowledgement. Read it from top to bottom.
 */
import { EventEmitter } from 'node:events';
import type { Socket } from 'socket.io';
import { EventContext, Reply, type AckFunction, runIn } from '../base/context.js';
import { InvalidPayload } from '../base/errors.js';
import { exceedsDepth, Invalid } from '../payload/index.js';
import type { HandlerPlan } from '../controllers/plan/types.js';
import { acknowledge, acknowledgeFailure } from './acknowledge.js';
import type { Calls } from './calls.js';
import { callerOf, type Connection } from './connection.js';
import { emitResult } from './sending/emit-result.js';
import { handleError, invalidAnswer, reportFault, reportLate, unknownEvent } from './failures.js';
import { quickAnswer, quickError, tooDeep, type QuickCode } from './known-failures.js';
import { connectionKey, internalsOf, type SocketInternals } from './internals.js';
import { isThenable, promiseOf } from '../base/thenable.js';

/** Takes the place of Socket.IO's own `dispatch` on every socket; one function for all of them. */
export function dispatch(this: Socket, packet: unknown[]): void {
  const internals = internalsOf(this);
  if (internals.fns.length === 0) deliver(this, internals, packet);
  else runMiddleware(this, internals, packet);
}

/** The middleware of the user's own `socket.use`; whoever asked for an answer gets one from a refusal too. */
function runMiddleware(socket: Socket, internals: SocketInternals, packet: unknown[]): void {
  internals.run(packet, (error) => {
    process.nextTick(() => {
      if (!error) return deliver(socket, internals, packet);
      internals._onerror(error);
      failUnhandled(internals[connectionKey]!, packet, error);
    });
  });
}

function deliver(socket: Socket, internals: SocketInternals, packet: unknown[]): void {
  if (!socket.connected) return;
  const connection = internals[connectionKey]!;
  const event = packet[0] as string;
  const { plan } = connection.served;
  const handler = plan.events.get(event);
  if (!hasListeners(socket, event)) return admit(connection, handler ?? plan.any ?? unknownEvent, packet);
  try {
    EventEmitter.prototype.emit.apply(socket, packet as [string]);
  } catch (error) {
    listenerFailed(connection, packet, handler, error);
  }
  if (handler) admit(connection, handler, packet);
}

/** Whether the user's own `socket.on` listens. Socket.IO itself has one listener for `error`, which does nothing. */
function hasListeners(socket: Socket, event: string): boolean {
  return socket.listenerCount(event) > (event === 'error' ? 1 : 0);
}

/** What a listener of the user's own throws stays inside; where no handler answers the caller, this does. */
function listenerFailed(
  connection: Connection,
  packet: unknown[],
  handler: HandlerPlan | undefined,
  err: unknown,
): void {
  const { socket, served } = connection;
  if (!handler) return failUnhandled(connection, packet, err);
  served.runtime.log.error({ err, event: packet[0], socket: socket.id }, 'a listener of socket.on failed');
}

function takeAck(packet: unknown[]): AckFunction | undefined {
  return typeof packet.at(-1) === 'function' ? (packet.pop() as AckFunction) : undefined;
}

/** The limits: a client that sends too fast, too deep or too much at once is answered, and its handler does not run. */
function admit(connection: Connection, handler: HandlerPlan, packet: unknown[]): void {
  const { limits, calls } = connection.served.runtime;
  const context = new EventContext(connection.socket, handler, connection, packet, takeAck(packet));
  if (!connection.takeToken()) return reject(context, 'rate_limited');
  if (calls.closing) return reject(context, 'closing');
  if (connection.running < limits.concurrentCalls) return start(context);
  connection.queue ??= [];
  if (connection.queue.length >= limits.queuedCalls) return reject(context, 'busy');
  connection.queue.push(context);
}

/** Fails what no handler is to see, in the same limits. */
function failUnhandled(connection: Connection, packet: unknown[], error: unknown): void {
  const { limits } = connection.served.runtime;
  const context = new EventContext(connection.socket, unknownEvent, connection, packet, takeAck(packet));
  if (!connection.takeToken()) return reject(context, 'rate_limited');
  if (connection.running >= limits.concurrentCalls) return reject(context, 'busy');
  fail(context, error);
}

/** Answers without a word to the error handlers: they may take their time, and nothing bounds how many would run. */
function reject(context: EventContext, code: QuickCode): void {
  acknowledgeFailure(context, undefined, quickAnswer(code));
}

/** Runs the plan. Nothing is awaited, and no time is kept, unless the handler gave a promise. */
function start(context: EventContext): void {
  const { depth } = callerOf(context).served.runtime.limits;
  if (exceedsDepth(context.packet, depth + 1)) return fail(context, tooDeep(depth));
  try {
    const result = runIn(context, planOf(context).run);
    if (result instanceof Invalid) refuse(context, result);
    else if (isThenable(result)) wait(context, result);
    else finish(context, result);
  } catch (error) {
    fail(context, error);
  }
}

function wait(context: EventContext, result: PromiseLike<unknown>): void {
  hold(context);
  promiseOf(result).then(
    (value) => {
      if (context.failure || awaitsManualAck(context, value)) return;
      if (release(context)) finish(context, value);
    },
    (error: unknown) => {
      if (!context.failure && release(context)) fail(context, error);
      else reportLate(context, error);
    },
  );
}

function finish(context: EventContext, value: unknown): void {
  if (context.settled) return;
  try {
    if (value instanceof Invalid) return refuse(context, value);
    if (awaitsManualAck(context, value)) return hold(context);
    const { emissions } = planOf(context);
    if (emissions.length > 0) emitResult(emissions, context, value);
    acknowledge(context, value);
  } catch (error) {
    fail(context, error);
  }
}

/** Answers a payload that does not fit; an error is made of it only where somebody hears of it. */
function refuse(context: EventContext, invalid: Invalid): void {
  if (invalid.cause !== undefined || hasErrorHandlers(context)) fail(context, InvalidPayload.of(invalid));
  else acknowledgeFailure(context, undefined, invalidAnswer(invalid));
}

function hasErrorHandlers(context: EventContext): boolean {
  const { errors, emissions } = planOf(context);
  const { onError } = callerOf(context).served.runtime;
  return onError !== undefined || errors.length > 0 || emissions.length > 0;
}

/** A handler that took `@Ack()` and returned nothing answers later, by hand. */
function awaitsManualAck(context: EventContext, value: unknown): boolean {
  return value === undefined && !context.settled && planOf(context).answersByHand;
}

/** Answers from the function that `@Ack()` gave. What cannot be sent fails the call; nothing is thrown at the handler. */
export function answerByHand(context: EventContext, values: readonly unknown[]): void {
  if (context.failure) return;
  release(context);
  finish(context, new Reply(values));
}

/** Ends a call that failed: `@OnError` may speak, in the same time limit, then the caller is answered. */
export function fail(context: EventContext, error: unknown): void {
  if (context.settled) return reportLate(context, error);
  const failure = handleError(context, error);
  if (!isThenable(failure.handlerResult)) return acknowledgeFailure(context, failure.handlerResult, failure.answer);
  context.failure = failure.answer;
  hold(context);
  promiseOf(failure.handlerResult).then(
    (handlerResult) => {
      if (release(context)) acknowledgeFailure(context, handlerResult, failure.answer);
    },
    (fault: unknown) => {
      reportFault(context, fault);
      if (release(context)) acknowledgeFailure(context, undefined, failure.answer);
    },
  );
}

/** What the time limit does: the caller is answered, the call's signal fires, the next one may start. */
export function expire(context: EventContext): void {
  const answered = context.failure;
  startNext(callerOf(context));
  if (answered) acknowledgeFailure(context, undefined, answered);
  else fail(context, callsOf(context).closing ? quickError('closing') : quickError('timeout'));
  context.abort(new Error('the call has run out of time'));
}

function hold(context: EventContext): void {
  callerOf(context).running++;
  callsOf(context).add(context, planOf(context).timeout);
}

/** Ends the counting; `false` where the call had run out of time before. */
function release(context: EventContext): boolean {
  if (!callsOf(context).delete(context, planOf(context).timeout)) return false;
  startNext(callerOf(context));
  return true;
}

/** Lets those that wait start in the place of one that has ended. */
function startNext(connection: Connection): void {
  connection.running--;
  const { limits, calls } = connection.served.runtime;
  while (connection.queue?.length && connection.running < limits.concurrentCalls) {
    const next = connection.queue.shift()!;
    if (calls.closing === 'over') fail(next, quickError('closing'));
    else start(next);
  }
}

function planOf(context: EventContext): HandlerPlan {
  return context.handler as HandlerPlan;
}

function callsOf(context: EventContext): Calls {
  return callerOf(context).served.runtime.calls;
}
