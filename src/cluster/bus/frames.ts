/**
 * What travels on the bus: a header of 16 bytes and a piece of an encoded message.
 *
 *     0 version | 1 flags | 2..9 id of the sending node | 10..15 number of the frame | 16.. piece
 *
 * A sender numbers its frames, once for those to everybody and once for those to one node. So a receiver joins the
 * pieces of a large message, ignores a frame that a client library sent twice, and counts the frames that it missed.
 */
const VERSION = 0xc1;
const HEADER = 16;
const DIRECT = 1;
const FIRST = 2;
const LAST = 4;

/** A message above this many bytes is refused by its sender (RangeError to the caller). */
export const MAX_MESSAGE = 64 * 1024 * 1024;

/** The sender's side. */
export class Framer {
  readonly #id: Buffer;
  readonly #last = { all: 0, direct: 0 };

  constructor(uid: string) {
    this.#id = Buffer.from(uid, 'hex');
  }

  /** The number of the last frame to everybody. */
  get last(): number {
    return this.#last.all;
  }

  /** Cuts a message into frames of at most `maxFrame` bytes. */
  split(body: Buffer, direct: boolean, maxFrame: number): Buffer[] {
    const room = maxFrame - HEADER;
    const frames: Buffer[] = [];
    for (let start = 0; start === 0 || start < body.length; start += room) {
      const end = Math.min(start + room, body.length);
      const flags = (direct ? DIRECT : 0) | (start === 0 ? FIRST : 0) | (end === body.length ? LAST : 0);
      const frame = Buffer.allocUnsafe(HEADER + end - start);
      frame[0] = VERSION;
      frame[1] = flags;
      this.#id.copy(frame, 2);
      frame.writeUIntBE(++this.#last[direct ? 'direct' : 'all'], 10, 6);
      body.copy(frame, HEADER, start, end);
      frames.push(frame);
    }
    return frames;
  }
}

/** What a frame says of itself, or null when it is not one of ours. */
export interface Frame {
  readonly uid: string;
  readonly direct: boolean;
  readonly first: boolean;
  readonly last: boolean;
  readonly number: number;
  readonly piece: Buffer;
}

export function parseFrame(bytes: Buffer): Frame | null {
  const flags = bytes[1];
  if (bytes.length < HEADER || bytes[0] !== VERSION || flags === undefined) return null;
  return {
    uid: bytes.toString('hex', 2, 10),
    direct: (flags & DIRECT) !== 0,
    first: (flags & FIRST) !== 0,
    last: (flags & LAST) !== 0,
    number: bytes.readUIntBE(10, 6),
    piece: bytes.subarray(HEADER),
  };
}

interface Stream {
  number: number;
  pieces: Buffer[];
  size: number;
  seen: number;
}

/** The receiver's side: one stream per sender and kind. */
export class Assembler {
  readonly #streams = new Map<string, Stream>();
  missed = 0;

  /** The whole message that ends with this frame, if one does. */
  accept(frame: Frame, now: number): Buffer | undefined {
    const key = frame.direct ? `${frame.uid}>` : frame.uid;
    let stream = this.#streams.get(key);
    if (!stream) this.#streams.set(key, (stream = { number: frame.number - 1, pieces: [], size: 0, seen: now }));
    if (frame.number <= stream.number) return undefined;
    const gap = frame.number - stream.number - 1;
    if (!frame.direct) this.missed += gap;
    stream.number = frame.number;
    stream.seen = now;
    if (frame.first && frame.last) return frame.piece;
    return join(stream, frame, gap > 0);
  }

  /** Forgets senders that were silent since `before`. */
  forget(before: number): void {
    for (const [key, stream] of this.#streams) if (stream.seen < before) this.#streams.delete(key);
  }
}

/** Adds a piece; a message whose start is missing or which grows too large is given up. */
function join(stream: Stream, frame: Frame, broken: boolean): Buffer | undefined {
  const fits = stream.size + frame.piece.length <= MAX_MESSAGE;
  if (frame.first || broken || stream.pieces.length === 0 || !fits) {
    stream.pieces = [];
    stream.size = 0;
    if (!frame.first) return undefined;
  }
  stream.pieces.push(frame.piece);
  stream.size += frame.piece.length;
  if (!frame.last) return undefined;
  const body = Buffer.concat(stream.pieces);
  stream.pieces = [];
  stream.size = 0;
  return body;
}
