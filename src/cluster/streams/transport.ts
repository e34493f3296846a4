/** Makes sessions with Redis for the engine `redis-streams`. */
import { within } from '../bus/within.js';
import { makeRedisClient } from '../transports/redis/open-client.js';
import type { RedisClient } from '../transports/redis/redis-client.js';
import { connectAll, ownChannels, publishing } from '../transports/redis/index.js';
import {
  Backlog,
  type Session,
  type SessionEvents,
  type Transport,
  type TransportContext,
} from '../transports/transport.js';
import { entriesRead, type Entry, type Fields, lastId, MAX_ENTRIES } from './entries.js';
import { loadOfficial } from './official.js';

/** Milliseconds that one reading waits for an entry; less than the 5 s after which the package `redis` gives up. */
const BLOCK = 2000;
/** Milliseconds in which Redis answers, or is as good as away. */
const ANSWER = 1000;

/** The connections of a node while they hold: for commands, for subscriptions, and one that waits for entries. */
export interface StreamsSession extends Session {
  /** The id of the youngest entry when the session began. */
  readonly last: string;
  /** Adds an entry and returns at once; they keep their order. False: too much waits, it is dropped. */
  append(fields: Fields): boolean;
  /** Publishes and returns at once; false as above. */
  send(channel: string, frame: Buffer): boolean;
  subscribe(channels: readonly string[]): void;
  unsubscribe(channels: readonly string[]): void;
  /** Waits for a while for entries after that one; for ever, where none can be had from this session. */
  read(after: string): Promise<Entry[]>;
  /** @throws Error when the answer takes too long */
  command(name: string, ...args: string[]): Promise<unknown>;
}

/** Who uses the sessions beside the hub. */
export interface StreamsUser {
  readonly stream: string;
  /** What is subscribed to from the beginning. */
  channels(): string[];
  receive(channel: string, frame: Buffer): void;
}

/** Makes sessions: their publish/subscribe is for the hub, their stream for the official adapter. */
export class StreamsTransport implements Transport {
  readonly engine = 'redis-streams';

  constructor(
    private readonly context: TransportContext,
    private readonly user: StreamsUser,
  ) {}

  async connect(events: SessionEvents): Promise<StreamsSession> {
    loadOfficial();
    const { context, engine, user } = this;
    const make = (): Promise<RedisClient> => makeRedisClient(context, engine);
    const publisher = await make();
    const [subscriber, reader] = context.uid ? [await make(), await make()] : [];
    const own = ownChannels(context);
    subscriber?.onFrame((channel, frame) => {
      if (own.includes(channel)) events.frame(frame);
      else user.receive(channel, frame);
    });
    const clients = [publisher, subscriber, reader].filter((client) => client !== undefined);
    let last = '';
    await connectAll(clients, events, async () => {
      last = await lastId(publisher, user.stream);
      await subscriber?.subscribe([...own, ...user.channels()]);
    });
    const streaming = this.#streaming({ publisher, subscriber, reader }, events);
    return { ...publishing(context, publisher, clients, events), ...streaming, last };
  }

  #streaming(
    {
      publisher,
      subscriber,
      reader,
    }: { publisher: RedisClient; subscriber: RedisClient | undefined; reader: RedisClient | undefined },
    events: SessionEvents,
  ): Omit<StreamsSession, keyof Session | 'last'> {
    const { stream } = this.user;
    const backlog = new Backlog();
    const failed = (reason: unknown): void => events.closed(reason);
    return {
      append: (fields) => {
        const args = [stream, 'MAXLEN', '~', String(MAX_ENTRIES), '*', ...Object.entries(fields).flat()];
        return backlog.send(fields['data']?.length ?? 0, () => publisher.command('XADD', ...args), events);
      },
      send: (channel, frame) => backlog.send(frame.length, () => publisher.publish(channel, frame), events),
      subscribe: (channels) => {
        if (channels.length > 0) subscriber?.subscribe(channels).catch(failed);
      },
      unsubscribe: (channels) => void subscriber?.unsubscribe(channels).catch(failed),
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
      command: (name, ...args) => within(ANSWER, publisher.command(name, ...args)),
    };
  }
}

/** A session that reads nothing more is followed by another. */
function never(): Promise<never> {
  return new Promise(() => {});
}
