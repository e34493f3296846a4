/** One core, and when it will have done what it was given. Times are microseconds. */
export class Core {
  busy = 0;
  /** When all that was given is done. */
  free = 0;
  /** When the turn begins that does what was given last. */
  begins = -1;
  /** The turn under way ends; what comes before that waits for the next one. */
  #ends = 0;

  /** @param turn what each turn costs, besides what is done in it */
  constructor(private readonly turn: number) {}

  /** To be called in the order of `at`; what comes at the same instant is one turn. @returns when it is done */
  work(at: number, time: number): number {
    if (at >= this.#ends) this.#ends = this.free;
    const joins = at === this.begins || this.free > this.#ends;
    const rests = at >= this.free;
    const cost = joins ? time : this.turn + time;
    if (!joins) this.begins = rests ? at : this.#ends;
    this.busy += cost;
    this.free = Math.max(at, this.free) + cost;
    if (this.begins === at) this.#ends = this.free;
    return this.free;
  }
}
