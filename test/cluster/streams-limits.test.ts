/** `redis+streams:` where Redis, a message or an offset is out of bounds. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it, type TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { io as connect, type Socket as Client } from 'socket.io-client';
import { type AdapterLink, openAdapter } from '../../src/cluster/index.js';
import { nextEvent, until } from '../support/wait.js';
import { type Broker, brokerAbsence, openBroker } from './support/brokers.js';
import { absent } from './support/engines.js';

const missing = brokerAbsence('redis-streams');
const options = { skip: missing ? absent(missing) : false };

interface Node {
  readonly io: Server;
  readonly link: AdapterLink;
  client(): Promise<Client>;
}

async function startBroker(t: TestContext): Promise<Broker> {
  const broker = await openBroker('redis-streams');
  t.after(() => broker.dispose());
  await broker.start();
  return broker;
}

async function startNode(t: TestContext, { url }: Broker, buffer = 0): Promise<Node> {
  const whenDown = buffer > 0 ? { buffer } : 'drop';
  const link = openAdapter({ url, whenDown, heartbeat: { interval: 100, timeout: 2000 } });
  const http = createServer();
  const io = new Server(http, { adapter: link.factory, connectionStateRecovery: {}, transports: ['websocket'] });
  t.after(() => io.close());
  await link.ready();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    io,
    link,
    async client() {
      const socket = connect(address, { transports: ['websocket'], forceNew: true, reconnection: false });
      t.after(() => socket.disconnect());
      await nextEvent(socket, 'connect');
      return socket;
    },
  };
}

for (const buffer of [0, 100]) {
  it(
    `a Redis without memory is told of, what it refuses is ${buffer ? 'kept' : 'counted'}, and it is used again`,
    options,
    async (t) => {
      const broker = await startBroker(t);
      const [a, b] = [await startNode(t, broker, buffer), await startNode(t, broker)];
      const client = await b.client();
      const got: number[] = [];
      client.on('n', (n: number) => got.push(n));
      const admin = new Redis(broker.url.replace('+streams', ''));
      t.after(() => admin.disconnect());
      await admin.config('SET', 'maxmemory', '100kb');
      a.io.emit('n', 1);
      await until(() => a.link.health().state === 'blocked', 'it is told');
      assert.match(a.link.health().reason ?? '', /OOM/);
      a.io.emit('n', 2);
      assert.equal(a.link.health().dropped, buffer ? 0 : 2);
      await admin.config('SET', 'maxmemory', '0');
      await until(() => a.link.health().state === 'up', 'it is used again');
      a.io.emit('n', 3);
      await until(() => got.includes(3), 'it arrives');
      assert.deepEqual(got, buffer ? [1, 2, 3] : [3]);
    },
  );
}

it('a message that is too large is refused to its sender, and nothing else happens', options, async (t) => {
  const broker = await startBroker(t);
  const [a, b] = [await startNode(t, broker), await startNode(t, broker)];
  const clients = [await a.client(), await b.client()];
  assert.throws(() => a.io.emit('large', 'x'.repeat(17 * 1024 * 1024)), RangeError);
  const heard = Promise.all(clients.map((client) => nextEvent(client, 'after')));
  a.io.emit('after');
  await heard;
  assert.deepEqual([a.link.health().state, a.link.health().dropped], ['up', 0]);
});

it('an offset that is none recovers nobody', options, async (t) => {
  const broker = await startBroker(t);
  const node = await startNode(t, broker);
  const restore = (pid: string, offset: string): Promise<object | null> =>
    Promise.resolve(node.io.of('/').adapter.restoreSession(pid, offset));
  for (const offset of ['nonsense', '0-0', '9999999999999-0~x~1', '~~', '1~2~3']) {
    const client = await node.client();
    const { _pid: pid } = client as unknown as { _pid: string };
    const [socket] = node.io.of('/').sockets.values();
    const left = once(socket!, 'disconnect');
    client.io.engine.close();
    await left;
    assert.equal(await restore(pid, offset), null, offset);
  }
});
