/**
 * Frames on the bus: a header of 16 bytes and a piece of an encoded message.
 *
 *     0 version | 1 flags | 2..9 id of the sending node | 10..15 number of the frame | 16.. piece
 *
 * A sender numbers its frames in three series: messages to all, messages to one node, and what nodes say of themselves
 * or ask. So a receiver joins the pieces of a large message, ignores a frame that came before, and counts the frames that
 * it missed; and messages that are sent again after a broken connection keep their numbers.
 */
const VERSION = 0xc1;
const HEADER = 16;
const DIRECT = 1;
const FIRST = 2;
const LAST = 4;
const SIGN = 8;
const MANY = 16;
/** Bytes before each message of a frame that holds many. */
const LENGTH = 4;

/** A message above this many bytes is refused by its sender (RangeError to the caller). */
export const MAX_MESSAGE = 64 * 1024 * 1024;

/** `sign`: heartbeats and questions, which overtake messages that wait. */
export type Series = 'all' | 'direct' | 'sign';

const FLAG: Readonly<Record<Series, number>> = { all: 0, direct: DIRECT, sign: SIGN };

/** Frames that are sent together, and how many messages they hold. */
export interface Parcel {
  readonly frames: readonly Buffer[];
  readonly messages: number;
  /** The number of its last frame. */
  readonly last: number;
}

/** The sender's side. */
export class Framer {
  readonly #id: Buffer;
  readonly #last: Record<Series, number> = { all: 0, direct: 0, sign: 0 };

  constructor(uid: string) {
    this.#id = Buffer.from(uid, 'hex');
  }

  lastOf(series: Series): number {
    return this.#last[series];
  }

  /** Cuts a message into frames of at most `maxFrame` bytes. */
  split(body: Buffer, direct: boolean, maxFrame: number): Buffer[] {
    return this.cut(body, direct ? 'direct' : 'all', maxFrame);
  }

  cut(body: Buffer, series: Series, maxFrame: number): Buffer[] {
    const room = maxFrame - HEADER;
    const frames: Buffer[] = [];
    for (let start = 0; start === 0 || start < body.length; start += room) {
      const end = Math.min(start + room, body.length);
      const frame = this.#frame(series, (start === 0 ? FIRST : 0) | (end === body.length ? LAST : 0), end - start);
      body.copy(frame, HEADER, start, end);
      frames.push(frame);
    }
    return frames;
  }

  /** Puts messages to all into frames, as many of them into one as fit. */
  pack(bodies: readonly Buffer[], maxFrame: number): Parcel[] {
    const parcels: Parcel[] = [];
    for (let at = 0; at < bodies.length;) {
      const end = this.#endOfFrame(bodies, at, maxFrame);
      const messages = end - at;
      const frames = messages === 1 ? this.cut(bodies[at]!, 'all', maxFrame) : [this.#joined(bodies.slice(at, end))];
      parcels.push({ frames, messages, last: this.#last.all });
      at = end;
    }
    return parcels;
  }

  /** Up to which message, from this one on, they fit into one frame: this one at least. */
  #endOfFrame(bodies: readonly Buffer[], start: number, maxFrame: number): number {
    let room = maxFrame - HEADER;
    let end = start;
    for (; end < bodies.length; end++) {
      room -= LENGTH + bodies[end]!.length;
      if (room < 0) break;
    }
    return Math.max(end, start + 1);
  }

  #joined(bodies: readonly Buffer[]): Buffer {
    const size = bodies.reduce((sum, body) => sum + LENGTH + body.length, 0);
    const frame = this.#frame('all', FIRST | LAST | MANY, size);
    let at = HEADER;
    for (const body of bodies) {
      at = frame.writeUInt32BE(body.length, at);
      at += body.copy(frame, at);
    }
    return frame;
  }

  #frame(series: Series, flags: number, size: number): Buffer {
    const frame = Buffer.allocUnsafe(HEADER + size);
    frame[0] = VERSION;
    frame[1] = FLAG[series] | flags;
    this.#id.copy(frame, 2);
    frame.writeUIntBE(++this.#last[series], 10, 6);
    return frame;
  }
}

/** The header of a frame. */
export interface Frame {
  readonly uid: string;
  readonly series: Series;
  readonly first: boolean;
  readonly last: boolean;
  /** Its piece is several messages, each after its length. */
  readonly many: boolean;
  readonly number: number;
  readonly piece: Buffer;
}

/** @returns null for what is no frame of ours */
export function parseFrame(bytes: Buffer): Frame | null {
  const flags = bytes[1];
  if (bytes.length < HEADER || bytes[0] !== VERSION || flags === undefined) return null;
  return {
    uid: bytes.toString('hex', 2, 10),
    series: flags & DIRECT ? 'direct' : flags & SIGN ? 'sign' : 'all',
    first: (flags & FIRST) !== 0,
    last: (flags & LAST) !== 0,
    many: (flags & MANY) !== 0,
    number: bytes.readUIntBE(10, 6),
    piece: bytes.subarray(HEADER),
  };
}

/**
 * The messages of a frame that holds many.
 * @throws RangeError when one is cut off
 */
export function unpack(piece: Buffer): Buffer[] {
  const bodies: Buffer[] = [];
  for (let at = 0; at < piece.length;) {
    const start = at + LENGTH;
    at = start + piece.readUInt32BE(at);
    if (at > piece.length) throw new RangeError('a message is cut off');
    bodies.push(piece.subarray(start, at));
  }
  return bodies;
}

interface Stream {
  number: number;
  pieces: Buffer[];
  size: number;
  seen: number;
}

/** The receiver's side: one stream per sender and series. */
export class Assembler {
  readonly #streams: Readonly<Record<Series, Map<string, Stream>>> = {
    all: new Map(),
    direct: new Map(),
    sign: new Map(),
  };
  /** Frames to all that never arrived. */
  missed = 0;

  /** The whole message that ends with this frame, if one does. */
  accept(frame: Frame, now: number): Buffer | undefined {
    const streams = this.#streams[frame.series];
    let stream = streams.get(frame.uid);
    if (!stream) streams.set(frame.uid, (stream = { number: frame.number - 1, pieces: [], size: 0, seen: now }));
    if (frame.number <= stream.number) return undefined;
    const gap = frame.number - stream.number - 1;
    if (frame.series === 'all') this.missed += gap;
    stream.number = frame.number;
    stream.seen = now;
    if (frame.first && frame.last) return frame.piece;
    return join(stream, frame, gap > 0);
  }

  /** The number of the last frame to all that came from that sender. */
  heardOf(uid: string): number {
    return this.#streams.all.get(uid)?.number ?? 0;
  }

  /** Forgets senders that were silent since `before`. */
  forget(before: number): void {
    for (const streams of Object.values(this.#streams)) {
      for (const [uid, { seen }] of streams) if (seen < before) streams.delete(uid);
    }
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
