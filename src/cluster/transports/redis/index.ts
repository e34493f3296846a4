/** The engine `redis`: publish/subscribe of Redis or Valkey. */
import { within } from '../../bus/within.js';
import { makeRedisClient } from './open-client.js';
import type { RedisClient } from './redis-client.js';
import {
  Backlog,
  FRAME,
  type Session,
  type SessionEvents,
  type Transport,
  type TransportContext,
} from '../transport.js';

/** Milliseconds; the libraries themselves would wait for ever for a server that says nothing. */
const HANDSHAKE_TIMEOUT = 5000;

/** Redis or Valkey publish/subscribe: one channel for all, one per node. */
export class RedisTransport implements Transport {
  readonly engine = 'redis';

  constructor(private readonly context: TransportContext) {}

  async connect(events: SessionEvents): Promise<Session> {
    const { context, engine } = this;
    const { uid } = context;
    const publisher = await makeRedisClient(context, engine);
    const subscriber = uid ? await makeRedisClient(context, engine) : null;
    subscriber?.onFrame((_channel, frame) => events.frame(frame));
    const clients = subscriber ? [publisher, subscriber] : [publisher];
    await connectAll(clients, events, async () => subscriber?.subscribe(ownChannels(context)));
    return publishing(context, publisher, clients, events);
  }
}

/** The channels of a node: that of all, and its own. */
export function ownChannels(context: TransportContext): string[] {
  return [channelOf(context, 'all'), channelOf(context, context.uid ?? '')];
}

function channelOf({ prefix }: TransportContext, topic: string): string {
  return `${prefix}#${topic}`;
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

/** The session that publishes frames with the first of these clients and closes all of them. */
export function publishing(
  context: TransportContext,
  publisher: RedisClient,
  clients: readonly RedisClient[],
  events: Pick<SessionEvents, 'lost'>,
): Session {
  const backlog = new Backlog();
  return {
    maxFrame: FRAME,
    publish: (topic, frame) =>
      backlog.send(frame.length, () => publisher.publish(channelOf(context, topic), frame), events),
    probe: async (node) => (await publisher.subscribers(channelOf(context, node))) > 0,
    close: async () => {
      const sent = publisher.close().catch(() => {});
      await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
      for (const client of clients) client.destroy();
    },
  };
}
