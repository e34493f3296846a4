import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import type { AdapterOptions } from '../../../src/cluster/index.js';

export interface TestEngine {
  readonly name: string;
  /** The broker of the machine that it needs, if any. */
  readonly broker?: { readonly port: number; readonly start: string };
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
  const redis = new Redis();
  await redis.del(prefixes.map((prefix) => `${prefix}:streams`));
  redis.disconnect();
}

export function engineNamed(name: string): TestEngine {
  const engine = ENGINES.find((candidate) => candidate.name === name);
  if (!engine) throw new Error(`no engine is called ${name}`);
  return engine;
}

/** Why the engine cannot be tested here, or null. Under `CI=true` that is an error. */
export async function absence(engine: TestEngine): Promise<string | null> {
  if (!engine.broker || (await isListening(engine.broker.port))) return null;
  return absent(`no ${engine.broker.start} listens on 127.0.0.1:${engine.broker.port}`);
}

/** A reason to skip; an error under `CI=true`, where everything must be there. */
export function absent(reason: string): string {
  if (process.env['CI'] === 'true') throw new Error(`needed under CI=true: ${reason}`);
  return reason;
}

export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

export type { TestContext };
