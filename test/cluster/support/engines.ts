import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { isListening } from './ports.js';
import type { AdapterOptions } from '../../../src/cluster/index.js';

export interface TestEngine {
  readonly name: string;
  /** The broker of the machine that it needs, if any. */
  readonly broker?: { readonly port: number; readonly start: string };
  /** Needs a Redis Cluster; the first test that asks whether it is there starts one for the process. */
  readonly cluster?: true;
  /** The official adapter, behind a guard: on the wire it is its own, and it waits for answers by their number, not by node. */
  readonly official?: true;
  option(prefix: string, url?: string): Promise<AdapterOptions>;
}

/** Of a timeout so long that a test which is quicker has not waited for it. */
const heartbeat = { interval: 500, timeout: 8000 };

export const ENGINES: readonly TestEngine[] = [
  { name: 'memory', option: async (prefix) => ({ url: 'memory://test', prefix, heartbeat }) },
  { name: 'local', option: async (prefix) => ({ url: 'local:', prefix, heartbeat }) },
  {
    name: 'redis',
    broker: { port: 6379, start: 'redis-server' },
    option: async (prefix) => ({ url: 'redis://127.0.0.1:6379', prefix, heartbeat }),
  },
  {
    name: 'redis (ioredis)',
    broker: { port: 6379, start: 'redis-server' },
    option: async (prefix, url = 'redis://127.0.0.1:6379') => {
      const { Redis } = await import('ioredis');
      return { url, prefix, heartbeat, client: () => new Redis(url, { lazyConnect: true }) };
    },
  },
  {
    name: 'redis-streams',
    broker: { port: 6379, start: 'redis-server' },
    official: true,
    option: async (prefix) => ({ url: 'redis+streams://127.0.0.1:6379', prefix, heartbeat }),
  },
  {
    name: 'redis-streams (ioredis)',
    broker: { port: 6379, start: 'redis-server' },
    official: true,
    option: async (prefix, url = 'redis+streams://127.0.0.1:6379') => {
      const { Redis } = await import('ioredis');
      const address = url.replace('+streams', '');
      return { url, prefix, heartbeat, client: () => new Redis(address, { lazyConnect: true }) };
    },
  },
  { name: 'redis-cluster', cluster: true, option: async (prefix, url = clusterUrl()) => ({ url, prefix, heartbeat }) },
  {
    name: 'redis-cluster (createCluster)',
    cluster: true,
    option: async (prefix, url = clusterUrl()) => {
      const { createCluster } = await import('redis');
      const rootNodes = hostsOf(url).map((host) => ({ url: `redis://${host}` }));
      return { url, prefix, heartbeat, client: () => createCluster({ rootNodes }) };
    },
  },
  {
    name: 'redis-cluster (ioredis)',
    cluster: true,
    option: async (prefix, url = clusterUrl()) => {
      const { Cluster } = await import('ioredis');
      const nodes = hostsOf(url).map((host) => ({ host: '127.0.0.1', port: Number(host.split(':')[1]) }));
      return { url, prefix, heartbeat, client: () => new Cluster(nodes, { lazyConnect: true }) };
    },
  },
  {
    name: 'redis-streams-cluster',
    cluster: true,
    official: true,
    option: async (prefix, url = clusterUrl()) => ({ url: url.replace('redis:', 'redis+streams:'), prefix, heartbeat }),
  },
  {
    name: 'rabbitmq',
    broker: { port: 5672, start: 'rabbitmq-server' },
    option: async (prefix) => ({ url: 'amqp://guest:guest@127.0.0.1:5672', prefix, heartbeat }),
  },
  {
    name: 'nats',
    broker: { port: 4222, start: 'nats-server' },
    option: async (prefix) => ({ url: 'nats://127.0.0.1:4222', prefix, heartbeat }),
  },
  {
    name: 'postgres',
    broker: { port: 5432, start: 'postgres' },
    option: async (prefix) => ({ url: 'postgres://postgres@127.0.0.1:5432/test', prefix, heartbeat }),
  },
];

/** Removes what applications of these prefixes have left in Redis. */
export async function forgetStreams(...prefixes: string[]): Promise<void> {
  if (prefixes.length === 0) return;
  const { Redis } = await import('ioredis');
  // In a cluster, which ends with the tests, nothing need be removed.
  const redis = new Redis();
  await redis.del(prefixes.map((prefix) => `${prefix}:streams`));
  redis.disconnect();
}

export function engineNamed(name: string): TestEngine {
  const engine = ENGINES.find((candidate) => candidate.name === name);
  if (!engine) throw new Error(`no engine is called ${name}`);
  return engine;
}

/** The variable that leads nodes of their own process to the cluster of the tests. */
const CLUSTER = 'TEST_REDIS_CLUSTER';
let cluster: Promise<string> | undefined;

function clusterUrl(): string {
  return process.env[CLUSTER] ?? '';
}

function hostsOf(url: string): string[] {
  return url.slice(url.indexOf('//') + 2).split(',');
}

async function startCluster(): Promise<string> {
  const { openRedisCluster } = await import('./redis-cluster.js');
  const { url, disposeNow } = await openRedisCluster();
  process.on('exit', disposeNow);
  return (process.env[CLUSTER] = url);
}

/** Why the engine cannot be tested here, or null. Under `CI=true` that is an error. */
export async function absence(engine: TestEngine): Promise<string | null> {
  if (engine.cluster && !existsSync('/usr/bin/redis-server')) return absent('redis-server is not installed');
  if (engine.cluster) await (cluster ??= startCluster());
  if (!engine.broker || (await isListening(engine.broker.port))) return null;
  return absent(`no ${engine.broker.start} listens on 127.0.0.1:${engine.broker.port}`);
}

/** A reason to skip; an error under `CI=true`, where everything must be there. */
export function absent(reason: string): string {
  if (process.env['CI'] === 'true') throw new Error(`needed under CI=true: ${reason}`);
  return reason;
}

export { isListening } from './ports.js';
export type { TestContext };
