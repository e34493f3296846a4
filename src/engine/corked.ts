/**
 * One write per turn: what Engine.IO hands over at once goes to the kernel at once.
 *
 * Stock Engine.IO writes a packet as soon as it comes and keeps what follows in its write buffer until that write is done; then it sends
 * the buffer in a loop, with one system call per packet. Here the loop runs with the TCP socket corked, and text frames of plain ASCII
 * are joined into one chunk. The first packet of a turn is never held back, and nothing stays corked when the loop returns, so order, bytes,
 * back-pressure and closing are those of the stock engine. Why it is done this way: docs/decisions/one-write-per-turn.md.
 */
import type { Server } from 'socket.io';

/** What `ws` hands to `sendFrame`: header and payload, or both in one buffer. */
type Frame = [header: Buffer, payload: Buffer | string] | [frame: Buffer];
type Callback = (error?: Error) => void;

/** The parts of a TCP or TLS socket that a frame needs. */
interface RawSocket {
  cork(): void;
  uncork(): void;
  write(chunk: Buffer | string, callback?: Callback): void;
  write(chunk: string, encoding: 'latin1', callback?: Callback): void;
}

/** The `Sender` of `ws`; Engine.IO calls its `sendFrame` too, for packets that were encoded once for a whole room. */
interface Sender {
  _socket: RawSocket;
  sendFrame(frame: Frame, callback?: Callback): void;
}

interface Transport {
  name: string;
  socket?: { _sender?: Sender };
  send(packets: unknown[]): void;
}

interface EngineSocket {
  transport: Transport;
  once(event: 'upgrade', listener: (transport: Transport) => void): void;
}

/** Larger payloads are not copied: header and payload go out as two chunks, as `ws` does it. */
const COPY_LIMIT = 4096;
/** A chunk of joined frames is handed to the socket when it is this long. */
const CHUNK_LIMIT = 65_536;

/** The sender whose batch is under way; batches do not nest, since nothing of the user's runs in one. */
let batching: Sender | undefined;
/** Frames of that batch that are not yet given to the socket: Latin-1, one character per byte. */
let joined = '';
/** The callback of the last of them; the others' only report the same error once more. */
let joinedCallback: Callback | undefined;

function writeJoined(socket: RawSocket): void {
  if (joined === '') return;
  socket.write(joined, 'latin1', joinedCallback);
  joined = '';
  joinedCallback = undefined;
}

/** The whole frame as a Latin-1 string, if its payload is short and plain ASCII: then it has as many bytes as characters. */
function asciiFrame(header: Buffer, payload: string): string | undefined {
  const length = payload.length;
  if (header.length === 2) {
    return header[1] === length ? String.fromCharCode(header[0]!, length) + payload : undefined;
  }
  if (length > COPY_LIMIT || header.readUInt16BE(2) !== length) return undefined;
  return String.fromCharCode(header[0]!, header[1]!, header[2]!, header[3]!) + payload;
}

/** Replaces `Sender.prototype.sendFrame` of `ws`: the same bytes in fewer chunks. */
function sendFrame(this: Sender, frame: Frame, callback?: Callback): void {
  const socket = this._socket;
  const [header, payload] = frame;
  if (typeof payload === 'string') {
    const text = asciiFrame(header, payload);
    if (text !== undefined) {
      if (batching !== this) {
        socket.write(text, 'latin1', callback);
        return;
      }
      joined += text;
      joinedCallback = callback;
      if (joined.length > CHUNK_LIMIT) writeJoined(socket);
      return;
    }
  }
  if (batching === this) writeJoined(socket);
  writeChunks(socket, frame, callback);
}

function writeChunks(socket: RawSocket, frame: Frame, callback?: Callback): void {
  const [header, payload] = frame;
  if (payload === undefined) {
    socket.write(header, callback);
  } else if (typeof payload !== 'string' && payload.length <= COPY_LIMIT) {
    // A broadcast's frame is shared by all its receivers: it is put together for the first of them.
    const whole = Buffer.concat([header, payload]);
    frame.splice(0, 2, whole);
    socket.write(whole, callback);
  } else {
    socket.cork();
    socket.write(header);
    socket.write(payload, callback);
    socket.uncork();
  }
}

/** Replaces `send` of Engine.IO's WebSocket transport. */
function send(this: Transport, packets: unknown[]): void {
  const stock = Object.getPrototypeOf(this) as Transport;
  if (packets.length === 1) {
    stock.send.call(this, packets);
    return;
  }
  const sender = this.socket!._sender!;
  const socket = sender._socket;
  socket.cork();
  batching = sender;
  try {
    stock.send.call(this, packets);
  } finally {
    batching = undefined;
    writeJoined(socket);
    socket.uncork();
  }
}

/** Does nothing to a transport that is not of `ws`: polling, WebTransport, another engine's. */
function adopt(transport: Transport): void {
  const sender = transport.socket?._sender;
  if (transport.name !== 'websocket' || typeof sender?._socket?.cork !== 'function') return;
  sender.sendFrame = sendFrame;
  transport.send = send;
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
  engine.on('connection', (socket: EngineSocket) => {
    adopt(socket.transport);
    if (socket.transport.name === 'polling') socket.once('upgrade', adopt);
  });
  return undefined;
}
