/** The engine `postgres`: LISTEN and NOTIFY. */
import { importOptional } from '../../base/packages/optional.js';
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import {
  Backlog,
  loadLibrary,
  type Lock,
  type Session,
  type SessionEvents,
  topicsOf,
  type Transport,
  type TransportContext,
} from './transport.js';

/** A NOTIFY payload is text of less than 8000 bytes; frames travel as base64. */
const FRAME = 5976;
const BATCH = 1000;

/**
 * PostgreSQL LISTEN/NOTIFY over one connection per node, which must not go through a transaction pooler. One publisher
 * sends what has gathered while the last batch was under way, so order is kept.
 */
export class PostgresTransport implements Transport {
  readonly engine = 'postgres';

  constructor(private readonly context: TransportContext) {}

  async connect(events: SessionEvents): Promise<Session> {
    const { uid } = this.context;
    // A channel name has at most 63 bytes.
    const hash = createHash('sha256').update(this.context.prefix).digest();
    const channel = (topic: string): string => `colloquy_${hash.toString('hex', 0, 8)}_${topic}`;
    const client = await this.#open();
    client.on('error', (error) => events.closed(error));
    client.on('end', () => events.closed(new Error('the connection was closed')));
    client.on('notification', ({ payload }) => events.frame(Buffer.from(payload ?? '', 'base64')));
    try {
      await client.connect();
      if (uid) {
        for (const topic of topicsOf(this.context)) await client.query(`LISTEN "${channel(topic)}"`);
        await client.query('SELECT pg_advisory_lock_shared($1, $2)', lockOf(hash, uid));
      }
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    const publisher = new Publisher(client, events);
    return {
      maxFrame: FRAME,
      publish: (topic, frame) => publisher.add(channel(topic), frame),
      probe: (node) => publisher.alone(() => isPresent(client, lockOf(hash, node))),
      lock: (name, _time, force) => {
        const alone: Alone = (query) => publisher.alone(query);
        return takeLease(client, alone, leaseOf(hash, name), force);
      },
      close: async () => {
        await Promise.race([publisher.idle, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
        await client.end();
      },
    };
  }

  async #open(): Promise<Client> {
    if (this.context.client) return (await this.context.client()) as Client;
    const { default: pg } = await loadLibrary(() => importOptional<typeof import('pg')>('pg'), 'postgres', 'pg');
    return new pg.Client({ connectionString: this.context.url.href, keepAlive: true, connectionTimeoutMillis: 5000 });
  }
}

class Publisher {
  idle: Promise<void> = Promise.resolve();
  #waiting: { channel: string; frame: Buffer }[] = [];
  #busy = false;
  #query: Promise<unknown> = Promise.resolve();
  readonly #backlog = new Backlog();

  constructor(
    private readonly client: Client,
    private readonly events: SessionEvents,
  ) {}

  add(channel: string, frame: Buffer): boolean {
    if (!this.#backlog.take(frame.length)) return false;
    this.#waiting.push({ channel, frame });
    if (!this.#busy) {
      this.#busy = true;
      this.idle = this.#drain();
    }
    return true;
  }

  /** Waits until the client has nothing else to do: it takes one query at a time. */
  alone<T>(query: () => Promise<T>): Promise<T> {
    const answer = this.#query.then(query);
    this.#query = answer.catch(() => {});
    return answer;
  }

  async #drain(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      try {
        await this.alone(() =>
          this.client.query(
            'SELECT count(pg_notify(t.channel, t.payload)) FROM unnest($1::text[], $2::text[]) AS t(channel, payload)',
            [batch.map(({ channel }) => channel), batch.map(({ frame }) => frame.toString('base64'))],
          ),
        );
      } catch {
        this.events.lost(batch.length);
      }
      for (const { frame } of batch) this.#backlog.release(frame.length);
    }
    this.#busy = false;
  }
}

/** A node holds this lock for as long as its session lives; everybody can see it. */
function lockOf(prefix: Buffer, uid: string): [number, number] {
  return [prefix.readUInt32BE(0) >>> 1, Buffer.from(uid, 'hex').readUInt32BE(0) >>> 1];
}

async function isPresent(client: Client, lock: [number, number]): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
     WHERE locktype = 'advisory' AND datname = current_database() AND classid::bigint = $1 AND objid::bigint = $2`,
    lock,
  );
  return rowCount !== 0;
}

type Alone = <T>(query: () => Promise<T>) => Promise<T>;

/** The advisory lock of a lease. */
function leaseOf(prefix: Buffer, name: string): [number, number] {
  const hash = createHash('sha256').update(name).digest();
  return [prefix.readUInt32BE(4) >>> 1, hash.readUInt32BE(0) >>> 1];
}

/** The session keeps it until it ends. Transaction ids rise, for all sessions together. */
async function takeLease(client: Client, alone: Alone, lease: [number, number], force: boolean): Promise<Lock | null> {
  const taking = alone(() =>
    client.query('SELECT pg_try_advisory_lock($1::int, $2::int) AS held, txid_current()::text AS fence', lease),
  );
  const { held, fence } = (await taking).rows[0] as { held: boolean; fence: string };
  if (!held) {
    if (force) await alone(() => client.query(END_HOLDER, lease));
    return null;
  }
  return {
    fence: Number(fence),
    time: Infinity,
    renew: () => Promise.resolve(true),
    release: () => void alone(() => client.query('SELECT pg_advisory_unlock($1::int, $2::int)', lease)).catch(() => {}),
  };
}

/** A process that was stopped keeps its session, and with it the lock. */
const END_HOLDER = `SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
  WHERE locktype = 'advisory' AND datname = current_database() AND classid::bigint = $1 AND objid::bigint = $2
  AND pid <> pg_backend_pid()`;
