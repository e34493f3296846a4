/**
 * Listeners in less memory. Node.js keeps those of an emitter in an object without a prototype, which V8 makes a dictionary: 160 bytes
 * for three listeners, 304 for five. An object whose prototype is empty finds nothing more by a name, and has a field for each.
 */

/** The parts of Node.js's emitters that hold their listeners. */
export interface ListenerStore {
  _events?: object;
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

/** Listeners of `error` alone, and of `close`, `data` and `error`: those of Socket.IO's sockets, and of Engine.IO's. */
class ErrorListeners {
  readonly error: unknown;

  constructor(events: Record<string, unknown>) {
    this.error = events['error'];
  }
}

class SessionListeners {
  readonly close: unknown;
  readonly data: unknown;
  readonly error: unknown;

  constructor(events: Record<string, unknown>) {
    this.close = events['close'];
    this.data = events['data'];
    this.error = events['error'];
  }
}

for (const listeners of [ErrorListeners, SessionListeners]) emptyPrototype(listeners);

/** Makes the listeners of a socket take less memory, if they are those that every socket has, in the order in which it has them. */
export function compactListeners(emitter: object): void {
  const store = emitter as ListenerStore;
  const events = listenersOf(emitter);
  if (store._eventsCount === 1) {
    if (events['error'] !== undefined) store._events = new ErrorListeners(events);
  } else if (store._eventsCount === 3 && events['data'] !== undefined) {
    const [first, second, third] = Object.keys(events);
    if (first === 'close' && second === 'data' && third === 'error') store._events = new SessionListeners(events);
  }
}
