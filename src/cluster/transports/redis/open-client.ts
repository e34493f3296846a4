/** Makes Redis clients: of the `client` option, of the package `redis`, or of `ioredis`. */
import { fromIoredis } from './ioredis.js';
import { fromNodeRedis } from './node-redis.js';
import { loadLibrary, type TransportContext } from '../transport.js';
import type { RedisClient } from './redis-client.js';

/** A client that is not yet connected: of the option `client`, else of `redis`, or of `ioredis` without it. */
export async function makeRedisClient(
  { client, url }: Pick<TransportContext, 'client' | 'url'>,
  engine: string,
): Promise<RedisClient> {
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
    const { Redis } = await loadLibrary(() => import('ioredis'), engine, 'redis');
    return fromIoredis(new Redis(url.href, { lazyConnect: true, autoResendUnfulfilledCommands: false }));
  }
}

function isIoredis(client: unknown): boolean {
  return typeof (client as { psubscribe?: unknown }).psubscribe === 'function';
}
