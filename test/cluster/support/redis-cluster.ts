/** A Redis Cluster of three masters on free ports in folders of its own, to kill and move slots of. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './brokers.js';
import { isListening } from './ports.js';

const SLOTS = 16_384;

interface Server {
  readonly port: number;
  readonly busPort: number;
  readonly folder: string;
  child: ChildProcess;
  readonly redis: Redis;
}

export interface RedisCluster {
  /** All masters in one URL. */
  readonly url: string;
  readonly ports: readonly number[];
  /** Which of the servers has the slot of that name now. */
  ownerOf(name: string): Promise<number>;
  /** The servers that have not been killed. */
  living(): number[];
  /** Gives a server a replica. */
  replicate(at: number): Promise<void>;
  kill(at: number): Promise<void>;
  /** Moves the slot of that name, with its keys, to another server. */
  move(name: string, to: number): Promise<void>;
  dispose(): Promise<void>;
  /** At once, for the end of the process. */
  disposeNow(): void;
}

export async function openRedisCluster(): Promise<RedisCluster> {
  const servers = await Promise.all([0, 1, 2].map(startServer));
  const each = Math.ceil(SLOTS / servers.length);
  for (const [at, { redis }] of servers.entries()) {
    const last = Math.min(SLOTS, (at + 1) * each) - 1;
    await redis.call('CLUSTER', 'ADDSLOTSRANGE', String(at * each), String(last));
    await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', String(at + 1));
  }
  for (const { redis } of servers.slice(1)) await meet(redis, servers[0]!);
  await settled(servers);
  const id = async (at: number): Promise<string> => String(await servers[at]!.redis.call('CLUSTER', 'MYID'));
  const alive = (): Redis => servers.find(({ child }) => child.signalCode === null)!.redis;
  const slotOf = async (name: string): Promise<string> => String(await alive().call('CLUSTER', 'KEYSLOT', name));
  const cluster: RedisCluster = {
    ports: servers.map(({ port }) => port),
    url: `redis://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    async ownerOf(name) {
      const slot = Number(await slotOf(name));
      const ranges = (await alive().call('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
      const range = ranges.find(([start, end]) => start <= slot && slot <= end);
      return servers.findIndex(({ port }) => port === Number(range?.[2][1]));
    },
    living: () => [...servers.keys()].filter((at) => servers[at]!.child.signalCode === null),
    async replicate(at) {
      const server = await startServer();
      await meet(server.redis, servers[0]!);
      const master = await id(at);
      await retried(() => server.redis.call('CLUSTER', 'REPLICATE', master));
      servers.push(server);
      await settled(
        servers.filter(({ child }) => child.signalCode === null),
        () => meet(server.redis, servers[0]!),
      );
      await retried(async () => {
        if (!String(await server.redis.info('replication')).includes('master_link_status:up'))
          throw new Error('no link');
      });
    },
    async kill(at) {
      const { child, redis } = servers[at]!;
      redis.disconnect();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    async move(name, to) {
      const from = await cluster.ownerOf(name);
      const [slot, source, target] = [await slotOf(name), await id(from), await id(to)];
      const [old, next] = [servers[from]!, servers[to]!];
      await next.redis.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source);
      await old.redis.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target);
      const keys = (await old.redis.call('CLUSTER', 'GETKEYSINSLOT', slot, '1000')) as string[];
      if (keys.length > 0) {
        await old.redis.call('MIGRATE', '127.0.0.1', String(next.port), '', '0', '5000', 'KEYS', ...keys);
      }
      for (const { redis } of [next, old]) await redis.call('CLUSTER', 'SETSLOT', slot, 'NODE', target);
    },
    async dispose() {
      cluster.disposeNow();
      for (const { child } of servers) {
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
      for (const { folder } of servers) rmSync(folder, { recursive: true, force: true });
    },
    disposeNow() {
      for (const { child, redis } of servers) {
        redis.disconnect();
        child.kill('SIGKILL');
      }
    },
  };
  return cluster;
}

async function startServer(): Promise<Server> {
  const [port, busPort] = await Promise.all([freePort(), freePort()]);
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-redis-cluster-'));
  const options = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    'cluster-enabled': 'yes',
    'cluster-port': busPort,
    'cluster-node-timeout': 1000,
    'cluster-require-full-coverage': 'no',
    'repl-diskless-sync-delay': 0,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('/usr/bin/redis-server', args, { stdio: 'ignore' });
  while (!(await isListening(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  const redis = new Redis({ host: '127.0.0.1', port });
  redis.on('error', () => {});
  return { port, busPort, folder, child, redis };
}

async function meet(redis: Redis, { port, busPort }: Server): Promise<void> {
  await redis.call('CLUSTER', 'MEET', '127.0.0.1', String(port), String(busPort));
}

/** Milliseconds until servers that do not know each other yet are introduced again: Redis gives up after its timeout for a node. */
const MEET_AGAIN = 3000;

/**
 * Until all servers know of each other, and say that all is well.
 * @param introduce has a new one meet the others again
 */
async function settled(servers: readonly Server[], introduce?: () => Promise<void>): Promise<void> {
  let introduced = Date.now();
  for (const { redis } of servers) {
    await retried(async () => {
      const info = String(await redis.call('CLUSTER', 'INFO'));
      if (info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${servers.length}`)) return;
      if (introduce && Date.now() - introduced > MEET_AGAIN) {
        introduced = Date.now();
        await introduce();
      }
      throw new Error(info);
    });
  }
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
