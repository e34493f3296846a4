/** Makes Redis clients: of the `client` option, of the package `redis`, or of `ioredis`. */
import { importOptional } from '../../../base/packages/optional.js';
import type { Cluster, Redis } from 'ioredis';
import { loadLibrary, type TransportContext } from '../transport.js';
import { fromIoredis, fromIoredisCluster } from './ioredis.js';
import { fromNodeRedis, fromNodeRedisCluster } from './node-redis.js';
import type { RedisClient } from './redis-client.js';

type Made = Parameters<typeof fromNodeRedis>[0];

/** The client that the option `client` makes, not yet connected. */
export async function givenClient(client: NonNullable<TransportContext['client']>): Promise<RedisClient> {
  const made = (await client()) as {
    readonly psubscribe?: unknown;
    readonly isCluster?: true;
    readonly masters?: unknown;
  };
  const isIoredis = typeof made.psubscribe === 'function';
  if (isIoredis) return made.isCluster ? fromIoredisCluster(made as unknown as Cluster) : fromIoredis(made as Redis);
  return Array.isArray(made.masters)
    ? fromNodeRedisCluster(made as unknown as Parameters<typeof fromNodeRedisCluster>[0])
    : fromNodeRedis(made as Made);
}

/** A client for a server, not yet connected: of `redis`, or of `ioredis` without it. */
export async function makeClient(url: URL, engine: string): Promise<RedisClient> {
  try {
    const { createClient } = await importOptional<typeof import('redis')>('redis');
    const options = { url: url.href, socket: { reconnectStrategy: false as const, noDelay: true, keepAlive: true } };
    // The library's default of 5 s would give up publishing to a broker that is only slow.
    return fromNodeRedis(createClient({ ...options, commandOptions: { timeout: undefined as never } }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const { Redis } = await loadLibrary(() => importOptional<typeof import('ioredis')>('ioredis'), engine, 'redis');
    return fromIoredis(new Redis(url.href, { lazyConnect: true, autoResendUnfulfilledCommands: false }));
  }
}
