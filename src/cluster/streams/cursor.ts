/** How far this node has read the stream. */
import { compareIds } from './position.js';

/** Milliseconds that are waited for this node to have read what Redis has. */
const CATCH_UP = 1000;
/** Nodes of which the number of the last entry is remembered. */
const MAX_SENDERS = 20_000;

/** The entries that a node says it has added to the stream. */
export interface Sender {
  readonly uid: string;
  readonly number: number;
  /** The last entry of the stream when the node began. */
  readonly since: string;
}

export function isSender(value: unknown): value is Sender {
  const { uid, number, since } = Object(value) as Partial<Sender>;
  return typeof uid === 'string' && typeof number === 'number' && typeof since === 'string';
}

/** How far this node has read the stream. */
export class Cursor {
  /** The id of the last entry that was read; undefined until there was a session. */
  position: string | undefined;
  /** Entries of other nodes that were never read, seen as gaps in their numbers. */
  missed = 0;
  /** Of all who began after that entry it is known what they have added. */
  #began: string | undefined;
  readonly #numbers = new Map<string, number>();
  #held: { readonly uid: string; readonly number: number; readonly go: () => void }[] = [];
  readonly #waiting = new Set<() => void>();

  /** A session begins, with that entry as the youngest. Another Redis, or one that has forgotten, may be far behind. */
  begin(last: string): void {
    this.#began ??= last;
    if (this.position === undefined || compareIds(last, this.position) < 0) this.position = last;
  }

  /** Everything up to that entry was dealt with. */
  reach(id: string): void {
    this.position = id;
    for (const look of this.#waiting) look();
  }

  numberOf(uid: string): number | undefined {
    return this.#numbers.get(uid);
  }

  /** Counts the entries that another node has added and this one has not read. */
  count(uid: string, number: number): void {
    const last = this.#numbers.get(uid);
    this.#numbers.delete(uid);
    this.#numbers.set(uid, Math.max(number, last ?? 0));
    if (last !== undefined && number > last + 1) this.missed += number - last - 1;
    if (this.#numbers.size <= MAX_SENDERS) return;
    this.#numbers.delete(this.#numbers.keys().next().value!);
    this.#began = undefined;
  }

  /**
   * Does something as soon as so many entries of that node were read, or after a bounded time. It has added the first
   * one after the entry `since`; of what it has added before this node began to read nothing is known.
   */
  after({ uid, number, since }: Sender, work: () => void): void {
    const isKnown = this.#began !== undefined && compareIds(this.#began, since) <= 0;
    if (number <= (this.#numbers.get(uid) ?? (isKnown ? 0 : number))) return work();
    const go = (): void => {
      clearTimeout(timer);
      this.#held = this.#held.filter((each) => each !== held);
      work();
    };
    const timer = setTimeout(go, CATCH_UP);
    const held = { uid, number, go };
    this.#held.push(held);
  }

  /** Entries were dealt with: does what waited for them. */
  release(): void {
    for (const { uid, number, go } of this.#held) if (number <= (this.#numbers.get(uid) ?? 0)) go();
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
