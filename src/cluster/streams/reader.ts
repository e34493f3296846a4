/** Reads the stream, through one session after the other. */
import { Cursor } from './cursor.js';
import type { Entry, Fields } from './entries.js';
import type { StreamsSession } from './transport.js';

export type Reading = readonly [{ readonly messages: readonly Entry[] }];

/** Reads the stream through one session after the other, from where the last reading ended. */
export class Reader {
  readonly cursor = new Cursor();
  /** Entries that are of no adapter. */
  malformed = 0;

  #session: StreamsSession | null = null;
  /** The session that waits for entries. */
  #busy: StreamsSession | undefined;
  /** The number of each sender's last entry in the reading that is dealt with. */
  readonly #delivered = new Map<string, number>();
  /** Takes what is read next. */
  #take: ((reading: Reading) => void) | undefined;
  /** The last reading, of which what is of no namespace here is dropped. */
  #last: readonly Entry[] = [];

  /** @param isOwn whether a sender is of this node */
  constructor(private readonly isOwn: (uid: string) => boolean) {}

  use(session: StreamsSession | null): void {
    this.#session = session;
    if (session) this.cursor.begin(session.last);
    this.#goOn();
  }

  /** Resolves with the next entries, however long that takes; called again, those are dealt with. */
  read(): Promise<Reading> {
    this.#finish();
    return new Promise((resolve) => {
      this.#take = resolve;
      this.#goOn();
    });
  }

  #finish(): void {
    const last = this.#last.at(-1);
    if (!last) return;
    for (const { message } of this.#last) {
      const { uid = '', number = '' } = message;
      if (number && !this.isOwn(uid)) this.cursor.count(uid, Number(number));
    }
    this.#last = [];
    this.#delivered.clear();
    this.cursor.reach(last.id);
    this.cursor.release();
  }

  /** One reading at a time, if one is wanted and there is a session. */
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

  /** Whether its sender has added it before, and did not know whether it had come. */
  #isRepeated({ uid = '', number = '' }: Fields): boolean {
    if (!number || this.isOwn(uid)) return false;
    const last = this.#delivered.get(uid) ?? this.cursor.numberOf(uid) ?? 0;
    if (Number(number) <= last) return true;
    this.#delivered.set(uid, Number(number));
    return false;
  }

  #deliver(entries: readonly Entry[]): void {
    const take = this.#take;
    if (entries.length === 0 || !take) return;
    const whole = entries.filter(({ message }) => isWhole(message));
    const messages = whole.filter(({ message }) => !this.#isRepeated(message));
    this.malformed += entries.length - whole.length;
    this.#last = entries;
    this.#take = undefined;
    take([{ messages }]);
  }
}

/** Whether an entry is one of an adapter, as far as can be seen from without. */
function isWhole({ uid, nsp, type }: Fields): boolean {
  return Boolean(uid && nsp && type);
}
