/**
 * Frames on their way in. What clients send are masked text frames, each a whole message: those are read here, straight from
 * the TCP socket's chunk to Engine.IO. From the first byte of anything else on `ws` reads, as it would have.
 */
import { isUtf8 } from 'node:buffer';
import type { Receiver } from './ws.js';

/** The only frame that is read here: a whole message of text, not compressed. */
const TEXT = 0x81;
const MASKED = 0x80;
/** Lengths that stand for a longer one behind them, of two bytes or of eight. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MASK_BYTES = 4;

/** Whether the next byte begins a message that may be read here. */
export function isBetweenMessages({ _state, _bufferedBytes, _fragmented }: Receiver): boolean {
  return _state === 0 && _bufferedBytes === 0 && _fragmented === 0;
}

/**
 * Reads the texts at the beginning of a chunk into `texts`, and returns the position of what is left.
 *
 * @param most bytes of a message; a longer one is left
 */
export function readTexts(chunk: Buffer, most: number, texts: string[]): number {
  let at = 0;
  while (chunk[at] === TEXT && chunk[at + 1]! >= MASKED) {
    let length = chunk[at + 1]! - MASKED;
    let start = at + 2 + MASK_BYTES;
    if (length === LENGTH_64) break;
    if (length === LENGTH_16) {
      length = (chunk[at + 2]! << 8) | chunk[at + 3]!;
      start += 2;
    }
    const end = start + length;
    if (end > chunk.length || length > most) break;
    const text = unmasked(chunk, start, end);
    if (text === undefined) break;
    texts.push(text);
    at = end;
  }
  return at;
}

/** The text of a masked payload; `undefined`, and the payload as it was, if it is no text. */
function unmasked(chunk: Buffer, start: number, end: number): string | undefined {
  const bits = applyMask(chunk, start, end);
  if (bits < 0x80) return chunk.toString('latin1', start, end);
  if (isUtf8(chunk.subarray(start, end))) return chunk.toString('utf8', start, end);
  applyMask(chunk, start, end);
  return undefined;
}

/** Masks or unmasks in place, with the four bytes before `start`; returns all bits of the result. Four at a time take half as long. */
function applyMask(chunk: Buffer, start: number, end: number): number {
  const [first, second, third, fourth] = [chunk[start - 4]!, chunk[start - 3]!, chunk[start - 2]!, chunk[start - 1]!];
  let bits = 0;
  let at = start;
  for (const last = end - MASK_BYTES; at <= last; at += MASK_BYTES) {
    const a = chunk[at]! ^ first;
    const b = chunk[at + 1]! ^ second;
    const c = chunk[at + 2]! ^ third;
    const d = chunk[at + 3]! ^ fourth;
    chunk[at] = a;
    chunk[at + 1] = b;
    chunk[at + 2] = c;
    chunk[at + 3] = d;
    bits |= a | b | c | d;
  }
  for (let mask = start - MASK_BYTES; at < end; at++) bits |= chunk[at]! ^= chunk[mask++]!;
  return bits;
}
