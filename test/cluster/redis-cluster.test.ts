/** A Redis Cluster: any of its servers leads to it, and its servers may die and give slots away. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Socket as Client } from 'socket.io-client';
import { brokerAbsence } from './support/brokers.js';
import { client, converged, next, startNode, type TestNode, until } from './support/cluster.js';
import { absent } from './support/engines.js';
import { openRedisCluster, type RedisCluster } from './support/redis-cluster.js';

/** A node that comes back later than the other one by the whole timeout counts as gone, and both have to find the new owner first. */
const heartbeat = { interval: 200, timeout: 8000 };
const missing = brokerAbsence('redis');
const engines = ['redis-cluster', 'redis-cluster (createCluster)', 'redis-cluster (ioredis)', 'redis-streams-cluster'];

describe('a Redis Cluster', { concurrency: 2, skip: missing ? absent(missing) : false }, () => {
  for (const engine of engines) describe(engine, { concurrency: 1, timeout: 120_000 }, () => suite(engine));

  it('nodes whose URLs name different servers are one cluster, and none is missed', async () => {
    const cluster = await openRedisCluster();
    const start = (port: number, scheme: string): Promise<TestNode> =>
      startNode({
        engine: 'redis',
        role: 'server',
        options: { url: `${scheme}://127.0.0.1:${port}`, prefix: 'servers', heartbeat },
      });
    const schemes = ['redis', 'valkey', 'redis+cluster'];
    const nodes = await Promise.all(cluster.ports.map((port, at) => start(port, schemes[at]!)));
    await converged(nodes);
    const clients = await Promise.all(nodes.map((node) => client(node)));
    await nodes[0]!.run(async () => {
      // Busy for longer than a node waits before it asks Redis whether another is there.
      setTimeout(() => {
        const end = Date.now() + 600;
        while (Date.now() < end);
      }, 20);
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const found = await nodes[1]!.run(async ({ io }) => (await io.fetchSockets()).length);
    assert.equal(found, 3);
    for (const each of clients) each.disconnect();
    await Promise.all(nodes.map((node) => node.stop()));
    await cluster.dispose();
  });
});

function suite(engine: string): void {
  const prefix = 'cluster';
  const slotName = engine.includes('streams') ? `{${prefix}:streams}` : `{${prefix}}`;
  let cluster: RedisCluster;
  let a: TestNode;
  let b: TestNode;
  let onB: Client;

  before(async () => {
    cluster = await openRedisCluster();
    const start = (url: string): Promise<TestNode> =>
      startNode({ engine, role: 'server', options: { url, prefix, heartbeat, whenDown: { buffer: 10_000 } } });
    const scheme = engine.includes('streams') ? 'redis+streams:' : 'redis:';
    const url = cluster.url.replace('redis:', scheme);
    [a, b] = await Promise.all([start(url), start(url)]);
    await converged([a, b]);
    onB = await client(b);
  });
  after(async () => {
    onB?.disconnect();
    await Promise.all([a, b].map((node) => node?.stop()));
    await cluster?.dispose();
  });

  /** Emits numbers at A while something happens; B's client gets all of them, once and in order. */
  async function during(happening: () => Promise<void>): Promise<void> {
    const numbers: number[] = [];
    const listener = (n: number): void => void numbers.push(n);
    onB.on('n', listener);
    const flowing = next(onB, 'n');
    await a.run(({ io, kept }) => {
      let n = 0;
      kept['timer'] = setInterval(() => io.emit('n', (kept['n'] = n++)), 5);
    });
    await flowing;
    await happening();
    const end = next(onB, 'end', 20_000);
    const last = await a.run(({ io, kept }) => {
      clearInterval(kept['timer'] as NodeJS.Timeout);
      io.emit('end');
      return kept['n'] as number;
    });
    await end;
    onB.off('n', listener);
    assert.deepEqual(numbers, [...Array(last + 1).keys()]);
  }

  const isUp = (node: TestNode): Promise<void> =>
    node.run(async ({ link }) => {
      const end = Date.now() + 20_000;
      while (link.health().state !== 'up' || link.health().nodes !== 2) {
        if (Date.now() > end) throw new Error(JSON.stringify(link.health()));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });

  it('200 messages arrive, in order', async () => {
    const got = until(onB, 'last');
    await a.run(({ io }) => {
      for (let n = 0; n < 200; n++) io.emit(`n${n}`);
      io.emit('last');
    });
    assert.deepEqual(await got, [...Array.from({ length: 200 }, (_, n) => `n${n}`), 'last']);
  });

  it('its slot moves to another server: nothing is lost or out of order', async () => {
    const owner = await cluster.ownerOf(slotName);
    await during(async () => {
      await cluster.move(slotName, (owner + 1) % 3);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await Promise.all([isUp(a), isUp(b)]);
    });
    assert.equal(await cluster.ownerOf(slotName), (owner + 1) % 3);
  });

  it('the server that has its slot dies, and a replica takes over: nothing is lost or out of order', async () => {
    const owner = await cluster.ownerOf(slotName);
    await cluster.replicate(owner);
    await during(async () => {
      // What is in the stream is on the replica by then; what comes later is sent again.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await cluster.kill(owner);
      while ((await cluster.ownerOf(slotName)) === owner) await new Promise((resolve) => setTimeout(resolve, 50));
      await Promise.all([isUp(a), isUp(b)]);
    });
  });

  it('a server that has nothing of it dies: nothing happens', async () => {
    const owner = await cluster.ownerOf(slotName);
    const other = cluster.living().find((at) => at !== owner);
    await during(async () => {
      await cluster.kill(other!);
      await new Promise((resolve) => setTimeout(resolve, 2500));
    });
    await Promise.all([isUp(a), isUp(b)]);
  });
}
