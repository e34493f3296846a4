/** The table of engines: their schemes, heartbeats and modules. */
import { AdapterError } from './errors.js';
import type { Transport, TransportContext } from './transports/transport.js';

interface Engine {
  readonly name: string;
  readonly schemes: readonly string[];
  readonly heartbeat: { readonly interval: number; readonly timeout: number };
  /**
   * Milliseconds in which nodes that are there answer one that starts; 0 where they do so in the next turn, or where the
   * broker knows who is to be asked.
   */
  readonly answerTime: number;
  /** Without it, the engine is that of Redis Streams, which has an adapter of its own. */
  readonly open?: (context: TransportContext) => Promise<Transport>;
}

const NEAR = { interval: 1000, timeout: 3000 };
const FAR = { interval: 5000, timeout: 10_000 };
/** Long enough for a node whose event loop is busy, and not felt at a start. */
const ANSWER_TIME = 50;

/** Every engine of our own. Its module, and with it the client library, is loaded when a URL names it. */
const ENGINES: readonly Engine[] = [
  {
    name: 'memory',
    schemes: ['memory:'],
    heartbeat: NEAR,
    answerTime: 0,
    open: async (context) => new (await import('./transports/memory.js')).MemoryTransport(context),
  },
  {
    name: 'local',
    schemes: ['local:'],
    heartbeat: NEAR,
    answerTime: ANSWER_TIME,
    open: async (context) => new (await import('./transports/local/index.js')).LocalTransport(context),
  },
  {
    name: 'redis',
    schemes: ['redis:', 'rediss:'],
    heartbeat: FAR,
    answerTime: ANSWER_TIME,
    open: async (context) => new (await import('./transports/redis/index.js')).RedisTransport(context),
  },
  { name: 'redis-streams', schemes: ['redis+streams:', 'rediss+streams:'], heartbeat: FAR, answerTime: 0 },
  {
    name: 'rabbitmq',
    schemes: ['amqp:', 'amqps:'],
    heartbeat: FAR,
    answerTime: ANSWER_TIME,
    open: async (context) => new (await import('./transports/rabbitmq.js')).RabbitTransport(context),
  },
  {
    name: 'nats',
    schemes: ['nats:'],
    heartbeat: FAR,
    answerTime: ANSWER_TIME,
    open: async (context) => new (await import('./transports/nats.js')).NatsTransport(context),
  },
  {
    name: 'postgres',
    schemes: ['postgres:', 'postgresql:'],
    heartbeat: FAR,
    answerTime: ANSWER_TIME,
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
