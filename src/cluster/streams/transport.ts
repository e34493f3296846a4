/** Makes sessions with Redis for the engine `redis-streams`. */
import { AdapterError } from '../errors.js';
import { within } from '../bus/link/within.js';
import type { RedisClient } from '../transports/redis/redis-client.js';
import {
  connectAll,
  ownChannels,
  publishing,
  subscribe,
  unlessElsewhere,
  withMore,
} from '../transports/redis/index.js';
import { RedisServers } from '../transports/redis/servers.js';
import {
  Backlog,
  type Session,
  type SessionEvents,
  type Transport,
  type TransportContext,
} from '../transports/transport.js';
import { entriesRead, type Entry, type Fields, lastId, MAX_ENTRIES } from './entries.js';
import { MemoryWatch } from './memory-watch.js';
import { loadOfficial } from './official.js';

/** Milliseconds that one reading waits for an entry; less than the 5 s after which the package `redis` gives up. */
const BLOCK = 2000;
/** Milliseconds in which Redis answers, or is as good as away. */
const ANSWER = 1000;

/** The connections of a node while they hold: for commands, for subscriptions, and one that waits for entries. */
export interface StreamsSession extends Session {
  /** The id of the youngest entry when the session began. */
  readonly last: string;
  /** Adds an entry; they keep their order. Undefined: too much waits, it is dropped. Rejects when Redis does not take it. */
  append(fields: Fields): Promise<unknown> | undefined;
  /** Publishes and returns at once; false as above. */
  send(channel: string, frame: Buffer): boolean;
  subscribe(channels: readonly string[]): void;
  unsubscribe(channels: readonly string[]): void;
  /** Waits for a while for entries after that one; for ever, if this session can give none. */
  read(after: string): Promise<Entry[]>;
  /** @throws Error when the answer takes too long */
  command(name: string, ...args: string[]): Promise<unknown>;
}

/** The user of the sessions beside the hub. */
export interface StreamsUser {
  readonly stream: string;
  /** The channels that are subscribed to from the beginning. */
  channels(): string[];
  receive(channel: string, frame: Buffer): void;
  /** So many messages did not reach Redis. */
  lost(messages: number): void;
}

/** Makes sessions: their publish/subscribe is for the hub, their stream for the official adapter. */
export class StreamsTransport implements Transport {
  readonly engine = 'redis-streams';
  readonly #servers: RedisServers;

  constructor(
    private readonly context: TransportContext,
    private readonly user: StreamsUser,
  ) {
    this.#servers = new RedisServers(context, this.engine);
  }

  async connect(events: SessionEvents): Promise<StreamsSession> {
    loadOfficial();
    const { context, user } = this;
    const publisher = await this.#servers.open(context.prefix);
    const clients = context.uid ? withMore(publisher, 2) : [publisher];
    const [, subscriber, reader] = clients;
    const names = new Names(publisher, user.stream);
    const own = ownChannels(context, publisher);
    subscriber?.onFrame((channel, frame) => {
      if (own.includes(channel)) events.frame(frame);
      else user.receive(names.back(channel), frame);
    });
    let last = '';
    await connectAll(clients, events, async () => {
      await checkVersion(publisher);
      last = await lastId(publisher, names.of(user.stream));
      const channels = [...own, ...user.channels().map((channel) => names.of(channel))];
      if (subscriber) await subscribe(subscriber, channels);
    });
    const room = names.of(`${user.stream}:room`);
    const memory = new MemoryWatch(events, () => publisher.command('SET', room, '1', 'PX', '1000'));
    const streaming = this.#streaming({ publisher, subscriber, reader }, names, memory, events);
    const session = publishing(context, publisher, clients, events);
    return {
      ...session,
      ...streaming,
      last,
      close: () => {
        memory.stop();
        return session.close();
      },
    };
  }

  #streaming(
    {
      publisher,
      subscriber,
      reader,
    }: { publisher: RedisClient; subscriber: RedisClient | undefined; reader: RedisClient | undefined },
    names: Names,
    memory: MemoryWatch,
    events: SessionEvents,
  ): Omit<StreamsSession, keyof Session | 'last'> {
    const stream = names.of(this.user.stream);
    const backlog = new Backlog();
    const failed = (reason: unknown): void => events.closed(reason);
    const lost = { lost: (messages: number) => this.user.lost(messages) };
    return {
      append: (fields) => {
        const args = [stream, 'MAXLEN', '~', String(MAX_ENTRIES), '*', ...Object.entries(fields).flat()];
        const bytes = fields['data']?.length ?? 0;
        if (!backlog.take(bytes)) return undefined;
        const adding = unlessElsewhere(publisher.command('XADD', ...args), events);
        adding.then(
          () => backlog.release(bytes),
          (error) => {
            backlog.release(bytes);
            memory.refused(error);
          },
        );
        return adding;
      },
      send: (channel, frame) => backlog.send(frame.length, () => publisher.publish(names.of(channel), frame), lost),
      subscribe: (channels) => {
        if (channels.length > 0) subscriber?.subscribe(channels.map((each) => names.of(each))).catch(failed);
      },
      unsubscribe: (channels) => void subscriber?.unsubscribe(channels.map((each) => names.of(each))).catch(failed),
      read: async (after) => {
        if (!reader) return never();
        const waiting = reader.command('XREAD', 'COUNT', '500', 'BLOCK', String(BLOCK), 'STREAMS', stream, after);
        try {
          return entriesRead(await within(BLOCK + 10 * ANSWER, waiting));
        } catch (error) {
          failed(error);
          return never();
        }
      },
      command: (name, ...args) => within(ANSWER, publisher.command(...names.ofCommand([name, ...args]))),
    };
  }
}

/** @throws AdapterError for a Redis that lacks commands which are needed */
async function checkVersion(client: RedisClient): Promise<void> {
  const info = await client.command('INFO', 'server').catch(() => '');
  const [, version, major, minor] = /redis_version:((\d+)\.(\d+)\S*)/.exec(String(info)) ?? [];
  if (!version || Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 2)) return;
  const message = `The redis-streams adapter needs Redis 6.2 or later, and this one is ${version}: update it, or take redis://`;
  throw new AdapterError('option', message);
}

/** The names of keys and channels at the server: in a cluster, all of them are in one slot. */
class Names {
  constructor(
    private readonly client: RedisClient,
    private readonly stream: string,
  ) {}

  of(name: string): string {
    if (!name.startsWith(this.stream)) return name;
    return RedisServers.nameOf(this.client, this.stream, name.slice(this.stream.length));
  }

  back(name: string): string {
    return this.client.sharded ? `${this.stream}${name.slice(this.stream.length + 2)}` : name;
  }

  ofCommand([name = '', ...args]: readonly string[]): [string, ...string[]] {
    const isCount = this.client.sharded && name === 'PUBSUB' && args[0] === 'NUMSUB';
    return [name, ...args.map((arg) => (isCount && arg === 'NUMSUB' ? 'SHARDNUMSUB' : this.of(arg)))];
  }
}

/** A session that reads nothing more is followed by another. */
function never(): Promise<never> {
  return new Promise(() => {});
}
