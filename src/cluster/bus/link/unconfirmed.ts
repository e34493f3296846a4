/** Messages that were sent to all and are not known to have arrived. */
import type { Parcel } from '../frames/framer.js';

/** Parcels whose arrival is not confirmed; older ones are taken for arrived. */
const MOST_UNCONFIRMED = 100_000;

export interface SentParcel extends Omit<Parcel, 'frames'> {
  /** Kept to be sent again; undefined if nothing is, or if newer ones needed the room. */
  frames: readonly Buffer[] | undefined;
  readonly sentAt: number;
}

/** The parcels, oldest first. The frames of the youngest are kept, for as many messages as the buffer holds. */
export class Unconfirmed {
  #parcels: SentParcel[] = [];
  /** Messages whose frames are kept, and where the oldest of them is. */
  #kept = 0;
  #firstKept = 0;

  /** @param buffer most messages whose frames are kept */
  constructor(private readonly buffer: number) {}

  /** Messages that can be sent again. */
  get kept(): number {
    return this.#kept;
  }

  get isEmpty(): boolean {
    return this.#parcels.length === 0;
  }

  add({ frames, messages, last }: Parcel): void {
    const keep = this.buffer > 0;
    this.#parcels.push({ frames: keep ? frames : undefined, messages, last, sentAt: performance.now() });
    if (keep) this.#kept += messages;
    while (this.#kept > this.buffer) this.#forget(this.#firstKept++);
    if (this.#parcels.length > 2 * MOST_UNCONFIRMED) this.#takeFirst(MOST_UNCONFIRMED);
  }

  /** Takes out the parcels up to that number: they have arrived. */
  takeUpTo(number: number): readonly SentParcel[] {
    let count = 0;
    while ((this.#parcels[count]?.last ?? Infinity) <= number) count++;
    return this.#takeFirst(count);
  }

  takeAll(): readonly SentParcel[] {
    const all = this.#parcels;
    this.#parcels = [];
    this.#kept = 0;
    this.#firstKept = 0;
    return all;
  }

  #takeFirst(count: number): readonly SentParcel[] {
    if (count === 0) return [];
    for (let at = this.#firstKept; at < count; at++) this.#forget(at);
    this.#firstKept = Math.max(0, this.#firstKept - count);
    return this.#parcels.splice(0, count);
  }

  /** Keeps no frames of an old parcel. */
  #forget(at: number): void {
    const old = this.#parcels[at]!;
    if (old.frames) this.#kept -= old.messages;
    old.frames = undefined;
  }
}
