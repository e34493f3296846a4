/**
 * The hot path: one message, from Socket.IO's hands to one acknowledgement. Read it from top to bottom.
 */
import type { Socket } from 'socket.io';
import { callChannel } from '../base/channels/index.js';
import { closedOver, gone, invalid as invalidOutcome, refusals, timedOut, tooDeep } from '../base/channels/outcome.js';
import { EventContext, Reply, type AckFunction, runIn } from '../base/context.js';
import { InvalidPayload } from '../base/errors.js';
import { exceedsDepth, Invalid } from '../payload/index.js';
import type { HandlerPlan } from '../controllers/plan/types.js';
import { acknowledge, acknowledgeFailure } from './acknowledge.js';
import { callContained, reportListener } from './callbacks.js';
import type { Calls } from './calls.js';
import { callerOf, type Connection, connectionOf, WaitingCall } from './connection.js';
import { emitResult } from './sending/emit-result.js';
import { handleError, reportFault, reportLate, unknownEvent } from './failures.js';
import { InvalidPayloadAnswer, quickAnswer, quickError, tooDeep as tooDeepError } from './known-failures.js';
import { answerer } from './lane/answer.js';
import { isUnheard } from './lane/unwatched.js';
import { observe, observePassed, runObserved } from './observing/observed-call.js';
import { surroundings } from './observing/runs.js';
import { internalsOf, packetType, type ReceivedPacket, type SocketInternals } from './internals.js';
import { isThenable, promiseOf } from '../base/thenable.js';

/** Takes the place of a socket's `onevent`: the user's `onAny` listeners watch, then the event is dispatched. */
export function onevent(this: Socket, packet: ReceivedPacket): void {
  const internals = internalsOf(this);
  const { data } = packet;
  if (packet.id !== undefined && packet.id !== null) data.push(internals.ack(packet.id));
  const { _anyListeners: watching } = internals;
  if (watching && watching.length > 0) {
    const failed = (error: unknown): void => reportListener(connectionOf(this)!, data, error);
    for (const listener of Array.from(watching)) callContained(listener, this, data, failed);
  }
  internals.dispatch(data);
}

/**
 * Takes an event from the fast lane. Whoever listens, or has put something in the place of a step, gets it as a packet that came the
 * long way.
 *
 * @param isInside whether its turn began in the context of its run, see `observing/runs.ts`
 */
export function receive(socket: Socket, data: unknown[], id: number | undefined, isInside: boolean): void {
  const internals = internalsOf(socket);
  const event = data[0] as string;
  const isWatched = internals.onevent !== onevent || internals.dispatch !== dispatch || !isUnheard(socket, internals);
  if (isWatched || !socket.connected || hasListeners(socket, event)) {
    const asks = id === undefined ? {} : { id };
    const packet = { type: packetType.event, nsp: socket.nsp.name, ...asks, data };
    if (!isInside || !surroundings) return internals._onpacket(packet);
    return surroundings.outside(() => internals._onpacket(packet));
  }
  const connection = connectionOf(socket)!;
  const { plan } = connection.served;
  const handler = plan.events.get(event) ?? plan.any ?? unknownEvent;
  admit(connection, handler, data, id === undefined ? undefined : answerer(socket, id), isInside);
}

/** Takes the place of Socket.IO's own `dispatch` on every socket; one function for all of them. */
export function dispatch(this: Socket, packet: unknown[]): void {
  const internals = internalsOf(this);
  if (internals.fns.length === 0) deliver(this, internals, packet);
  else runMiddleware(this, internals, packet);
}

/**
 * The middleware of the user's own `socket.use`; a caller that asked for an answer gets one from a refusal too. If all of it is
 * synchronous, the event is delivered in the same turn: the order of events does not depend on `socket.use`.
 */
function runMiddleware(socket: Socket, internals: SocketInternals, packet: unknown[]): void {
  const connection = connectionOf(socket)!;
  const { fns } = internals;
  const next = (index: number, error?: unknown): void => {
    if (error) {
      internals._onerror(error as Error);
      return failUnhandled(connection, packet, error);
    }
    const middleware = fns[index];
    if (!middleware) return deliver(socket, internals, packet);
    let isDone = false;
    const once = (reason?: unknown): void => {
      if (isDone) return;
      isDone = true;
      next(index + 1, reason);
    };
    callContained(middleware as (...values: unknown[]) => unknown, socket, [packet, once], (reason) => {
      if (isDone) reportListener(connection, packet, reason);
      else once(reason);
    });
  };
  next(0);
}

function deliver(socket: Socket, internals: SocketInternals, packet: unknown[]): void {
  const connection = connectionOf(socket)!;
  const event = packet[0] as string;
  const { plan } = connection.served;
  const handler = plan.events.get(event);
  // Its client left while middleware of `socket.use` thought about it.
  if (!socket.connected) return contextOf(connection, handler ?? plan.any ?? unknownEvent, packet).end(gone);
  if (hasListeners(socket, event)) callListeners(connection, packet, handler);
  else if (!handler && !plan.any && isWatched(internals, packet)) return observePassed(connection, packet);
  else return admit(connection, handler ?? plan.any ?? unknownEvent, packet, takeAck(packet));
  if (handler) admit(connection, handler, packet, takeAck(packet));
}

/** Whether the user's own `socket.on` listens. Socket.IO itself has one listener for `error`, which does nothing. */
function hasListeners(socket: Socket, event: string): boolean {
  const { _eventsCount: count, _events: heard } = internalsOf(socket);
  if (count === 1 && heard.error !== undefined && event !== 'error') return false;
  return socket.listenerCount(event) > (event === 'error' ? 1 : 0);
}

/** Whether `socket.onAny` heard an event that asks for no answer; one that asks is answered `unknown_event` all the same. */
function isWatched({ _anyListeners: listeners }: SocketInternals, packet: readonly unknown[]): boolean {
  return listeners !== undefined && listeners.length > 0 && typeof packet.at(-1) !== 'function';
}

/** Errors of a listener stay inside, those of asynchronous ones too; if no handler answers the caller, the error does. */
function callListeners(connection: Connection, packet: unknown[], handler: HandlerPlan | undefined): void {
  const [event, ...args] = packet;
  let isTold = false;
  const failed = (error: unknown): void => {
    if (handler) return reportListener(connection, packet, error);
    failUnhandled(connection, [...packet], error, isTold);
    isTold = true;
  };
  for (const listener of connection.socket.rawListeners(event as string)) {
    callContained(listener as (...values: unknown[]) => unknown, connection.socket, args, failed);
  }
  if (!handler && !isTold) observePassed(connection, packet);
  isTold = true;
}

function takeAck(packet: unknown[]): AckFunction | undefined {
  return typeof packet.at(-1) === 'function' ? (packet.pop() as AckFunction) : undefined;
}

/** The rate: a client that sends faster is answered if it asks for an answer; else its event waits, and it is not read. */
function admit(
  connection: Connection,
  handler: HandlerPlan,
  packet: unknown[],
  ack: AckFunction | undefined,
  isInside = false,
): void {
  const { intake } = connection;
  const context = new EventContext(connection.socket, handler, connection, packet, ack);
  if (callChannel.hasSubscribers) observe(context, isInside);
  if (intake.takeEvent()) return enter(context);
  if (context.ack && !intake.isBehind) return reject(context, 'rate_limited');
  if (!intake.delay((isOpen) => (isOpen ? enter(context) : context.end(gone)))) reject(context, 'rate_limited');
}

/** The room: so many calls of a socket run, so many wait. Events that ask for no answer wait at the client. */
function enter(context: EventContext): void {
  const connection = callerOf(context);
  const { limits, calls } = connection.served.runtime;
  if (connection.ended) return context.end(gone);
  if (calls.closing) return reject(context, 'closing');
  if (connection.running < limits.concurrentCalls && !connection.queue?.length)
    return context.observer ? context.observer.run(start, context) : start(context);
  connection.queue ??= [];
  if (connection.queue.length >= limits.queuedCalls) {
    if (context.ack || connection.queue.length >= MOST_QUEUED) return reject(context, 'busy');
    connection.intake.hold(connection);
  }
  connection.queue.push(new WaitingCall(context));
}

/** Most calls of a socket that wait although it is not read any more: one chunk of a transport holds fewer. */
const MOST_QUEUED = 20_000;

/**
 * Returns the context of an event that ends before its handler.
 * @param isTold whether the start of the call was published
 */
function contextOf(connection: Connection, handler: HandlerPlan, packet: unknown[], isTold = false): EventContext {
  const context = new EventContext(connection.socket, handler, connection, packet, takeAck(packet));
  if (callChannel.hasSubscribers && !isTold) observe(context);
  return context;
}

/** Fails an event that no handler sees, in the same limits. */
function failUnhandled(connection: Connection, packet: unknown[], error: unknown, isTold = false): void {
  const { limits } = connection.served.runtime;
  const context = contextOf(connection, unknownEvent, packet, isTold);
  if (!connection.intake.takeEvent()) return reject(context, 'rate_limited');
  if (connection.running >= limits.concurrentCalls) return reject(context, 'busy');
  fail(context, error);
}

/** Answers without a word to the error handlers: they may take their time, and nothing bounds how many would run. */
function reject(context: EventContext, code: 'rate_limited' | 'busy' | 'closing'): void {
  const { counters } = callerOf(context).served.runtime;
  counters.count(code);
  if (!context.ack && counters.isNew(context.socket.conn, code)) {
    context.log.warn({ code }, 'events of a client were dropped');
  }
  context.outcome = refusals[code];
  acknowledgeFailure(context, undefined, quickAnswer(code));
}

/** Runs the plan. Nothing is awaited, and no time is kept, unless the handler returned a promise. */
function start(context: EventContext): void {
  const { limits, counters } = callerOf(context).served.runtime;
  if (exceedsDepth(context.packet, limits.depth + 1)) {
    counters.count('depth');
    context.outcome = tooDeep;
    return fail(context, tooDeepError(limits.depth));
  }
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
    if (value === undefined && awaitsManualAck(context, value)) return hold(context);
    const { emissions } = planOf(context);
    if (emissions.length > 0) emitResult(emissions, context, value);
    acknowledge(context, value);
  } catch (error) {
    fail(context, error);
  }
}

/** Answers a payload that does not fit; an error is made of it only if a handler of errors takes it. */
function refuse(context: EventContext, invalid: Invalid): void {
  if (invalid.cause !== undefined || hasErrorHandlers(context)) fail(context, InvalidPayload.of(invalid));
  else {
    context.outcome = invalidOutcome;
    acknowledgeFailure(context, undefined, new InvalidPayloadAnswer(invalid));
  }
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
  const { outgoing } = planOf(context);
  const answer = new Reply(values);
  if (!outgoing) return finish(context, answer);
  try {
    finish(context, outgoing(answer));
  } catch (error) {
    fail(context, error);
  }
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

/** Ends a call whose time is over: the caller is answered, the call's signal fires, the next one may start. */
export function expire(context: EventContext): void {
  const { failure } = context;
  const isClosing = callsOf(context).closing;
  startNext(callerOf(context));
  if (failure) acknowledgeFailure(context, undefined, failure);
  else {
    context.outcome = isClosing ? closedOver : timedOut;
    fail(context, quickError(isClosing ? 'closing' : 'timeout'));
  }
  context.abort(new Error('the call has run out of time'));
}

function hold(context: EventContext): void {
  callerOf(context).running++;
  callsOf(context).add(context, planOf(context).timeout);
}

/** Ends the counting; `false` if the call had run out of time before. */
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
    next.runInAsyncScope(calls.closing === 'over' ? closeUnbegun : begin, undefined, next.context);
  }
  if (!connection.queue || connection.queue.length < limits.queuedCalls) connection.intake.release(connection);
}

function begin(context: EventContext): void {
  runObserved(context, start);
}

function closeUnbegun(context: EventContext): void {
  context.outcome = refusals.closing;
  fail(context, quickError('closing'));
}

function planOf(context: EventContext): HandlerPlan {
  return context.handler as HandlerPlan;
}

function callsOf(context: EventContext): Calls {
  return callerOf(context).served.runtime.calls;
}
