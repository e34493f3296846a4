import { within } from '../within.js';
import { fromIoredis } from './ioredis.js';
import { fromNodeRedis } from './node-redis.js';
import {
  Backlog,
  FRAME,
  loadLibrary,
  type Session,
  type SessionEvents,
  type Transport,
  type TransportContext,
} from './transport.js';

/** Milliseconds; the libraries themselves would wait for ever for a server that says nothing. */
const HANDSHAKE_TIMEOUT = 5000;

/** What is needed of a Redis client, whichever library it is from. */
export interface RedisClient {
  /** Rejects with the first error instead of trying again. */
  connect(): Promise<void>;
  /** Called once, when the connection is lost or fails. */
  onLost(listener: (reason: unknown) => void): void;
  publish(channel: string, frame: Buffer): Promise<unknown>;
  subscribe(channels: string[], listener: (frame: Buffer) => void): Promise<void>;
  subscribers(channel: string): Promise<number>;
  /** Waits for what was sent. */
  close(): Promise<unknown>;
  destroy(): void;
}

/** Redis or Valkey publish/subscribe: one channel for all, one per node. With `redis`, or with `ioredis` without it. */
export class RedisTransport implements Transport {
  readonly engine = 'redis';

  constructor(private readonly context: TransportContext) {}

  async connect(events: SessionEvents): Promise<Session> {
    const { prefix, uid } = this.context;
    const channel = (topic: string): string => `${prefix}#${topic}`;
    const publisher = await this.#client();
    const subscriber = uid ? await this.#client() : null;
    const destroy = (): void => {
      publisher.destroy();
      subscriber?.destroy();
    };
    const open = async (): Promise<void> => {
      for (const client of [publisher, subscriber]) {
        client?.onLost((reason) => events.closed(reason));
        await client?.connect();
      }
      await subscriber?.subscribe([channel('all'), channel(uid ?? '')], (frame) => events.frame(frame));
    };
    try {
      await within(HANDSHAKE_TIMEOUT, open());
    } catch (error) {
      destroy();
      throw error;
    }
    const backlog = new Backlog();
    return {
      maxFrame: FRAME,
      publish: (topic, frame) => {
        if (!backlog.take(frame.length)) return false;
        publisher.publish(channel(topic), frame).then(
          () => backlog.release(frame.length),
          () => {
            backlog.release(frame.length);
            events.lost(1);
          },
        );
        return true;
      },
      probe: async (node) => (await publisher.subscribers(channel(node))) > 0,
      close: async () => {
        const sent = publisher.close().catch(() => {});
        await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
        destroy();
      },
    };
  }

  async #client(): Promise<RedisClient> {
    const { client, url } = this.context;
    if (client) {
      const made = await client();
      return isIoredis(made) ? fromIoredis(made) : fromNodeRedis(made);
    }
    try {
      const { createClient } = await import('redis');
      const options = { url: url.href, socket: { reconnectStrategy: false as const, noDelay: true, keepAlive: true } };
      // The library's default of 5 s would give up publishing to a broker that is only slow.
      return fromNodeRedis(createClient({ ...options, commandOptions: { timeout: undefined as never } }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
      const { Redis } = await loadLibrary(() => import('ioredis'), 'redis', 'redis');
      return fromIoredis(new Redis(url.href, { lazyConnect: true, autoResendUnfulfilledCommands: false }));
    }
  }
}

function isIoredis(client: unknown): boolean {
  return typeof (client as { psubscribe?: unknown }).psubscribe === 'function';
}
