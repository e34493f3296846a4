/** The engine `redis`: publish/subscribe of Redis or Valkey, one server or a cluster. */
import { within } from '../../bus/link/within.js';
import { AdapterError } from '../../errors.js';
import {
  Backlog,
  FRAME,
  type Session,
  type SessionEvents,
  topicsOf,
  type Transport,
  type TransportContext,
} from '../transport.js';
import { takeLock } from './lock.js';
import { type RedisClient, subscribersOf } from './redis-client.js';
import { RedisServers } from './servers.js';

/** Milliseconds. */
const HANDSHAKE_TIMEOUT = 5000;

/** One channel for all nodes, one for each node. */
export class RedisTransport implements Transport {
  readonly engine = 'redis';
  readonly #servers: RedisServers;

  constructor(private readonly context: TransportContext) {
    this.#servers = new RedisServers(context, this.engine);
  }

  async connect(events: SessionEvents): Promise<Session> {
    const { context } = this;
    const publisher = await this.#servers.open(context.prefix);
    const channels = ownChannels(context, publisher);
    const clients = channels.length > 0 ? withMore(publisher, 1) : [publisher];
    const [, subscriber] = clients;
    subscriber?.onFrame((_channel, frame) => events.frame(frame));
    await connectAll(clients, events, async () => {
      if (subscriber) await subscribe(subscriber, channels);
      // A user without the right to publish would connect, and say nothing.
      await publisher.publish(channelOf(context, publisher, 'rights'), Buffer.alloc(0));
    });
    return publishing(context, publisher, clients, events);
  }
}

/** The channels that a session subscribes to. */
export function ownChannels(context: TransportContext, client: RedisClient): string[] {
  return topicsOf(context).map((topic) => channelOf(context, client, topic));
}

function channelOf({ prefix }: TransportContext, client: RedisClient, topic: string): string {
  return RedisServers.nameOf(client, prefix, `#${topic}`);
}

/** The client, and more of its kind. */
export function withMore(client: RedisClient, count: number): RedisClient[] {
  const { sharded } = client;
  return [client, ...Array.from({ length: count }, () => Object.assign(client.another(), { sharded }))];
}

/** @throws AdapterError for a cluster that is too old */
export async function subscribe(client: RedisClient, channels: readonly string[]): Promise<void> {
  try {
    await client.subscribe(channels);
  } catch (error) {
    if (!client.sharded || !/unknown command/i.test(String(error))) throw error;
    throw new AdapterError('option', 'A Redis Cluster needs Redis 7.0 or later, for sharded publish/subscribe', {
      cause: error,
    });
  }
}

/** Connects them one by one; they live and die together. */
export async function connectAll(
  clients: readonly RedisClient[],
  events: Pick<SessionEvents, 'closed'>,
  then: () => Promise<unknown>,
): Promise<void> {
  const open = async (): Promise<void> => {
    for (const client of clients) {
      client.onLost((reason) => events.closed(reason));
      await client.connect();
    }
    await then();
  };
  try {
    await within(HANDSHAKE_TIMEOUT, open());
  } catch (error) {
    for (const client of clients) client.destroy();
    throw error;
  }
}

/** Errors by which a server says that the channels and keys are at another one now. */
const ELSEWHERE = /^(Error: |ReplyError: |SimpleError: )?(MOVED|ASK|CLUSTERDOWN|READONLY|TRYAGAIN)\b/;

export function isElsewhere(error: unknown): boolean {
  return ELSEWHERE.test(String(error));
}

/** Ends the session when a server says that it is no longer the right one; the error goes on. */
export function unlessElsewhere<T>(work: Promise<T>, events: Pick<SessionEvents, 'closed'>): Promise<T> {
  return work.catch((error: unknown) => {
    if (isElsewhere(error)) events.closed(error);
    throw error;
  });
}

/** The session that publishes frames with the first of these clients and closes all of them. */
export function publishing(
  context: TransportContext,
  publisher: RedisClient,
  clients: readonly RedisClient[],
  events: Pick<SessionEvents, 'lost' | 'closed'>,
): Session {
  const backlog = new Backlog();
  const { prefix } = context;
  return {
    maxFrame: FRAME,
    publish: (topic, frame) => {
      const send = (): Promise<unknown> =>
        unlessElsewhere(publisher.publish(channelOf(context, publisher, topic), frame), events);
      return backlog.send(frame.length, send, events);
    },
    probe: async (node) => (await subscribersOf(publisher, channelOf(context, publisher, node))) > 0,
    lock: (name, time) => takeLock(publisher, { prefix, owner: context.uid ?? '', name, time }),
    close: async () => {
      const sent = publisher.close().catch(() => {});
      await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
      for (const client of clients) client.destroy();
    },
  };
}
