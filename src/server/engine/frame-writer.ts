/** Frames on their way out: text packets of plain ASCII become one string, which is one write; all others are corked. */
import type { Callback, Frame, Packet, PacketType, Sender, Transport } from './ws.js';

/** Larger payloads are not copied: header and payload go out as two chunks, as `ws` does it. */
const COPY_LIMIT = 4096;
/** Batches that are longer than this are not joined. */
const JOIN_LIMIT = 65_536;
/** `ws` is open. */
const OPEN = 1;

/** Replaces `Sender.prototype.sendFrame` of `ws`: the same bytes in fewer chunks. */
export function sendFrame(this: Sender, frame: Frame, callback?: Callback): void {
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

/** Engine.IO's type of a packet of Socket.IO. */
const MESSAGE = '4';

/** The frame of one packet as Latin-1, one character per byte, if it is a short text of plain ASCII. */
function asciiFrame({ type, data }: Packet): string | undefined {
  return type === 'message' && typeof data === 'string' ? textFrame(MESSAGE, data) : undefined;
}

function textFrame(type: PacketType, data: string): string | undefined {
  if (data.length >= COPY_LIMIT) return undefined;
  if (Buffer.byteLength(data) !== data.length) return undefined;
  const length = data.length + 1;
  const header =
    length < 126 ? String.fromCharCode(0x81, length) : String.fromCharCode(0x81, 126, length >> 8, length & 255);
  return header + type + data;
}

/** The frames of all packets, if each is such a text. */
function asciiFrames(packets: readonly Packet[]): string | undefined {
  if (packets.length === 1) {
    // A packet that was encoded once for many clients goes out as that one buffer.
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

/** Replaces `send` of Engine.IO's WebSocket transport if nothing is compressed. */
export function sendTexts(this: Transport, packets: readonly Packet[]): void {
  const { readyState, _sender } = this.socket!;
  const frames = readyState === OPEN ? asciiFrames(packets) : undefined;
  if (frames === undefined) return sendCorked.call(this, packets);
  this.writable = false;
  _sender!._socket.write(frames, 'latin1', this._onSentLast);
}

/** Sends one text as {@link sendTexts} sends a packet of that type. */
export function sendOne(this: Transport, text: string, type: PacketType = MESSAGE, before = ''): boolean {
  const { readyState, _sender } = this.socket!;
  const frame = readyState === OPEN ? textFrame(type, text) : undefined;
  if (frame === undefined) return false;
  this.writable = false;
  _sender!._socket.write(before + frame, 'latin1', this._onSentLast);
  return true;
}

/** Replaces it elsewhere: Engine.IO's own loop, corked. */
export function sendCorked(this: Transport, packets: readonly Packet[]): void {
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
