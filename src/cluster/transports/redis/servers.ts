/** Finds the Redis server that an application's channels and keys belong to: the only one, or a master of a cluster. */
import { connect } from 'node:net';
import { within } from '../../bus/link/within.js';
import { AdapterError } from '../../errors.js';
import type { TransportContext } from '../transport.js';
import { givenClient, makeClient } from './open-client.js';
import type { RedisClient } from './redis-client.js';

/** Milliseconds; the libraries themselves would wait for ever for a server that says nothing. */
const HANDSHAKE_TIMEOUT = 5000;
const SHORTEST_TIMEOUT = 1000;

interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * All channels and keys of an application are in one slot of a cluster, so one server has them, and they keep their
 * order. When the slot moves, or its server dies, the session ends, and the next one looks for the slot again.
 */
export class RedisServers {
  /** Other servers of the cluster, as it has named them. */
  #others: readonly Address[] = [];
  /** Which address is tried first. */
  #first = 0;

  constructor(
    private readonly context: TransportContext,
    private readonly engine: string,
  ) {}

  /** The name of a channel or key in a cluster, where a part in braces decides about the slot. */
  static nameOf(client: Pick<RedisClient, 'sharded'>, prefix: string, rest = ''): string {
    return client.sharded ? `{${prefix}}${rest}` : `${prefix}${rest}`;
  }

  /** A connected client of the server that has the channels of this prefix. */
  async open(prefix: string): Promise<RedisClient> {
    const { client } = this.context;
    if (client) return this.#lead(await givenClient(client), prefix, HANDSHAKE_TIMEOUT);
    const addresses = [...(this.context.urls ?? [this.context.url]), ...this.#others.map((each) => this.#urlOf(each))];
    const time = Math.max(SHORTEST_TIMEOUT, HANDSHAKE_TIMEOUT / addresses.length);
    let failure: unknown;
    for (let at = 0; at < addresses.length; at++) {
      const url = addresses[(this.#first + at) % addresses.length]!;
      try {
        const leading = this.#lead(await makeClient(url, this.engine), prefix, time);
        return await (url.protocol === 'rediss:' ? unlessPlain(url, leading) : leading);
      } catch (error) {
        failure ??= error;
        if (error instanceof AdapterError) break;
      }
    }
    this.#first = (this.#first + 1) % addresses.length;
    throw failure;
  }

  #urlOf({ host, port }: Address): URL {
    const url = new URL(this.context.url);
    url.hostname = host.includes(':') ? `[${host}]` : host;
    url.port = String(port);
    url.pathname = '';
    return url;
  }

  /** From any server of a cluster to the one of the slot. */
  async #lead(client: RedisClient, prefix: string, time: number): Promise<RedisClient> {
    const used: RedisClient[] = [client];
    const lead = async (): Promise<RedisClient> => {
      await client.connect();
      const ranges = await slotsOf(client);
      if (!ranges) return client;
      const slot = Number(await client.command('CLUSTER', 'KEYSLOT', `{${prefix}}`));
      const range = ranges.find(([start, end]) => start <= slot && slot <= end);
      if (!range) throw new Error(`no server of the cluster has the slot ${slot}`);
      const [, , [host, port, id]] = range;
      this.#others = addressesOf(ranges);
      if (id === (await client.command('CLUSTER', 'MYID'))) return Object.assign(client, { sharded: true });
      const owner = host ? client.another(host, Number(port)) : client;
      used.push(owner);
      await owner.connect();
      client.destroy();
      return Object.assign(owner, { sharded: true });
    };
    try {
      return await within(time, lead());
    } catch (error) {
      for (const each of used) each.destroy();
      throw error;
    }
  }
}

/** Milliseconds that a TLS handshake has before it is looked whether the port speaks Redis without TLS. */
const TLS_TIME = 300;

/** @throws AdapterError when the port answers without TLS: Redis would let a handshake wait for ever */
async function unlessPlain<T>(url: URL, connecting: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const plain = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const socket = connect({ host: url.hostname, port: Number(url.port) || 6379 }, () => socket.write('PING\r\n'));
      socket.setTimeout(1000, () => socket.destroy()).on('error', () => {});
      socket.once('data', (bytes) => {
        socket.destroy();
        if (/^[+-]/.test(String(bytes))) reject(noTls(url));
      });
    }, TLS_TIME);
  });
  try {
    return await Promise.race([connecting, plain]);
  } finally {
    clearTimeout(timer);
    connecting.catch(() => {});
    plain.catch(() => {});
  }
}

function noTls({ host }: URL): AdapterError {
  const fix = 'take the port that speaks TLS, or the scheme without the s';
  return new AdapterError('option', `The redis adapter got no TLS from ${host}, which speaks Redis without it: ${fix}`);
}

type Range = readonly [start: number, end: number, master: Node, ...replicas: Node[]];
type Node = readonly [host: string | null, port: number, id: string];

/** Undefined for a server that is of no cluster, or that does not let its clients know. */
async function slotsOf(client: RedisClient): Promise<Range[] | undefined> {
  try {
    const reply = await client.command('CLUSTER', 'SLOTS');
    return Array.isArray(reply) ? (reply as Range[]) : undefined;
  } catch (error) {
    if (
      /cluster support disabled|unknown command|unknown subcommand|NOPERM|not a function|is not iterable/i.test(
        String(error),
      )
    ) {
      return undefined;
    }
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function addressesOf(ranges: readonly Range[]): Address[] {
  const all = new Map<string, Address>();
  for (const [, , ...nodes] of ranges) {
    for (const [host, port] of nodes) if (host) all.set(`${host}:${port}`, { host, port: Number(port) });
  }
  return [...all.values()];
}
