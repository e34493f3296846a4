/**
 * One write per turn: what belongs together goes to the kernel at once.
 *
 * Stock Engine.IO writes a packet as soon as it comes and keeps what follows in its write buffer until that write is done; then it sends
 * the buffer in a loop, with one system call per packet. Here a batch is one write (`frame-writer.ts`), frames are read without a
 * detour (`frame-reader.ts`), and the answers to packets that came together go out together. A packet that comes alone is never held
 * back, and order, bytes, back-pressure and closing are those of the stock engine. Why it is done this way:
 * docs/decisions/one-write-per-turn.md.
 */
import type { IncomingMessage } from 'node:http';
import type { Server } from 'socket.io';
import { writeFrame } from './broadcast.js';
import { isBetweenMessages, readTexts } from './frame-reader.js';
import { laneKey, sendTextKey, writeKey } from '../../connections/lane/unwatched.js';
import { sendCorked, sendFrame, sendOne, sendTexts } from './frame-writer.js';
import { shareForgetting, shareListeners, shareTransports } from './lean.js';
import {
  engineSocketKey,
  type EngineServer,
  type EngineSocket,
  type PacketOptions,
  type Receiver,
  type Sender,
} from './ws.js';

/** Replaces `write` of a receiver: what it is between two messages for is read without it. */
function write(this: Receiver, chunk: Buffer): boolean {
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

/** Sockets whose packets wait for the end of the turn; `true` if there are some. */
const held = new Map<EngineSocket, boolean>();

/** Hands over what came together, and has what it causes go out together. */
function deliver(socket: EngineSocket, texts: readonly string[]): void {
  const { transport } = socket;
  const isCrowd = texts.length > 1;
  // Packets of an earlier chunk may wait already.
  if (isCrowd && !held.has(socket)) held.set(socket, false);
  try {
    for (let at = 0; at < texts.length; at++) {
      at = socket[laneKey]?.takeRun(texts, at) ?? at;
      if (at < texts.length) transport.onData(texts[at]!);
    }
  } finally {
    if (isCrowd) process.nextTick(releaseSoon, socket);
  }
}

/** Socket.IO handles each packet in a tick of its own, and calls listeners of `socket.on` in another one: this comes after both. */
function releaseSoon(socket: EngineSocket): void {
  process.nextTick(release, socket);
}

function release(socket: EngineSocket): void {
  const waits = held.get(socket);
  held.delete(socket);
  if (!waits) return;
  socket.transport.writable = true;
  socket.flush();
}

/** Replaces `flush` of an Engine.IO socket. */
function flush(this: EngineSocket): void {
  const waits = held.get(this);
  if (waits === undefined) return (Object.getPrototypeOf(this) as EngineSocket).flush.call(this);
  if (waits || !this.transport.writable) return;
  // As if the first packet were being written: what is volatile is dropped from here on.
  this.transport.writable = false;
  held.set(this, true);
}

/** Replaces `write` of an Engine.IO socket, which Socket.IO sends by. */
function writePacket(this: EngineSocket, data: unknown, options?: PacketOptions, callback?: unknown): unknown {
  if (callback === undefined && !held.has(this) && writeFrame(this, data, options)) return this;
  return (Object.getPrototypeOf(this) as EngineSocket).write.call(this, data, options, callback);
}

/** What Engine.IO keeps with a packet unless told otherwise. */
const options = { compress: true };

/** Sends a text as `write` of an Engine.IO socket does, which tells its listeners; the lane has seen that there are none. */
function sendText(this: EngineSocket, text: string): void {
  const { transport, writeBuffer } = this;
  const isFree = transport.writable && writeBuffer.length === 0 && !held.has(this);
  if (isFree && transport.sendText?.(text)) return;
  writeBuffer.push({ type: 'message', options, data: text });
  this.flush();
}

/** Does nothing to a socket whose transport is not of `ws`: polling, WebTransport, another engine's. */
function adopt(engineSocket: EngineSocket): void {
  const { transport } = engineSocket;
  const { _sender: sender, _receiver: receiver, extensions } = transport.socket ?? {};
  if (transport.name !== 'websocket' || typeof sender?._socket?.cork !== 'function' || !receiver) return;
  sender.sendFrame = sendFrame;
  const isPlain = extensions === '' && transport._onSentLast !== undefined;
  transport.send = isPlain ? sendTexts : sendCorked;
  if (isPlain) transport.sendText = sendOne;
  receiver[engineSocketKey] = engineSocket;
  receiver.write = write;
  engineSocket.flush = flush;
  engineSocket[sendTextKey] = sendText;
  engineSocket.write = writePacket;
  engineSocket[writeKey] = writePacket;
  shareListeners(engineSocket);
}

type EngineRequest = IncomingMessage & { readonly _query: Readonly<Record<string, string>> };

/**
 * Has the answer to an upgrade go out with the packet that opens the session: Engine.IO sends it when the promise of an id
 * is there, one microtask later, unless the user's own ids take longer.
 */
function joinOpening(_headers: unknown, { socket, _query }: EngineRequest): void {
  if (_query['transport'] !== 'websocket') return;
  socket.cork();
  queueMicrotask(() => queueMicrotask(() => socket.uncork()));
}

/**
 * Makes an Engine.IO server (`io.engine`) write once per turn, for connections made from now on.
 * Returns why it cannot, if it cannot; then the server stays as it was.
 */
export function writeOncePerTurn(engine: Server['engine']): string | undefined {
  const { ws } = engine as unknown as {
    ws?: { options?: { WebSocket?: { Sender?: { prototype?: Partial<Sender> } } } };
  };
  if (ws !== undefined && typeof ws.options?.WebSocket?.Sender?.prototype?.sendFrame !== 'function') {
    return 'its WebSocket server is not the ws that this was made for';
  }
  if (ws !== undefined) shareTransports(engine as unknown as EngineServer);
  engine.on('initial_headers', joinOpening);
  engine.on('connection', (socket: EngineSocket) => {
    shareForgetting(socket);
    adopt(socket);
    if (socket.transport.name === 'polling') socket.once('upgrade', () => adopt(socket));
  });
  return undefined;
}
