import { compareIds } from './position.js';

/** Milliseconds that are waited for this node to have read what Redis has. */
const CATCH_UP = 1000;
/** Nodes of which the number of the last entry is remembered. */
const MAX_SENDERS = 1000;

/** How far this node has read the stream. */
export class Cursor {
  /** The id of the last entry that was read; undefined until there was a session. */
  position: string | undefined;
  /** Entries of other nodes that were never read, seen as gaps in their numbers. */
  missed = 0;
  readonly #numbers = new Map<string, number>();
  readonly #waiting = new Set<() => void>();

  /** A session begins, with that entry as the youngest. Another Redis, or one that has forgotten, may be far behind. */
  begin(last: string): void {
    if (this.position === undefined || compareIds(last, this.position) < 0) this.position = last;
  }

  /** Everything up to that entry was dealt with. */
  reach(id: string): void {
    this.position = id;
    for (const look of this.#waiting) look();
  }

  /** Counts the entries that another node has added and this one has not read. */
  count(uid: string, number: number): void {
    const last = this.#numbers.get(uid);
    this.#numbers.delete(uid);
    this.#numbers.set(uid, number);
    if (last !== undefined && number > last + 1) this.missed += number - last - 1;
    if (this.#numbers.size > MAX_SENDERS) this.#numbers.delete([...this.#numbers.keys()][0]!);
  }

  /** Whether this node has read up to that entry, after a bounded time. */
  async caughtUp(id: string): Promise<boolean> {
    const there = (): boolean => this.position !== undefined && compareIds(this.position, id) >= 0;
    if (there()) return true;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const look = (): void => void (there() && done());
      const timer = setTimeout(done, CATCH_UP);
      this.#waiting.add(look);
    });
    return there();
  }
}
