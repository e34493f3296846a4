/** Connection state recovery of one namespace: sessions are kept in Redis. */
import type { Namespace } from 'socket.io';
import type { BroadcastOptions } from 'socket.io-adapter';
import { decode, encode } from '../../bus/frames/codec.js';
import type { StreamsClient } from '../client.js';
import type { History } from './history.js';
import { compareIds, formatPosition, parsePosition, type Position } from '../position.js';
import { type Broadcast, concerns, isNew, isRecoverable, type Packet, type Sent } from './sent.js';
import type { Entry } from '../entries.js';

/** For a session that is not there yet; the pause in milliseconds. */
const ASK = { times: 4, pause: 50 };
/** Milliseconds by which clocks may differ. */
const SKEW = 5000;

/** The state of a client that may come back, as Socket.IO keeps it. */
export interface KeptSession {
  readonly sid: string;
  readonly pid: string;
  readonly rooms: readonly string[];
  readonly data: unknown;
}

export interface RestoredSession extends KeptSession {
  missedPackets: (readonly unknown[])[];
}

interface StoredSession extends KeptSession {
  /** The position when the client connected. */
  readonly since: string | undefined;
  readonly endedAt: number;
}

/**
 * Connection state recovery for one namespace, on any node. The session is kept in Redis, what was missed in the
 * stream. The official adapter's own way loses what is sent while a session is restored, and knows no client that has
 * received nothing yet.
 */
export class Sessions {
  /** Positions when clients connected, by the ids of their sockets. */
  readonly #began = new Map<string, string>();
  /** Also records the packets for clients of this node, while sessions are restored. */
  readonly #records = new Set<Sent[]>();

  constructor(
    private readonly nsp: Namespace,
    private readonly uid: string,
    private readonly client: StreamsClient,
    private readonly history: History,
  ) {}

  /** A socket is here. */
  begin(sid: string): void {
    const position = this.client.positionOf(this.uid);
    if (position !== undefined && !this.#began.has(sid)) this.#began.set(sid, position);
  }

  end(sid: string): void {
    this.#began.delete(sid);
  }

  /** Sets the offset that clients remember on a packet of this node, which was added to the stream. */
  sending(packet: Packet, opts: BroadcastOptions): void {
    if (!isRecoverable(packet, opts.flags)) return;
    const offset = this.client.positionOf(this.uid);
    if (offset !== undefined) packet.data.push(offset);
    const number = this.client.numberOf(this.uid);
    this.#record({ data: packet.data, opts: { except: [], ...opts }, uid: this.uid, number });
  }

  /** A packet of another node was given to the clients of this one. */
  received({ packet, opts }: Broadcast, { id, message: { uid = '', number } }: Entry): void {
    if (isRecoverable(packet, opts.flags)) this.#record({ data: packet.data, opts, uid, number: Number(number), id });
  }

  /** @throws TypeError or RangeError for data that cannot be serialised */
  async keep(session: KeptSession): Promise<void> {
    const stored: StoredSession = { ...session, since: this.#began.get(session.sid), endedAt: Date.now() };
    const text = encode(stored).toString('base64');
    const { maxDisconnectionDuration = 120_000 } = this.nsp.server._opts.connectionStateRecovery ?? {};
    const parts = [this.#keyOf(session.pid), text, 'PX', String(maxDisconnectionDuration)];
    await this.client.command('SET', ...parts).catch(() => this.client.drop());
  }

  /**
   * Null for one that is not known, or whose missed packets are not known any more.
   * @throws Error if Redis is away
   */
  async restore(pid: string, offset: string): Promise<RestoredSession | null> {
    // Empty: the client has got nothing yet.
    if (offset !== '' && !parsePosition(offset)) return null;
    const record: Sent[] = [];
    const [read, number] = [this.client.cursor.position, this.client.numberOf(this.uid)];
    this.#records.add(record);
    try {
      const stored = await this.#take(pid);
      const from = stored && later(parsePosition(stored.since), parsePosition(offset));
      if (!from || read === undefined || !(await this.history.reachesBack(from.id, this.#surelyThere(stored)))) {
        return null;
      }
      const last = await this.history.last();
      if (compareIds(from.id, last) > 0) return null;
      const sent = await this.history.sentAfter(from, last);
      if (!(await this.client.cursor.caughtUp(last))) return null;
      // Up to when this began from the stream, and from then on as the clients of this node got it.
      const before = sent.filter((each) =>
        each.uid === this.uid ? each.number <= number : compareIds(each.id ?? '', read) <= 0,
      );
      const missed = [...before, ...record].filter((each) => isNew(each, from) && concerns(stored.rooms, each));
      this.#began.set(stored.sid, formatPosition(from));
      return { ...stored, missedPackets: missed.map(({ data }) => data) };
    } finally {
      this.#records.delete(record);
    }
  }

  #record(sent: Sent): void {
    for (const record of this.#records) record.push(sent);
  }

  #keyOf(pid: string): string {
    return `${this.client.stream}:session:${this.nsp.name}:${pid}`;
  }

  /** Asks more than once: the client may be quicker here than its session, which another node has just sent off. */
  async #take(pid: string): Promise<StoredSession | undefined> {
    for (let asked = 1; ; asked++) {
      const text = await this.client.command('GETDEL', this.#keyOf(pid));
      if (typeof text === 'string') return decode(Buffer.from(text, 'base64')) as StoredSession;
      if (asked === ASK.times) return undefined;
      await new Promise((resolve) => setTimeout(resolve, ASK.pause));
    }
  }

  /** When the client was connected for sure, and got everything: it answered a ping after that. */
  #surelyThere({ endedAt }: StoredSession): number {
    const { pingInterval = 25_000, pingTimeout = 20_000 } = this.nsp.server._opts;
    return endedAt - pingInterval - pingTimeout - SKEW;
  }
}

/** A client is sent nothing from before it connected, whatever it says that it has seen. */
function later(since: Position | undefined, seen: Position | undefined): Position | undefined {
  if (!since || !seen) return since;
  const difference = compareIds(seen.id, since.id) || (seen.uid === since.uid ? seen.number - since.number : 0);
  return difference < 0 ? since : seen;
}
