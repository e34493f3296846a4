import type { Namespace } from 'socket.io';
import { type BroadcastOptions, type ClusterMessage, MessageType } from 'socket.io-adapter';
import { decode, encode } from '../codec.js';
import type { StreamsClient } from './client.js';
import { compareIds, formatPosition, parsePosition, type Position, timeOf } from './position.js';
import { type Entry, entriesOf, type Fields, lastId, MAX_ENTRIES } from './session.js';

/** Entries that are asked for at once. */
const PAGE = 1000;
/** Milliseconds by which clocks may differ. */
const SKEW = 5000;
const EVENT = 2;

/** What Socket.IO keeps of a client that may come back. */
export interface KeptSession {
  readonly sid: string;
  readonly pid: string;
  readonly rooms: readonly string[];
  readonly data: unknown;
}

export interface RestoredSession extends KeptSession {
  missedPackets: unknown[][];
}

interface StoredSession extends KeptSession {
  /** The position when the client connected. */
  readonly since: string | undefined;
  readonly endedAt: number;
}

/** What was sent to clients, or is to be sent to one that comes back. */
interface Sent {
  readonly data: unknown[];
  readonly opts: { readonly rooms: Iterable<string>; readonly except: Iterable<string> };
  readonly uid: string;
  readonly number: number;
  /** Where it is in the stream; undefined for what this node has sent itself. */
  readonly id?: string;
}

interface Packet {
  readonly type: number;
  readonly id?: number;
  readonly data: unknown[];
}

/** What a message says that is a broadcast. */
export interface Broadcast {
  readonly packet: Packet;
  readonly opts: Sent['opts'] & { readonly flags?: { readonly volatile?: boolean } };
}

/**
 * Connection state recovery for one namespace, on any node. The session is kept in Redis, what was missed in the
 * stream. The official adapter's own way loses what is sent while a session is restored, and knows no client that has
 * received nothing yet.
 */
export class Sessions {
  /** Positions when clients connected, by the ids of their sockets. */
  readonly #began = new Map<string, string>();
  /** Where what clients get is written down as well, while sessions are restored. */
  readonly #records = new Set<Sent[]>();

  constructor(
    private readonly nsp: Namespace,
    private readonly uid: string,
    private readonly client: StreamsClient,
    private readonly decodeEntry: (fields: Fields) => ClusterMessage,
  ) {}

  /** A socket is here. */
  begin(sid: string): void {
    const position = this.client.positionOf(this.uid);
    if (position !== undefined && !this.#began.has(sid)) this.#began.set(sid, position);
  }

  end(sid: string): void {
    this.#began.delete(sid);
  }

  /** Gives a packet of this node, which was added to the stream, the offset that clients remember. */
  sending(packet: Packet, opts: BroadcastOptions): void {
    if (!isRecoverable(packet, opts.flags)) return;
    const offset = this.client.positionOf(this.uid);
    if (offset !== undefined) packet.data.push(offset);
    const { data } = packet;
    const { rooms, except = new Set<string>() } = opts;
    this.#record({ data, opts: { rooms, except }, uid: this.uid, number: this.client.numberOf(this.uid) });
  }

  /** A packet of another node was given to the clients of this one. */
  received({ packet, opts }: Broadcast, id: string, { uid = '', number = '' }: Fields): void {
    if (isRecoverable(packet, opts.flags)) this.#record({ data: packet.data, opts, uid, number: Number(number), id });
  }

  /** @throws TypeError or RangeError for data that cannot be serialised */
  async keep(session: KeptSession): Promise<void> {
    const since = this.#began.get(session.sid);
    const stored: StoredSession = { ...session, since, endedAt: Date.now() };
    const text = encode(stored).toString('base64');
    const { maxDisconnectionDuration = 120_000 } = this.nsp.server._opts.connectionStateRecovery ?? {};
    await this.client.command('SET', this.#keyOf(session.pid), text, 'PX', String(maxDisconnectionDuration));
  }

  /** Null for one that nobody knows, or of which it cannot be told any more what it has missed. */
  async restore(pid: string, offset: string): Promise<RestoredSession | null> {
    const record: Sent[] = [];
    const [read, number] = [this.client.position, this.client.numberOf(this.uid)];
    this.#records.add(record);
    try {
      const stored = await this.#take(pid);
      const from = stored && later(parsePosition(stored.since), parsePosition(offset));
      if (!from || read === undefined) return null;
      const last = await lastId(this.client, this.client.stream);
      if (!(await this.#reachesBack(from.id, stored.endedAt))) return null;
      const entries = await this.#entries(from.id, last);
      if (!(await this.client.caughtUp(last))) return null;
      // Up to the beginning of this from the stream, and from there on as this node's clients got it.
      const before = this.#sentOf(entries, from).filter((sent) =>
        sent.uid === this.uid ? sent.number <= number : compareIds(sent.id ?? '', read) <= 0,
      );
      this.#began.set(stored.sid, formatPosition(from));
      const missed = [...before, ...record].filter((sent) => isNew(sent, from) && concerns(stored.rooms, sent.opts));
      return { ...stored, missedPackets: missed.map(({ data }) => data) };
    } finally {
      this.#records.delete(record);
    }
  }

  #record(sent: Sent): void {
    for (const record of this.#records) record.push({ ...sent, data: [...sent.data] });
  }

  #keyOf(pid: string): string {
    return `${this.client.stream}:session:${this.nsp.name}:${pid}`;
  }

  async #take(pid: string): Promise<StoredSession | undefined> {
    const text = await this.client.command('GETDEL', this.#keyOf(pid));
    return typeof text === 'string' ? (decode(Buffer.from(text, 'base64')) as StoredSession) : undefined;
  }

  /** Whether all that came after that entry is there, or what is gone was sent while the client was surely connected. */
  async #reachesBack(id: string, endedAt: number): Promise<boolean> {
    const { stream } = this.client;
    const [oldest] = entriesOf(await this.client.command('XRANGE', stream, '-', '+', 'COUNT', '1'));
    if (!oldest || compareIds(oldest.id, id) <= 0) return true;
    if (Number(await this.client.command('XLEN', stream)) < MAX_ENTRIES) return true;
    const { pingInterval = 25_000, pingTimeout = 20_000 } = this.nsp.server._opts;
    return timeOf(oldest.id) < endedAt - pingInterval - pingTimeout - SKEW;
  }

  async #entries(after: string, last: string): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let from = after; ; from = entries.at(-1)!.id) {
      const reply = await this.client.command('XRANGE', this.client.stream, `(${from}`, last, 'COUNT', String(PAGE));
      const page = entriesOf(reply);
      entries.push(...page);
      if (page.length < PAGE) return entries;
    }
  }

  /** What entries of this namespace have sent; each carries how far its client has got with it. */
  #sentOf(entries: readonly Entry[], { uid, number }: Position): Sent[] {
    return entries.flatMap(({ id, message }) => {
      if (message['nsp'] !== this.nsp.name || message['type'] !== String(MessageType.BROADCAST)) return [];
      const broadcast = this.#decode(message);
      if (!broadcast || !isRecoverable(broadcast.packet, broadcast.opts.flags)) return [];
      const data = [...broadcast.packet.data, formatPosition({ id, uid, number })];
      return [{ data, opts: broadcast.opts, uid: message['uid'] ?? '', number: Number(message['number']), id }];
    });
  }

  #decode(fields: Fields): Broadcast | undefined {
    try {
      const { data } = this.decodeEntry(fields) as unknown as { data?: Broadcast };
      return Array.isArray(data?.packet?.data) && Array.isArray(data.opts?.rooms) ? data : undefined;
    } catch {
      return undefined;
    }
  }
}

/** As Socket.IO has it: events that are not volatile, and want no acknowledgement. */
function isRecoverable({ type, id }: Packet, flags: { volatile?: boolean } | undefined): boolean {
  return type === EVENT && id === undefined && !flags?.volatile;
}

/** A client is sent nothing from before it connected, whatever it says that it has seen. */
function later(since: Position | undefined, seen: Position | undefined): Position | undefined {
  if (!since || !seen) return since;
  const difference = compareIds(seen.id, since.id) || (seen.uid === since.uid ? seen.number - since.number : 0);
  return difference < 0 ? since : seen;
}

function isNew(sent: Sent, { id, uid, number }: Position): boolean {
  if (sent.uid === uid && sent.number <= number) return false;
  return sent.id === undefined || compareIds(sent.id, id) > 0;
}

function concerns(rooms: readonly string[], opts: Sent['opts']): boolean {
  const [wanted, except] = [new Set(opts.rooms), new Set(opts.except)];
  return (wanted.size === 0 || rooms.some((room) => wanted.has(room))) && !rooms.some((room) => except.has(room));
}
