import { compareIds, formatPosition } from './position.js';
import type { Entry, Fields, StreamsSession, StreamsUser } from './session.js';

/** Milliseconds that a restored session waits for this node to have read what Redis has. */
const CATCH_UP = 1000;
/** Nodes of which the number of the last entry is remembered. */
const MAX_SENDERS = 1000;

interface Reading {
  resolve(streams: [{ messages: readonly Entry[] }]): void;
}

/** What is done with a message that cannot be sent now. */
export interface Dropping {
  drop(messages: number): void;
  /** Messages that are kept while Redis is away. */
  readonly buffer: number;
}

/**
 * The Redis client that the official adapter is given, in the shape of one of the package `redis`. It lives as long as
 * the node and uses whatever session there is: nothing that it is asked to do waits for Redis, rejects or throws, so
 * the adapter, which looks at no errors, can go on as if Redis were always there.
 */
export class StreamsClient implements StreamsUser {
  sent = 0;
  received = 0;
  malformed = 0;
  /** Entries of other nodes that were never read, seen as gaps in their numbers. */
  missed = 0;
  /** The id of the last entry that was read; undefined until there was a session. */
  position: string | undefined;

  #session: StreamsSession | null = null;
  #reading: Reading | undefined;
  /** Where the last reading ended, of which what is of no namespace here is given to nobody. */
  #end: string | undefined;
  #busy: StreamsSession | undefined;
  #understood = false;
  readonly #waiting: Fields[] = [];
  readonly #frames = new Map<string, (frame: Buffer) => void>();
  /** By the ids of senders: of what this node added, and of what it read. */
  readonly #added = new Map<string, number>();
  readonly #read = new Map<string, number>();
  readonly #catchingUp = new Set<() => void>();

  constructor(
    readonly stream: string,
    private readonly dropping: Dropping,
  ) {}

  get buffered(): number {
    return this.#waiting.length;
  }

  get isUp(): boolean {
    return this.#session !== null;
  }

  drop(): void {
    this.dropping.drop(1);
  }

  /** A message was understood; one of another node counts. */
  accept(message?: object): void {
    this.#understood = true;
    if (message) this.received++;
  }

  /** Counts what comes of which nothing is accepted: the official adapter passes over it. */
  watch(work: () => void): void {
    this.#understood = false;
    work();
    if (!this.#understood) this.malformed++;
  }

  /** Takes the session that there is now. */
  use(session: StreamsSession | null): void {
    if (session === this.#session) return;
    this.#session = session;
    if (!session) return;
    const known = this.position;
    // Another Redis, or one that has forgotten, may be behind what was read of the former.
    this.position = known === undefined || compareIds(session.last, known) < 0 ? session.last : known;
    session.subscribe(this.channels());
    for (const fields of this.#waiting.splice(0)) this.#append(session, fields);
    this.#readOn();
  }

  channels(): string[] {
    return [...this.#frames.keys()];
  }

  receive(channel: string, frame: Buffer): void {
    const listener = this.#frames.get(channel);
    if (listener) this.watch(() => listener(frame));
  }

  /** Forgets a sender and what it has subscribed to, so that nobody waits for its answers. */
  leave(uid: string, prefix: string): void {
    this.#added.delete(uid);
    const channels = this.channels().filter((channel) => channel.startsWith(prefix));
    for (const channel of channels) this.#frames.delete(channel);
    if (channels.length > 0) this.#session?.unsubscribe(channels);
  }

  /** How far a client of this sender's has got when it has been given all there is; undefined where nobody can say. */
  positionOf(uid: string): string | undefined {
    if (this.position === undefined) return undefined;
    return formatPosition({ id: this.position, uid, number: this.numberOf(uid) });
  }

  numberOf(uid: string): number {
    return this.#added.get(uid) ?? 0;
  }

  /** To be called with every entry before it is given to clients. */
  passed(id: string, { uid = '', number = '' }: Fields): void {
    this.position = id;
    if (this.#added.has(uid)) return;
    const last = this.#read.get(uid);
    this.#read.delete(uid);
    this.#read.set(uid, Number(number));
    if (last === undefined) {
      if (this.#read.size > MAX_SENDERS) this.#read.delete([...this.#read.keys()][0] ?? '');
    } else if (Number(number) > last + 1) this.missed += Number(number) - last - 1;
  }

  /** Whether this node has read up to that entry, after a bounded time. */
  async caughtUp(id: string): Promise<boolean> {
    const there = (): boolean => this.position !== undefined && compareIds(this.position, id) >= 0;
    if (there()) return true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => done(), CATCH_UP);
      const look = (): void => void (there() && done());
      const done = (): void => {
        clearTimeout(timer);
        this.#catchingUp.delete(look);
        resolve();
      };
      this.#catchingUp.add(look);
    });
    return there();
  }

  /** @throws Error where Redis is away or says nothing in time */
  async command(name: string, ...args: string[]): Promise<unknown> {
    if (!this.#session) throw new Error('Redis is away');
    return this.#session.command(name, ...args);
  }

  // What the official adapter calls.

  /** The official adapter takes a client that has this for one of the package `redis`; it is not called. */
  sSubscribe(): void {}
  on(): void {}
  disconnect(): void {}
  async connect(): Promise<void> {}

  duplicate(): this {
    return this;
  }

  async xAdd(_stream: string, _id: string, fields: Fields): Promise<string> {
    const { uid = '' } = fields;
    const keeps = this.#waiting.length < this.dropping.buffer;
    if (!this.#session && !keeps) return this.#dropped();
    const number = this.numberOf(uid) + 1;
    this.#added.set(uid, number);
    const numbered = { ...fields, number: String(number) };
    if (this.#session) this.#append(this.#session, numbered);
    else this.#waiting.push(numbered);
    return '';
  }

  /** Called again when all of the last reading was dealt with; where it went on from is known here. */
  xRead(): Promise<[{ messages: readonly Entry[] }]> {
    this.position = this.#end ?? this.position;
    this.#end = undefined;
    for (const look of this.#catchingUp) look();
    return new Promise((resolve) => {
      this.#reading = { resolve };
      this.#readOn();
    });
  }

  async publish(channel: string, frame: Buffer): Promise<void> {
    if (this.#session?.send(channel, frame)) this.sent++;
    else this.#dropped();
  }

  async subscribe(channels: readonly string[], listener: (frame: Buffer) => void): Promise<void> {
    for (const channel of channels) this.#frames.set(channel, listener);
    this.#session?.subscribe(channels);
  }

  /** How many nodes listen to a channel (`PUBSUB NUMSUB`): this one, as far as is known while Redis is away. */
  async sendCommand([name = '', ...args]: readonly string[]): Promise<unknown> {
    return this.command(name, ...args).catch(() => [args[1], 1]);
  }

  #dropped(): string {
    this.drop();
    return '';
  }

  #append(session: StreamsSession, fields: Fields): void {
    if (session.append(fields)) this.sent++;
    else this.dropping.drop(1);
  }

  /** Reads where the adapter waits for entries and there is a session, one reading at a time. */
  #readOn(): void {
    const session = this.#session;
    if (!session || !this.#reading || this.#busy === session || this.position === undefined) return;
    this.#busy = session;
    void session.read(this.position).then((entries) => {
      if (this.#session !== session) return;
      this.#busy = undefined;
      this.#deliver(entries);
      this.#readOn();
    });
  }

  #deliver(entries: readonly Entry[]): void {
    const last = entries.at(-1);
    if (!last || !this.#reading) return;
    const messages = entries.filter(({ message }) => isWhole(message));
    this.malformed += entries.length - messages.length;
    const { resolve } = this.#reading;
    this.#reading = undefined;
    this.#end = last.id;
    resolve([{ messages }]);
  }
}

/** Whether an entry is one of an adapter, as far as can be seen from without. */
function isWhole({ uid, nsp, type }: Fields): boolean {
  return [uid, nsp, type].every((field) => typeof field === 'string' && field !== '');
}
