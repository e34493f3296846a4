/**
 * The sockets of an engine that is corked, as Engine.IO makes them, with a few functions of ours that all of them share: transports find
 * their socket by a key, and one timer serves all heartbeats.
 */
import { laneKey, sendingKey, type Sending } from '../../connections/lane/unwatched.js';
import { compactStream, dropListeners } from '../../connections/namespaces/listeners.js';
import { writeFrame } from './broadcast.js';
import { isBetweenMessages, readTexts } from './frame-reader.js';
import { sendCorked, sendFrame, sendOne, sendTexts } from './frame-writer.js';
import { startHeartbeat } from './heartbeats.js';
import { compactTransport, leaveTransport, listenToTransport } from './lean.js';
import { open } from './handshake/opening.js';
import { deliver, holdPackets, isHeld } from './turn.js';
import { sendAnswer } from './handshake/upgrade.js';
import {
  engineSocketKey,
  type EngineServer,
  type EngineSocket,
  type PacketOptions,
  type Receiver,
  type Transport,
  type WebSocket,
} from './ws.js';

/** The engines that are corked. */
const engines = new WeakSet<EngineServer>();

/** Has the sockets that an engine makes from now on write once per turn. */
export function corkSockets(engine: EngineServer): void {
  engines.add(engine);
  engine.on('connection', (socket: EngineSocket) => {
    const stock = Object.getPrototypeOf(socket) as EngineSocket;
    if (!prepared.has(stock)) {
      prepare(stock);
      if (socket.readyState === 'open') renew(socket);
    }
    compactTransport(socket.transport);
  });
}

/** The prototypes of Engine.IO's class, one for each copy of it, whose sockets are adopted as soon as they have their transport. */
const prepared = new WeakSet<EngineSocket>();

/** Adopts sockets before functions and a timer are made for each of them; those of other engines are as they were. */
function prepare(stock: EngineSocket): void {
  prepared.add(stock);
  // oxlint-disable-next-line typescript/unbound-method -- they are called with their socket below
  const { setTransport, onOpen, schedulePing, clearTransport } = stock;
  stock.setTransport = function (transport) {
    if (!engines.has(this.server) || !isOfWs(transport)) return setTransport.call(this, transport);
    this.transport = transport;
    listenToTransport(transport, this);
    adopt(this, transport);
  };
  stock.onOpen = function () {
    if (isAdopted(this) && open(this)) return;
    sendAnswer(this.request.socket);
    onOpen.call(this);
  };
  stock.schedulePing = function () {
    if (!isAdopted(this)) return schedulePing.call(this);
    this.pingIntervalTimer = startHeartbeat(this, this.server.opts.pingInterval);
  };
  // An adopted socket is closing: it has its last transport.
  stock.clearTransport = function () {
    if (isAdopted(this)) {
      this.pingIntervalTimer?.close();
      leaveTransport(this.transport);
    }
    clearTransport.call(this);
  };
}

/** Engine.IO does not export its class to servers: the first socket shows it, and has what it made until then replaced. */
function renew(socket: EngineSocket): void {
  for (const clean of socket.cleanupFn.splice(0)) clean();
  socket.setTransport(socket.transport);
  if (!isAdopted(socket) || socket.protocol !== 4) return;
  socket.pingIntervalTimer?.close();
  socket.schedulePing();
}

/** Not so are polling, WebTransport and the transports of another engine. */
function isOfWs({ name, socket }: Transport): boolean {
  return name === 'websocket' && typeof socket?._sender?._socket?.cork === 'function' && socket._receiver !== undefined;
}

function isAdopted(socket: EngineSocket): boolean {
  return socket[sendingKey] !== undefined;
}

function adopt(socket: EngineSocket, transport: Transport): void {
  const { _sender: sender, _receiver: receiver, extensions } = transport.socket!;
  sender!.sendFrame = sendFrame;
  const isPlain = extensions === '' && transport._onSentLast !== undefined;
  transport.send = isPlain ? sendTexts : sendCorked;
  if (isPlain) transport.sendText = sendOne;
  receiver![engineSocketKey] = socket;
  receiver!.write = read;
  compactStream(sender!._socket);
  compactStream(receiver!);
  dropListeners(socket.request);
  if (extensions === '') shareNone(transport.socket!);
  if (socket.sentCallbackFn.length === 0) socket.sentCallbackFn = listOfOne();
  socket.flush = flush;
  socket.write = write;
  socket[sendingKey] = sending;
  // V8 gives sockets as much room as the first ones need, and keeps what they are given later elsewhere.
  socket[laneKey] = undefined;
}

/** An empty list with room for one; V8 makes room for 17 when something is put into another empty list. */
function listOfOne(): unknown[] {
  const list = [null];
  list.shift();
  return list;
}

/** The extensions of a WebSocket that has none; `ws` makes an object for each, and changes none of a server. */
const none = Object.freeze({});

function shareNone(socket: WebSocket): void {
  socket._extensions = none;
  socket._sender!._extensions = none;
  socket._receiver!._extensions = none;
}

/** Replaces `flush` of an Engine.IO socket. */
function flush(this: EngineSocket): void {
  if (!holdPackets(this)) stockOf(this).flush.call(this);
}

/** Replaces `write` of an Engine.IO socket, which Socket.IO sends by. */
function write(this: EngineSocket, data: unknown, options?: PacketOptions, callback?: unknown): unknown {
  if (callback === undefined && !isHeld(this) && writeFrame(this, data, options)) return this;
  return stockOf(this).write.call(this, data, options, callback);
}

/** What Engine.IO keeps with a packet unless told otherwise. */
const textOptions = { compress: true };

/** Sends a text as `write` of an Engine.IO socket does, which tells its listeners; the lane has seen that there are none. */
function sendText(socket: EngineSocket, text: string): void {
  const { transport, writeBuffer } = socket;
  const isFree = transport.writable && writeBuffer.length === 0 && !isHeld(socket);
  if (isFree && transport.sendText?.(text)) return;
  writeBuffer.push({ type: 'message', options: textOptions, data: text });
  socket.flush();
}

const sending: Sending = { sendText, write };

function stockOf(socket: EngineSocket): EngineSocket {
  return Object.getPrototypeOf(socket) as EngineSocket;
}

/** Replaces `write` of a receiver: what it is between two messages for is read without it. */
function read(this: Receiver, chunk: Buffer): boolean {
  const stock = Object.getPrototypeOf(this) as Receiver;
  const engineSocket = this[engineSocketKey]!;
  // Other listeners for messages get them from `ws`.
  const isOnlyListener = engineSocket.transport.socket!.listenerCount('message') === 1;
  if (!isOnlyListener || !isBetweenMessages(this)) return stock.write.call(this, chunk);
  const texts: string[] = [];
  const rest = readTexts(chunk, this._maxPayload || Infinity, texts);
  deliver(engineSocket, texts);
  return rest === chunk.length || stock.write.call(this, rest === 0 ? chunk : chunk.subarray(rest));
}
