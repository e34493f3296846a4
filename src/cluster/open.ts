/** Opens the adapter that an option names. */
import type { Namespace } from 'socket.io';
import { BusAdapter } from './bus/adapter.js';
import { findEngine, redisUrl } from './engines.js';
import { AdapterError } from './errors.js';
import { Hub } from './bus/hub.js';
import type { HubOptions } from './bus/hub-types.js';
import { openStreams } from './streams/open-streams.js';
import type { Session, SessionEvents, Transport, TransportContext } from './transports/transport.js';
import type { AdapterFactory, AdapterLink, AdapterOption, AdapterOptions } from './types.js';

/**
 * Joins the cluster that the option names. Returns at once, so that a `Server` can be made with `factory`; connecting
 * goes on meanwhile, and `ready()` tells how it ended.
 * @throws AdapterError for an option that is wrong in itself (an unknown scheme, a bad heartbeat)
 */
export function openAdapter(option: AdapterOption): AdapterLink {
  return typeof option === 'function' ? passThrough(option) : openLink(option, true);
}

/** A link that only sends: the base of the emitter. */
export function openSender(option: string | AdapterOptions): AdapterLink {
  return openLink(option, false);
}

/** The `local:` relay of a process that serves no clients itself, and the environment that leads others to it. */
export async function openRelay(
  secret: string,
): Promise<{ readonly environment: Readonly<Record<string, string>>; close(): Promise<void> }> {
  const [{ LOCAL_ADDRESS }, { Relay }] = await Promise.all([
    import('./transports/local/packets.js'),
    import('./transports/local/relay.js'),
  ]);
  const relay = new Relay(secret);
  const port = await relay.listen(0, '127.0.0.1');
  return {
    environment: { [LOCAL_ADDRESS]: `local://:${secret}@127.0.0.1:${port}` },
    close: () => relay.close(),
  };
}

function openLink(option: string | AdapterOptions, listens: boolean): AdapterLink {
  const given: AdapterOptions = typeof option === 'string' ? { url: option } : option;
  const { engine, url, urls } = findEngine(given.url);
  const isRedis = engine.name.startsWith('redis');
  const uid = Hub.newId();
  const context: TransportContext = {
    url: isRedis ? redisUrl(url) : url,
    urls: isRedis ? urls.map(redisUrl) : urls,
    prefix: given.prefix ?? 'colloquy',
    uid: listens || engine.open ? uid : null,
    isEmitter: !listens,
    client: given.client,
  };
  const options: HubOptions = {
    startup: given.startup ?? 'wait',
    startupTimeout: given.startupTimeout ?? 10_000,
    whenDown: given.whenDown ?? 'drop',
    heartbeat: checkHeartbeat(given.heartbeat ?? engine.heartbeat),
    answerTime: engine.answerTime,
    onStatus: (status) => given.onStatus?.(status),
    address: `${url.protocol}${url.host ? `//${urls.map(({ host }) => host).join(',')}` : ''}${url.pathname}`,
    isTls: /^(rediss|valkeys|amqps)\b/.test(url.protocol),
  };
  if (!engine.open) return openStreams(context, uid, options);
  const hub = new Hub(uid, listens, new LazyTransport(engine.name, context, engine.open), options);
  return {
    engine: engine.name,
    node: uid,
    recovers: false,
    // Socket.IO calls it with `new`, which an arrow function does not allow.
    factory: function factory(nsp: Namespace) {
      return new BusAdapter(nsp, hub);
    },
    ready: () => hub.ready(),
    health: () => hub.health(),
    counts: hub.census,
    lease: (name, options) => hub.lease(name, options),
    close: () => hub.close(),
  };
}

function passThrough(factory: AdapterFactory): AdapterLink {
  return {
    engine: 'custom',
    node: undefined,
    recovers: true,
    factory,
    ready: () => Promise.resolve(),
    health: () => ({
      engine: 'custom',
      state: 'up',
      dropped: 0,
      nodes: 1,
      sent: 0,
      received: 0,
      missed: 0,
      malformed: 0,
      buffered: 0,
    }),
    counts: undefined,
    lease: () => {
      throw new AdapterError('option', 'a lease needs an adapter that is named by a URL');
    },
    close: () => Promise.resolve(),
  };
}

function checkHeartbeat(heartbeat: { interval: number; timeout: number }): { interval: number; timeout: number } {
  const { interval, timeout } = heartbeat;
  if (interval >= 50 && timeout >= 2 * interval) return { interval, timeout };
  const rule = 'the interval is at least 50 ms, and the timeout at least twice the interval';
  throw new AdapterError('option', `The adapter's heartbeat of ${interval}/${timeout} ms is wrong: ${rule}`);
}

/** Loads the engine when the first session is asked for, so that a missing library is an error of `ready()`. */
class LazyTransport implements Transport {
  #loaded: Promise<Transport> | undefined;

  constructor(
    readonly engine: string,
    private readonly context: TransportContext,
    private readonly load: (context: TransportContext) => Promise<Transport>,
  ) {}

  async connect(events: SessionEvents): Promise<Session> {
    this.#loaded ??= this.load(this.context);
    return (await this.#loaded).connect(events);
  }

  async stop(): Promise<void> {
    await (await this.#loaded)?.stop?.();
  }
}
