/** The Redis client that the official adapter is given. */
import type { Cursor, Sender } from './cursor.js';
import { type BusPlace, observeConfirmed } from '../bus/link/observed-bus.js';
import { isElsewhere } from '../transports/redis/index.js';
import { isFull } from './memory-watch.js';
import { formatPosition } from './position.js';
import { Reader, type Reading } from './reader.js';
import type { Fields } from './entries.js';
import type { StreamsSession, StreamsUser } from './transport.js';

/** Characters of an encoded message. */
const MAX_ENTRY = 16 * 1024 * 1024;

/** The treatment of a message that cannot be sent now. */
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

  #session: StreamsSession | null = null;
  #ignored = 0;
  #understood = false;
  readonly #waiting: Fields[] = [];
  /** Entries of which Redis has not said that it took them. */
  readonly #unconfirmed = new Set<Fields>();
  readonly #frames = new Map<string, (frame: Buffer) => void>();
  /** The entries that each namespace of this node has added. */
  readonly #added = new Map<string, Sender>();

  readonly #reader = new Reader((uid) => this.#added.has(uid));

  constructor(
    readonly stream: string,
    private readonly dropping: Dropping,
    /** The link, as it is named to those who watch it. */
    readonly place: BusPlace,
  ) {}

  get isUp(): boolean {
    return this.#session !== null;
  }

  get cursor(): Cursor {
    return this.#reader.cursor;
  }

  get malformed(): number {
    return this.#ignored + this.#reader.malformed;
  }

  get buffered(): number {
    return this.#waiting.length + (this.#session ? 0 : this.#unconfirmed.size);
  }

  /** Takes the session that there is now. */
  use(session: StreamsSession | null): void {
    if (session === this.#session) return;
    this.#session = session;
    this.#reader.use(session);
    if (!session) return;
    session.subscribe(this.channels());
    // An entry that may have been added is added again with its number, by which the others recognise it.
    const again = [...this.#unconfirmed];
    this.#unconfirmed.clear();
    for (const fields of [...again, ...this.#waiting.splice(0)]) this.#append(session, fields);
  }

  channels(): string[] {
    return [...this.#frames.keys()];
  }

  receive(channel: string, frame: Buffer): void {
    const listener = this.#frames.get(channel);
    if (listener) this.watch(() => listener(frame));
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
    if (!this.#understood) this.#ignored++;
  }

  drop(): void {
    this.lost(1);
  }

  lost(messages: number): void {
    this.dropping.drop(messages);
  }

  /** Forgets a namespace and what it has subscribed to, so that nothing waits for its answers. */
  leave(uid: string, channels: readonly string[]): void {
    this.#added.delete(uid);
    for (const channel of channels) this.#frames.delete(channel);
    this.#session?.unsubscribe(channels);
  }

  /** How far this node's clients have got in a namespace; undefined if that is not known yet. */
  positionOf(uid: string): string | undefined {
    const id = this.cursor.position;
    return id === undefined ? undefined : formatPosition({ id, uid, number: this.numberOf(uid) });
  }

  numberOf(uid: string): number {
    return this.#added.get(uid)?.number ?? 0;
  }

  /** The entries that a namespace of this node has added, if any. */
  senderOf(uid: string): Sender | undefined {
    return this.#added.get(uid);
  }

  /** @throws Error if Redis is away or says nothing in time */
  async command(name: string, ...args: string[]): Promise<unknown> {
    if (!this.#session) throw new Error('Redis is away');
    return this.#session.command(name, ...args);
  }

  // From here on, what the official adapter calls.

  /** By this it takes a client for one of the package `redis`; it is not called. */
  sSubscribe(): void {}
  on(): void {}
  disconnect(): void {}
  async connect(): Promise<void> {}

  duplicate(): this {
    return this;
  }

  /** @throws RangeError for an entry that is too large: Redis and its other clients would stand still over it */
  xAdd(_stream: string, _id: string, fields: Fields): Promise<string> {
    const size = fields['data']?.length ?? 0;
    if (size > MAX_ENTRY)
      throw new RangeError(`a message for other nodes has ${size} characters, more than ${MAX_ENTRY}`);
    const { uid = '' } = fields;
    const session = this.#session;
    if (!session && this.buffered >= this.dropping.buffer) this.drop();
    else {
      const number = this.numberOf(uid) + 1;
      const since = this.#added.get(uid)?.since ?? this.cursor.position ?? '0-0';
      this.#added.set(uid, { uid, number, since });
      const numbered = { ...fields, number: String(number) };
      if (session) this.#append(session, numbered);
      else this.#waiting.push(numbered);
    }
    return Promise.resolve('');
  }

  /** Called again when all of the last reading was dealt with; where it went on from is known here. */
  xRead(): Promise<Reading> {
    return this.#reader.read();
  }

  async publish(channel: string, frame: Buffer): Promise<void> {
    if (this.#session?.send(channel, frame)) this.sent++;
    else this.drop();
  }

  async subscribe(channels: readonly string[], listener: (frame: Buffer) => void): Promise<void> {
    for (const channel of channels) this.#frames.set(channel, listener);
    this.#session?.subscribe(channels);
  }

  /** How many nodes listen to a channel (`PUBSUB NUMSUB`): this one, as far as is known while Redis is away. */
  async sendCommand([name = '', ...args]: readonly string[]): Promise<unknown> {
    return this.command(name, ...args).catch(() => [args[1], 1]);
  }

  #append(session: StreamsSession, fields: Fields): void {
    const adding = session.append(fields);
    if (!adding) return this.drop();
    this.sent++;
    const sentAt = performance.now();
    const isKept = this.dropping.buffer > 0;
    if (isKept) this.#unconfirmed.add(fields);
    if (this.#unconfirmed.size > this.dropping.buffer)
      this.#unconfirmed.delete(this.#unconfirmed.values().next().value!);
    adding.then(
      () => {
        this.#unconfirmed.delete(fields);
        observeConfirmed(this.place, 1, sentAt);
      },
      (error: unknown) => {
        if (isKept && mayBeAddedLater(error)) return;
        this.#unconfirmed.delete(fields);
        this.drop();
      },
    );
  }
}

/** Whether it is not known if the entry was added, or another server or moment may take it. */
function mayBeAddedLater(error: unknown): boolean {
  const isReply =
    error instanceof Error && /^(ReplyError|SimpleError|ErrorReply|BlobError)$/.test(error.constructor.name);
  return !isReply || isFull(error) || isElsewhere(error);
}
