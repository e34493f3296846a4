/** The last entries, in so many bytes. */
export class Ring<Entry> {
  /** From `#first` on; those before it are dropped. */
  #entries: (Entry | undefined)[] = [];
  #sizes: number[] = [];
  #first = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(private readonly size: number) {}

  /** How many entries had no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The bytes that the entries take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds an entry; the oldest ones leave if there is no room. Returns `false` if it has none by itself. */
  add(entry: Entry, bytes: number): boolean {
    if (bytes > this.size) {
      this.#dropped++;
      return false;
    }
    this.#bytes += bytes;
    this.#entries.push(entry);
    this.#sizes.push(bytes);
    while (this.#bytes > this.size) {
      this.#bytes -= this.#sizes[this.#first]!;
      this.#entries[this.#first++] = undefined;
      this.#dropped++;
    }
    if (this.#first > 1_000 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#sizes = this.#sizes.slice(this.#first);
      this.#first = 0;
    }
    return true;
  }

  /** The entries, the oldest first. */
  get entries(): readonly Entry[] {
    return this.#entries.slice(this.#first) as Entry[];
  }
}
