/** The sender's side: cuts messages into numbered frames, and puts small ones together. */
import { bundledSize, writeBundle } from './bundle.js';
import { HEADER, newFrame, type Series } from './frame.js';

/** Frames that are sent together, and how many messages they hold. */
export interface Parcel {
  readonly frames: readonly Buffer[];
  readonly messages: number;
  /** The number of its last frame. */
  readonly last: number;
}

export class Framer {
  readonly #id: Buffer;
  readonly #last: Record<Series, number> = { all: 0, direct: 0, sign: 0 };

  constructor(uid: string) {
    this.#id = Buffer.from(uid, 'hex');
  }

  /** The number of the last frame of a series. */
  lastOf(series: Series): number {
    return this.#last[series];
  }

  /** Cuts a message into frames of at most `maxFrame` bytes. */
  cut(body: Buffer, series: Series, maxFrame: number): Buffer[] {
    const room = maxFrame - HEADER;
    const frames: Buffer[] = [];
    for (let start = 0; start === 0 || start < body.length; start += room) {
      const end = Math.min(start + room, body.length);
      const header = { series, first: start === 0, last: end === body.length, many: false, number: this.#next(series) };
      const frame = newFrame(this.#id, header, end - start);
      body.copy(frame, HEADER, start, end);
      frames.push(frame);
    }
    return frames;
  }

  /** Puts messages to all into frames, as many of them into one as fit. */
  pack(bodies: readonly Buffer[], maxFrame: number): Parcel[] {
    const parcels: Parcel[] = [];
    for (let at = 0; at < bodies.length;) {
      const end = endOfBundle(bodies, at, maxFrame - HEADER);
      const messages = end - at;
      const frames = messages === 1 ? this.cut(bodies[at]!, 'all', maxFrame) : [this.#bundle(bodies.slice(at, end))];
      parcels.push({ frames, messages, last: this.#last.all });
      at = end;
    }
    return parcels;
  }

  #bundle(bodies: readonly Buffer[]): Buffer {
    const size = bodies.reduce((sum, body) => sum + bundledSize(body), 0);
    const header = {
      series: 'all',
      first: true,
      last: true,
      many: true,
      number: this.#next('all', bodies.length),
    } as const;
    const frame = newFrame(this.#id, header, size);
    writeBundle(frame, HEADER, bodies);
    return frame;
  }

  #next(series: Series, count = 1): number {
    return (this.#last[series] += count);
  }
}

/** The index after the last message that fits into `room` bytes with those from `start` on; one fits at the least. */
function endOfBundle(bodies: readonly Buffer[], start: number, room: number): number {
  let left = room;
  let end = start;
  for (; end < bodies.length; end++) {
    left -= bundledSize(bodies[end]!);
    if (left < 0) break;
  }
  return Math.max(end, start + 1);
}
