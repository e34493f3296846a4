/**
 * One frame on the bus: a header of 16 bytes and a piece of an encoded message.
 *
 *     0 version | 1 flags | 2..9 id of the sending node | 10..15 number of the frame | 16.. piece
 *
 * A sender numbers its frames in three series: messages to all, messages to one node, and what nodes say of themselves
 * or ask. A frame of several messages takes a number for each, and carries the last. So a receiver joins the pieces of a large
 * message, ignores a frame that came before, and counts the messages that it missed; and messages that are sent again after
 * a broken connection keep their numbers.
 */
const VERSION = 0xc1;
const DIRECT = 1;
const FIRST = 2;
const LAST = 4;
const SIGN = 8;
const MANY = 16;

/** Bytes before the piece. */
export const HEADER = 16;

/** A message above this many bytes is refused by its sender (RangeError to the caller). */
export const MAX_MESSAGE = 64 * 1024 * 1024;

/** `sign`: heartbeats and questions, which overtake messages that wait. */
export type Series = 'all' | 'direct' | 'sign';

const FLAG: Readonly<Record<Series, number>> = { all: 0, direct: DIRECT, sign: SIGN };

/** The header of a frame. */
export interface FrameHeader {
  readonly series: Series;
  readonly first: boolean;
  readonly last: boolean;
  /** Its piece is several messages, each after its length. */
  readonly many: boolean;
  readonly number: number;
}

export interface Frame extends FrameHeader {
  readonly uid: string;
  readonly piece: Buffer;
}

/** @returns a frame whose piece of `size` bytes is still to be written */
export function newFrame(id: Buffer, { series, first, last, many, number }: FrameHeader, size: number): Buffer {
  const frame = Buffer.allocUnsafe(HEADER + size);
  frame[0] = VERSION;
  frame[1] = FLAG[series] | (first ? FIRST : 0) | (last ? LAST : 0) | (many ? MANY : 0);
  id.copy(frame, 2);
  frame.writeUIntBE(number, 10, 6);
  return frame;
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
