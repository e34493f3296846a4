/**
 * Listeners in less memory. Node.js keeps those of an emitter in an object without a prototype, which V8 makes a dictionary: 160 bytes
 * for three listeners, 304 for five. An object whose prototype is empty finds nothing more by a name, and has a field for each.
 */

import { EventEmitter } from 'node:events';

/** The parts of Node.js's emitters that hold their listeners. */
export interface ListenerStore {
  _events?: object | undefined;
  _eventsCount?: number;
}

/** The listeners of an emitter as Node.js keeps them, by their events: a function, or a list of several. Having them counted takes longer. */
export function listenersOf(emitter: object): Record<string, unknown> {
  return (emitter as ListenerStore)._events as Record<string, unknown>;
}

/** Empties the prototype of a class, so that its instances find nothing but their fields. */
export function emptyPrototype({ prototype }: { readonly prototype: object }): void {
  Object.setPrototypeOf(prototype, null);
  delete (prototype as { constructor?: unknown }).constructor;
}

/** The listeners of Socket.IO's sockets. */
class ErrorListeners {
  readonly error: unknown;

  constructor(events: Record<string, unknown>) {
    this.error = events['error'];
  }
}

/** Those of Engine.IO's sockets. */
class SessionListeners {
  readonly close: unknown;
  readonly data: unknown;
  readonly error: unknown;

  constructor(events: Record<string, unknown>) {
    this.close = compact(events['close']);
    this.data = events['data'];
    this.error = events['error'];
  }
}

/** Those of a TCP socket with a WebSocket. */
class TcpListeners {
  readonly close: unknown;
  readonly error: unknown;
  readonly data: unknown;
  readonly end: unknown;

  constructor(events: Record<string, unknown>) {
    this.close = compact(events['close']);
    this.error = events['error'];
    this.data = events['data'];
    this.end = compact(events['end']);
  }
}

/** Those of the `Receiver` of `ws`. */
class ReceiverListeners {
  readonly error: unknown;
  readonly drain: unknown;
  readonly conclude: unknown;
  readonly message: unknown;
  readonly ping: unknown;
  readonly pong: unknown;

  constructor(events: Record<string, unknown>) {
    this.error = events['error'];
    this.drain = events['drain'];
    this.conclude = events['conclude'];
    this.message = events['message'];
    this.ping = events['ping'];
    this.pong = events['pong'];
  }
}

/** A list that has grown has room for 16 more. */
function compact(listeners: unknown): unknown {
  if (!Array.isArray(listeners)) return listeners;
  const list = listeners.slice() as Record<symbol, unknown> & unknown[];
  if (emitting) list[emitting] = (listeners as typeof list)[emitting];
  return list;
}

/** Where Node.js, since version 24, counts in a list how often it is being called: one that is being called must not be changed. */
const emitting = symbolOfLists();

function symbolOfLists(): symbol | undefined {
  const emitter = new EventEmitter().on('event', () => undefined).on('event', () => undefined);
  return Object.getOwnPropertySymbols(listenersOf(emitter)['event'])[0];
}

interface Kind {
  readonly Listeners: new (events: Record<string, unknown>) => object;
  readonly events: readonly string[];
}

function kindOf(Listeners: Kind['Listeners']): Kind {
  const events = Object.keys(new Listeners({}));
  emptyPrototype(Listeners);
  return { Listeners, events };
}

const sockets = [ErrorListeners, SessionListeners].map(kindOf);
const streams = [TcpListeners, ReceiverListeners].map(kindOf);

/** Makes the listeners of a socket take less memory, if they are those that every socket has, in the order in which it has them. */
export function compactListeners(emitter: object): void {
  const kind = findKind(emitter, sockets);
  if (kind && isInOrder(listenersOf(emitter), kind)) replace(emitter, kind);
}

/** The keys of a dictionary take 1 µs to list; one event needs no order. */
function isInOrder(heard: object, { events }: Kind): boolean {
  return events.length === 1 || Object.keys(heard).every((event, index) => event === events[index]);
}

/** The same for a stream below a socket: streams have their events in one order, before there are listeners. */
export function compactStream(stream: object): void {
  const kind = findKind(stream, streams);
  if (kind) replace(stream, kind);
}

function findKind(emitter: object, kinds: readonly Kind[]): Kind | undefined {
  const { _eventsCount: count } = emitter as ListenerStore;
  const heard = listenersOf(emitter);
  return kinds.find(({ events }) => events.length === count && events.every((event) => heard[event] !== undefined));
}

function replace(emitter: object, { Listeners }: Kind): void {
  (emitter as ListenerStore)._events = new Listeners(listenersOf(emitter));
}

/** The same for a stream that nobody listens to. */
export function dropListeners(stream: object): void {
  const store = stream as ListenerStore;
  if (store._eventsCount === 0) store._events = new NoListeners();
}

class NoListeners {}

emptyPrototype(NoListeners);
