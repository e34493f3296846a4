/**
 * What Engine.IO keeps of a connection, in less memory. It makes a dozen functions for each, which know their transport and their
 * socket by being made for them; here all connections share them, and they find both by a key. Events, their order and
 * their listeners stay: nothing is heard or sent differently.
 */
import {
  compactListeners,
  emptyPrototype,
  listenersOf,
  type ListenerStore,
} from '../../connections/namespaces/listeners.js';
import { isUnmet } from './handshake/opening.js';
import {
  engineSocketKey,
  transportKey,
  type Callback,
  type Emitter,
  type EngineServer,
  type EngineSocket,
  type Listener,
  type Packet,
  type Transport,
  type TransportRequest,
  type WebSocket,
} from './ws.js';

type TransportClass = new (request: TransportRequest) => Transport;

/** Has the WebSocket transports of an engine share their functions; those that this was not made for stay as they are. */
export function shareTransports(engine: EngineServer): void {
  const createTransport = engine.createTransport.bind(engine);
  const Lean = leanTransport(createTransport);
  if (!Lean) return;
  engine.createTransport = (name, request) =>
    name === 'websocket' && request.websocket._sender ? new Lean(request) : createTransport(name, request);
}

/** Engine.IO exports no class of transports: it is that of a transport without a connection. */
function leanTransport(createTransport: EngineServer['createTransport']): TransportClass | undefined {
  const nowhere = { on() {}, once() {} } as unknown as WebSocket;
  const stock = createTransport('websocket', { _query: { EIO: '4' }, websocket: nowhere });
  const prototype = Object.getPrototypeOf(stock) as Transport;
  const Base = Object.getPrototypeOf(prototype.constructor) as TransportClass;
  if (Object.keys(stock).toString() !== fields.toString() || typeof Base !== 'function') return undefined;

  /** Made by the parent of Engine.IO's class, with all methods of that class. */
  class LeanTransport extends Base {
    override readonly _onSentLast: Callback = onSentLast.bind(this);
    override readonly socket: WebSocket;
    override readonly perMessageDeflate = null;

    constructor(request: TransportRequest) {
      super(request);
      this.socket = request.websocket;
      listen(this.socket, this);
      this.writable = true;
    }

    // Only what is not a short text goes through these.
    get _onSent(): Callback {
      return (error) => onSent(this, error);
    }

    get _doSend() {
      return (data: unknown): void => this.socket.send(data, this._onSent);
    }

    get _doSendLast() {
      return (data: unknown): void => this.socket.send(data, this._onSentLast);
    }
  }
  Object.setPrototypeOf(LeanTransport.prototype, prototype);
  return LeanTransport;
}

/** The properties of Engine.IO's transport, those of all emitters first. */
const fields = (
  '_events,_eventsCount,_maxListeners,writable,_readyState,discarded,protocol,parser,supportsBinary,' +
  '_doSend,_doSendLast,_onSent,_onSentLast,socket,perMessageDeflate'
).split(',');

function onSent(transport: Transport, error?: Error): void {
  if (error) transport.onError('write error', error.stack);
}

function onSentLast(this: Transport, error?: Error): void {
  if (error) return this.onError('write error', error.stack);
  this.emit('drain');
  this.writable = true;
  this.emit('ready');
}

/** Hears what the transport must know of its WebSocket. */
function listen(socket: WebSocket, transport: Transport): void {
  socket[transportKey] = transport;
  // Engine.IO notes errors of a WebSocket without a transport, and does not stop when it has one.
  const own = firstOf(socket, 'error');
  if (own?.name === 'onUpgradeError') socket.removeListener('error', own);
  if (countOf(socket) === 0) return setListeners(socket, new WebSocketListeners(), 3);
  socket.on('message', onMessage);
  socket.on('close', onClose);
  socket.on('error', onError);
}

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  this[transportKey]!.onData(isBinary ? data : data.toString());
}

function onClose(this: WebSocket): void {
  this[transportKey]!.onClose();
}

function onError(this: WebSocket, error: unknown): void {
  this[transportKey]!.onError(error);
}

/** Hears what a socket must know of its transport. */
export function listenToTransport(transport: Transport, socket: EngineSocket): void {
  transport[engineSocketKey] = socket;
  if (countOf(transport) === 0) return setListeners(transport, new TransportListeners(), transportEvents.length);
  for (const name of transportEvents) transport.on(name, listeners[name]!);
}

export function leaveTransport(transport: Transport): void {
  if (isHeardByUs(transport, transportEvents.length)) return setListeners(transport, undefined, 0);
  for (const name of transportEvents) transport.removeListener(name, listeners[name]!);
}

/** Drops what only long-polling is told, if nobody but Engine.IO has listened to a transport yet. */
export function compactTransport(transport: Transport): void {
  const isTold = transport.name === 'websocket' && typeof listenersOf(transport)['headers'] === 'function';
  if (isTold && isHeardByUs(transport, transportEvents.length + 1))
    setListeners(transport, new TransportListeners(), transportEvents.length);
}

/** Whether a transport has our listeners, and of all events so many. */
function isHeardByUs(transport: Transport, count: number): boolean {
  const events = listenersOf(transport);
  return countOf(transport) === count && transportEvents.every((name) => events[name] === listeners[name]);
}

function onTransportError(this: Transport, error: unknown): void {
  this[engineSocketKey]!.onError(error);
}

function onReady(this: Transport): void {
  this[engineSocketKey]!.flush();
}

function onPacket(this: Transport, packet: Packet): void {
  this[engineSocketKey]!.onPacket(packet);
}

function onDrain(this: Transport): void {
  this[engineSocketKey]!.onDrain();
}

function onTransportClose(this: Transport): void {
  this[engineSocketKey]!.onClose('transport close');
}

/**
 * Has the sockets of an engine share the function that forgets one when it closes, which comes first. To look at its text takes 1.8 µs:
 * where nobody else can have listened, one look at the first of them does for all.
 */
export function shareForgetting(socket: EngineSocket): void {
  const first = firstOf(socket, 'close');
  const stock = Object.getPrototypeOf(socket) as object;
  const isOfEngine = isUnmet(socket) && forgetful.has(stock);
  if (!first?.listener || !(isOfEngine || forgets(first.listener))) return;
  if (!isOfEngine) forgetful.add(stock);
  const events = listenersOf(socket);
  if (Array.isArray(events['close'])) events['close'][0] = forget;
  else events['close'] = forget;
  compactListeners(socket);
}

/** The prototypes of Engine.IO's class, one for each copy of it, whose first listener was looked at. */
const forgetful = new WeakSet<object>();

/** The text of the listener by which Engine.IO forgets a socket: each socket has one of its own. */
let forgetting: string | undefined;

function forgets(listener: Listener): boolean {
  const text = Function.prototype.toString.call(listener);
  if (forgetting === undefined && text.includes('clientsCount--')) forgetting = text;
  return text === forgetting;
}

function forget(this: EngineSocket): void {
  const { server, id } = this;
  if (server.clients[id] !== this) return;
  delete server.clients[id];
  server.clientsCount--;
}

class WebSocketListeners {
  readonly message = onMessage;
  readonly close = onClose;
  readonly error = onError;
}

class TransportListeners {
  readonly error = onTransportError;
  readonly ready = onReady;
  readonly packet = onPacket;
  readonly drain = onDrain;
  readonly close = onTransportClose;
}

for (const listeners of [WebSocketListeners, TransportListeners]) emptyPrototype(listeners);

const listeners: Readonly<Record<string, Listener>> = { ...new TransportListeners() };
const transportEvents = Object.keys(listeners);

/** The first listener of an event. */
function firstOf(emitter: Emitter, event: string): Listener | undefined {
  const listeners = listenersOf(emitter)[event] as Listener | Listener[] | undefined;
  return Array.isArray(listeners) ? listeners[0] : listeners;
}

function countOf(emitter: Emitter): number {
  return (emitter as Emitter & ListenerStore)._eventsCount!;
}

function setListeners(emitter: Emitter, events: object | undefined, count: number): void {
  const store = emitter as Emitter & ListenerStore;
  store._events = events;
  store._eventsCount = count;
}
