/**
 * One write per turn: what Engine.IO hands over at once goes to the kernel at once.
 *
 * Stock Engine.IO writes a packet as soon as it comes and keeps what follows in its write buffer until that write is done; then it sends
 * the buffer in a loop, with one system call per packet. Here text packets of plain ASCII are framed into one string, which is one
 * write; for all others the loop runs with the TCP socket corked. The first packet of a turn is never held back, and nothing stays
 * corked when `send` returns, so order, bytes, back-pressure and closing are those of the stock engine. Why it is done this way:
 * docs/decisions/one-write-per-turn.md.
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

interface WebSocket {
  readonly readyState: number;
  readonly extensions: string;
  readonly _sender?: Sender;
}

interface Packet {
  readonly type: string;
  readonly data?: unknown;
  readonly options?: { readonly wsPreEncodedFrame?: Frame };
}

interface Transport {
  readonly name: string;
  readonly socket?: WebSocket;
  writable: boolean;
  /** Called when the last frame of a batch was given to the kernel, or could not be. */
  readonly _onSentLast?: Callback;
  send(packets: readonly Packet[]): void;
}

interface EngineSocket {
  transport: Transport;
  once(event: 'upgrade', listener: (transport: Transport) => void): void;
}

/** Larger payloads are not copied: header and payload go out as two chunks, as `ws` does it. */
const COPY_LIMIT = 4096;
/** Batches that are longer than this are not joined. */
const JOIN_LIMIT = 65_536;
/** `ws` is open. */
const OPEN = 1;

/** Replaces `Sender.prototype.sendFrame` of `ws`: the same bytes in fewer chunks. */
function sendFrame(this: Sender, frame: Frame, callback?: Callback): void {
  const socket = this._socket;
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

/** The frame of one packet as Latin-1, one character per byte, if it is a short text of plain ASCII. */
function asciiFrame({ type, data }: Packet): string | undefined {
  if (type !== 'message' || typeof data !== 'string' || data.length >= COPY_LIMIT) return undefined;
  if (Buffer.byteLength(data) !== data.length) return undefined;
  const length = data.length + 1;
  const header =
    length < 126 ? String.fromCharCode(0x81, length) : String.fromCharCode(0x81, 126, length >> 8, length & 255);
  return `${header}4${data}`;
}

/** The frames of all packets, if each is such a text. */
function asciiFrames(packets: readonly Packet[]): string | undefined {
  if (packets.length === 1) {
    // What was encoded once for many goes out as that one buffer.
    return packets[0]!.options?.wsPreEncodedFrame ? undefined : asciiFrame(packets[0]!);
  }
  let joined = '';
  for (const packet of packets) {
    const frame = asciiFrame(packet);
    if (frame === undefined || joined.length > JOIN_LIMIT) return undefined;
    joined += frame;
  }
  return joined;
}

/** Replaces `send` of Engine.IO's WebSocket transport where nothing is compressed. */
function send(this: Transport, packets: readonly Packet[]): void {
  const { readyState, _sender } = this.socket!;
  const frames = readyState === OPEN ? asciiFrames(packets) : undefined;
  if (frames === undefined) return sendCorked.call(this, packets);
  this.writable = false;
  _sender!._socket.write(frames, 'latin1', this._onSentLast);
}

/** Replaces it elsewhere: Engine.IO's own loop, corked. */
function sendCorked(this: Transport, packets: readonly Packet[]): void {
  const stock = Object.getPrototypeOf(this) as Transport;
  if (packets.length === 1) return stock.send.call(this, packets);
  const { _socket } = this.socket!._sender!;
  _socket.cork();
  try {
    stock.send.call(this, packets);
  } finally {
    _socket.uncork();
  }
}

/** Does nothing to a transport that is not of `ws`: polling, WebTransport, another engine's. */
function adopt(transport: Transport): void {
  const { name, socket } = transport;
  const sender = socket?._sender;
  if (name !== 'websocket' || typeof sender?._socket?.cork !== 'function') return;
  sender.sendFrame = sendFrame;
  transport.send = socket?.extensions === '' && transport._onSentLast ? send : sendCorked;
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
