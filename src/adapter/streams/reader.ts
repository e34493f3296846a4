import { Cursor } from './cursor.js';
import type { Entry, Fields, StreamsSession } from './session.js';

export type Reading = readonly [{ readonly messages: readonly Entry[] }];

/** Reads the stream through one session after the other, from where the last reading ended. */
export class Reader {
  readonly cursor = new Cursor();
  /** Entries that are of no adapter. */
  malformed = 0;

  #session: StreamsSession | null = null;
  /** The session that waits for entries. */
  #busy: StreamsSession | undefined;
  /** Takes what is read next. */
  #take: ((reading: Reading) => void) | undefined;
  /** Where the last reading ended, of which what is of no namespace here is given to nobody. */
  #end: string | undefined;

  use(session: StreamsSession | null): void {
    this.#session = session;
    if (session) this.cursor.begin(session.last);
    this.#goOn();
  }

  /** Resolves with the next entries, however long that takes; called again, those are dealt with. */
  read(): Promise<Reading> {
    if (this.#end !== undefined) this.cursor.reach(this.#end);
    this.#end = undefined;
    return new Promise((resolve) => {
      this.#take = resolve;
      this.#goOn();
    });
  }

  /** One reading at a time, where somebody wants it and there is a session. */
  #goOn(): void {
    const session = this.#session;
    const after = this.cursor.position;
    if (!session || !this.#take || this.#busy === session || after === undefined) return;
    this.#busy = session;
    void session.read(after).then((entries) => {
      if (this.#session !== session) return;
      this.#busy = undefined;
      this.#deliver(entries);
      this.#goOn();
    });
  }

  #deliver(entries: readonly Entry[]): void {
    const take = this.#take;
    const last = entries.at(-1);
    if (!last || !take) return;
    const messages = entries.filter(({ message }) => isWhole(message));
    this.malformed += entries.length - messages.length;
    this.#end = last.id;
    this.#take = undefined;
    take([{ messages }]);
  }
}

/** Whether an entry is one of an adapter, as far as can be seen from without. */
function isWhole({ uid, nsp, type }: Fields): boolean {
  return Boolean(uid && nsp && type);
}
