/** The table of engines: their schemes, heartbeats and modules. */
import { AdapterError } from './errors.js';
import type { Transport, TransportContext } from './transports/transport.js';

interface Engine {
  readonly name: string;
  readonly schemes: readonly string[];
  /** Other names of the same. */
  readonly aliases?: readonly string[];
  readonly heartbeat: { readonly interval: number; readonly timeout: number };
  /**
   * Milliseconds in which nodes that are there answer one that starts; 0 where they do so in the next turn, or where the
   * broker knows who is to be asked.
   */
  readonly answerTime: number;
  /** Whether a URL may name several hosts. */
  readonly manyHosts?: true;
  /** The pattern of a URL's path; any path unless given. */
  readonly path?: { readonly form: RegExp; readonly rule: string };
  /** Without it, the engine is that of Redis Streams, which has an adapter of its own. */
  readonly open?: (context: TransportContext) => Promise<Transport>;
}

const NO_PATH = { form: /^\/?$/, rule: 'such a URL has no path; name the application by the option `prefix`' };
const DATABASE = {
  form: /^(\/\d*)?$/,
  rule: 'the path of a Redis URL is the number of a database; name the application by the option `prefix`',
};
const REDIS = ['redis', 'rediss', 'valkey', 'valkeys'];

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
    path: NO_PATH,
    heartbeat: NEAR,
    answerTime: ANSWER_TIME,
    open: async (context) => new (await import('./transports/local/index.js')).LocalTransport(context),
  },
  {
    name: 'redis',
    schemes: ['redis:', 'rediss:'],
    aliases: ['valkey:', 'valkeys:', ...REDIS.map((scheme) => `${scheme}+cluster:`)],
    manyHosts: true,
    path: DATABASE,
    heartbeat: FAR,
    answerTime: ANSWER_TIME,
    open: async (context) => new (await import('./transports/redis/index.js')).RedisTransport(context),
  },
  {
    name: 'redis-streams',
    schemes: ['redis+streams:', 'rediss+streams:'],
    aliases: ['valkey+streams:', 'valkeys+streams:'],
    manyHosts: true,
    path: DATABASE,
    heartbeat: FAR,
    answerTime: ANSWER_TIME,
  },
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
    manyHosts: true,
    path: NO_PATH,
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

/**
 * The engine that a URL names, and the URL once for each of its hosts.
 * @throws AdapterError for a URL that names no engine, or that the engine does not know
 */
export function findEngine(text: string): { engine: Engine; url: URL; urls: readonly [URL, ...URL[]] } {
  const known = ENGINES.flatMap((engine) => engine.schemes).join(', ');
  const [first, ...others] = hostsOf(text).map((each) => (URL.canParse(each) ? new URL(each) : undefined));
  if (!first || others.includes(undefined)) {
    throw new AdapterError('option', `The adapter is not a URL; its scheme is one of ${known}`);
  }
  const engine = ENGINES.find(({ schemes, aliases = [] }) => [...schemes, ...aliases].includes(first.protocol));
  if (!engine) throw new AdapterError('option', `No adapter for "${first.protocol}"; known are ${known}`);
  if (others.length > 0 && !engine.manyHosts) {
    throw new AdapterError('option', `The adapter's URL names several hosts, but ${engine.name} takes one`);
  }
  if (engine.path && !engine.path.form.test(first.pathname)) {
    throw new AdapterError('option', `The adapter's URL has the path "${first.pathname}": ${engine.path.rule}`);
  }
  return { engine, url: first, urls: [first, ...(others as URL[])] };
}

/** `redis://user:password@one,two:6380/0` as a URL for each host. */
function hostsOf(text: string): string[] {
  const [, start, hosts = '', rest = ''] = /^([^/]+:\/\/(?:[^@/]*@)?)([^/?#@]+)(.*)$/.exec(text) ?? [];
  return start && hosts.includes(',') ? hosts.split(',').map((host) => `${start}${host.trim()}${rest}`) : [text];
}

/** The URL as the client libraries of Redis know it. */
export function redisUrl(url: URL): URL {
  const scheme = /^(rediss|valkeys)\b/.test(url.protocol) ? 'rediss:' : 'redis:';
  return new URL(url.href.replace(/^[^:]+:/, scheme));
}
