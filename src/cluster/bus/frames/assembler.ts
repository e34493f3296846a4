/** The receiver's side: joins the pieces of large messages, and counts the messages that are missing. */
import { bundledCount } from './bundle.js';
import { type Frame, MAX_MESSAGE, type Series } from './frame.js';

/** The frames of one sender in one series. */
interface Stream {
  /** The number of the last frame. */
  number: number;
  /** The pieces of a message whose end has not come yet, and their bytes. */
  pieces: Buffer[];
  size: number;
  seen: number;
}

export class Assembler {
  readonly #streams: Readonly<Record<Series, Map<string, Stream>>> = {
    all: new Map(),
    direct: new Map(),
    sign: new Map(),
  };
  /** Messages to all that never arrived; each piece of a large one counts. */
  missed = 0;

  /** Returns the whole message that ends with this frame, if one does. */
  accept(frame: Frame, now: number): Buffer | undefined {
    const streams = this.#streams[frame.series];
    let stream = streams.get(frame.uid);
    const before = frame.number - (frame.many ? bundledCount(frame.piece) : 1);
    if (!stream) streams.set(frame.uid, (stream = { number: before, pieces: [], size: 0, seen: now }));
    if (frame.number <= stream.number) return undefined;
    const gap = Math.max(0, before - stream.number);
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
