import { AdapterError } from './errors.js';
import type { Transport, TransportContext } from './transports/transport.js';

interface Engine {
  readonly name: string;
  readonly schemes: readonly string[];
  readonly heartbeat: { readonly interval: number; readonly timeout: number };
  /** Without it, the engine is that of Redis Streams, which has an adapter of its own. */
  readonly open?: (context: TransportContext) => Promise<Transport>;
}

const NEAR = { interval: 1000, timeout: 3000 };
const FAR = { interval: 5000, timeout: 10_000 };

/** Every engine of our own. Its module, and with it the client library, is loaded when a URL names it. */
const ENGINES: readonly Engine[] = [
  {
    name: 'memory',
    schemes: ['memory:'],
    heartbeat: NEAR,
    open: async (context) => new (await import('./transports/memory.js')).MemoryTransport(context),
  },
  {
    name: 'local',
    schemes: ['local:'],
    heartbeat: NEAR,
    open: async (context) => new (await import('./transports/local.js')).LocalTransport(context),
  },
  {
    name: 'redis',
    schemes: ['redis:', 'rediss:'],
    heartbeat: FAR,
    open: async (context) => new (await import('./transports/redis.js')).RedisTransport(context),
  },
  { name: 'redis-streams', schemes: ['redis+streams:', 'rediss+streams:'], heartbeat: FAR },
  {
    name: 'rabbitmq',
    schemes: ['amqp:', 'amqps:'],
    heartbeat: FAR,
    open: async (context) => new (await import('./transports/rabbitmq.js')).RabbitTransport(context),
  },
  {
    name: 'nats',
    schemes: ['nats:'],
    heartbeat: FAR,
    open: async (context) => new (await import('./transports/nats.js')).NatsTransport(context),
  },
  {
    name: 'postgres',
    schemes: ['postgres:', 'postgresql:'],
    heartbeat: FAR,
    open: async (context) => new (await import('./transports/postgres.js')).PostgresTransport(context),
  },
];

/** @throws AdapterError with the list of schemes when the URL names no engine */
export function findEngine(text: string): { engine: Engine; url: URL } {
  const known = ENGINES.flatMap((engine) => engine.schemes).join(', ');
  if (!URL.canParse(text)) throw new AdapterError('option', `The adapter is not a URL; its scheme is one of ${known}`);
  const url = new URL(text);
  const engine = ENGINES.find(({ schemes }) => schemes.includes(url.protocol));
  if (engine) return { engine, url };
  throw new AdapterError('option', `No adapter for "${url.protocol}"; known are ${known}`);
}
