/** The user's functions that Socket.IO calls on behalf of a client: what they throw is logged, and the process goes on. */
import type { Namespace, Server, Socket } from 'socket.io';
import { emitChannel } from '../base/channels/index.js';
import type { Counters, CountedKind } from '../base/counters.js';
import { eventName, type Logger } from '../base/log.js';
import { isThenable, promiseOf } from '../base/thenable.js';
import { exceedsDepth } from '../payload/index.js';
import { connectionOf, type Connection } from './connection.js';
import { observeBroadcast } from './observing/observed-emission.js';
import { internalsOf, type ReceivedPacket, type SocketInternals } from './internals.js';

/** Logs and counts failures of callbacks. */
export interface CallbackLog {
  readonly log: Logger;
  readonly counters: Counters;
}

type Callback = (this: unknown, ...values: unknown[]) => unknown;

/** Calls a function; what it throws, or what its promise rejects with, goes to `failed`. */
export function callContained(
  callback: Callback,
  owner: unknown,
  values: readonly unknown[],
  failed: (error: unknown) => void,
): void {
  try {
    const result = callback.apply(owner, values as unknown[]);
    if (isThenable(result)) promiseOf(result).catch(failed);
  } catch (error) {
    failed(error);
  }
}

/** Returns the function that logs what a callback threw. */
export function reporter(
  { log, counters }: CallbackLog,
  kind: CountedKind,
  message: string,
  facts: object,
): (error: unknown) => void {
  return (err) => {
    counters.count(kind);
    log.error({ err, ...facts }, message);
  };
}

const ANSWER_FAILED = "the callback for a client's answer failed";

/** Contains the callback of an emission, if its last argument is one. Changes `values`. */
export function containAnswer(values: unknown[], log: CallbackLog, event: string, facts: object): unknown[] {
  const callback = values.at(-1);
  if (typeof callback !== 'function') return values;
  const failed = reporter(log, 'callback_failed', ANSWER_FAILED, { event: eventName(event), ...facts });
  values[values.length - 1] = function (this: unknown, ...answers: unknown[]): void {
    callContained(callback as Callback, this, answers, failed);
  };
  return values;
}

const logs = new WeakMap<Server, CallbackLog>();
const contained = new WeakSet<object>();

interface EmittingOperator {
  emit(event: string, ...values: unknown[]): unknown;
}

/**
 * Contains the callbacks of emissions to many clients, `io.timeout(500).emit('question', callback)`. Socket.IO calls them from
 * timers of its own, so the operators' shared `emit` is replaced, once for each copy of Socket.IO; it concerns the servers of
 * applications only.
 */
export function containBroadcasts(io: Server, log: CallbackLog): void {
  logs.set(io, log);
  const prototype = Object.getPrototypeOf(io.to('room')) as EmittingOperator;
  if (contained.has(prototype)) return;
  contained.add(prototype);
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its operator below
  const { emit } = prototype;
  prototype.emit = function (this: { readonly adapter: { readonly nsp: Namespace } }, event, ...values) {
    const { nsp } = this.adapter;
    const own = logs.get(nsp.server);
    if (!own) return emit.call(this as never, event, ...values);
    const send = (given: unknown[]): unknown =>
      emit.call(this as never, event, ...containAnswer(given, own, event, { namespace: nsp.name }));
    return emitChannel.hasSubscribers ? observeBroadcast(this as never, event, values, send) : send(values);
  };
}

type Middleware = Parameters<Namespace['use']>[0];

interface EmittingNamespace {
  emitReserved(event: string, ...values: unknown[]): boolean;
}

/** Contains the user's middleware and listeners of a namespace: `namespace.use`, `namespace.on('connection')`. */
export function containNamespace(namespace: Namespace, log: CallbackLog): void {
  const facts = { namespace: namespace.name };
  const use = namespace.use.bind(namespace);
  namespace.use = (middleware: Middleware) => use(containedMiddleware(middleware, log));
  const failed = reporter(log, 'listener_failed', 'a listener of a namespace failed', facts);
  (namespace as unknown as EmittingNamespace).emitReserved = (event, ...values) => {
    const listeners = namespace.rawListeners(event);
    for (const listener of listeners) callContained(listener as Callback, namespace, values, failed);
    return listeners.length > 0;
  };
}

/** Middleware that throws, or whose promise rejects, refuses the client; the reason is in the log, not on the wire. */
function containedMiddleware(middleware: Middleware, log: CallbackLog): Middleware {
  return (socket, next) => {
    let isDone = false;
    const once = (error?: Error): void => {
      if (isDone) return;
      isDone = true;
      next(error);
    };
    const failed = (error: unknown): void => {
      reporter(log, 'callback_failed', 'the middleware of a namespace failed', { namespace: socket.nsp.name })(error);
      once(Object.assign(new Error('Internal error'), { data: { code: 'internal' } }));
    };
    callContained(middleware as Callback, undefined, [socket, once], failed);
  };
}

/** Takes the place of a socket's `emitReserved`: listeners of `disconnect` and the like must not keep the end from being published. */
export function emitReserved(this: Socket, event: string, ...values: unknown[]): boolean {
  const listeners = this.rawListeners(event);
  const failed = reporter(connectionOf(this)!.served.runtime, 'listener_failed', 'a listener of socket.on failed', {
    event,
    socket: this.id,
  });
  for (const listener of listeners) callContained(listener as Callback, this, values, failed);
  return listeners.length > 0;
}

/** Takes the place of a socket's `onack`: a client's answer is bounded as its events are. */
export function onack(this: Socket, packet: ReceivedPacket): void {
  const internals = internalsOf(this);
  const { counters, limits, log } = connectionOf(this)!.served.runtime;
  if (!exceedsDepth(packet.data, limits.depth + 1))
    return (Object.getPrototypeOf(internals) as SocketInternals).onack.call(this, packet);
  counters.count('dropped_answer');
  if (counters.isNew(this.conn, 'answer')) {
    log.warn(
      { socket: this.id, namespace: this.nsp.name },
      'the answer of a client is nested too deep, and was dropped',
    );
  }
}

/** Logs what a listener of the user's own threw. */
export function reportListener({ socket, served }: Connection, packet: readonly unknown[], error: unknown): void {
  const facts = { event: eventName(packet[0]), socket: socket.id };
  reporter(served.runtime, 'listener_failed', 'a listener of socket.on failed', facts)(error);
}
