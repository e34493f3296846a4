import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it, type TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { io as connect, type Socket as Client } from 'socket.io-client';
import { type AdapterLink, type AdapterOptions, openAdapter } from '../../src/cluster/index.js';
import { compareIds, formatPosition, parsePosition } from '../../src/cluster/streams/position.js';
import { brokerAbsence, openBroker } from './support/brokers.js';
import { absence, absent, engineNamed, forgetStreams } from './support/engines.js';
import { nextEvent, nextWarning, until } from '../support/wait.js';

const engine = engineNamed('redis-streams');
const missing = await absence(engine);
const noBroker = brokerAbsence('redis-streams');
const prefixes: string[] = [];

interface Node {
  readonly io: Server;
  readonly link: AdapterLink;
  client(nsp?: string, auth?: object): Promise<Client>;
}

async function node(t: TestContext, option: AdapterOptions): Promise<Node> {
  const link = openAdapter(option);
  const http = createServer();
  const io = new Server(http, {
    adapter: link.factory,
    connectionStateRecovery: { skipMiddlewares: false },
    cleanupEmptyChildNamespaces: true,
  });
  io.of(/^\/child-/);
  t.after(() => io.close());
  await link.ready();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    io,
    link,
    async client(nsp = '/', auth = {}) {
      const options = { auth, transports: ['websocket'], forceNew: true, reconnection: false };
      const socket = connect(`http://127.0.0.1:${port}${nsp}`, options);
      t.after(() => socket.disconnect());
      await nextEvent(socket, 'connect');
      return socket;
    },
  };
}

async function optionFor(t: TestContext): Promise<AdapterOptions> {
  const prefix = `streams-${process.pid}-${t.name.length}`;
  prefixes.push(prefix);
  return engine.option(prefix);
}

describe('redis-streams', () => {
  it('a position is read as it was written, and nothing else is one', () => {
    const position = { id: '1795250741173-9', uid: '22f99ddc06fca829', number: 778 };
    assert.deepEqual(parsePosition(formatPosition(position)), position);
    for (const text of ['', '1-1', '1-1~a', '1-1~a~b', '1-1~a~1~', 'x~a~1', `${'9'.repeat(17)}-1~a~1`, 5, null]) {
      assert.equal(parsePosition(text), undefined);
    }
    const ids = ['0-0', '5-1', '5-2', '5-10', '10-0'];
    assert.deepEqual(ids.toReversed().sort(compareIds), ids);
  });

  describe('on the Redis of this machine', { skip: missing ?? false }, () => {
    after(() => forgetStreams(...prefixes));

    it('garbage in the stream and in the channels is dropped and counted, and what follows is delivered', async (t) => {
      const option = await optionFor(t);
      const { io, link, client } = await node(t, option);
      const socket = await client();
      const redis = new Redis();
      t.after(() => redis.disconnect());
      const stream = `${option.prefix}:streams`;
      const entry = { uid: 'x', nsp: '/', type: '3' };
      const broadcast = JSON.stringify({ packet: { type: 2, data: ['news', 1] }, opts: { rooms: [], except: [] } });
      const entries = [
        { x: 'y' },
        { ...entry, nsp: '' },
        { ...entry, data: '{' },
        { ...entry, data: '{"packet":null,"opts":{"rooms":[],"except":[]}}' },
        { ...entry, data: 'AAAA' },
        { ...entry, type: '7', data: '{}' },
        entry,
      ];
      for (const each of entries) await redis.xadd(stream, '*', ...Object.entries(each).flat());
      const channel = `${stream}#/#`;
      for (const text of ['', 'hello', '\xc1', '{}']) await redis.publish(channel, Buffer.from(text, 'latin1'));
      // Of nobody here, as the namespaces of other nodes are.
      await redis.xadd(stream, '*', ...Object.entries({ ...entry, nsp: '/elsewhere', data: broadcast }).flat());
      const news = nextEvent(socket, 'news');
      await redis.xadd(stream, '*', ...Object.entries({ ...entry, data: broadcast }).flat());
      assert.equal((await news)[0], 1);
      await until(() => link.health().malformed === entries.length + 4, 'all of it is counted');
      assert.equal(link.health().state, 'up');
      io.emit('news', 2);
      assert.equal((await nextEvent(socket, 'news'))[0], 2);
    });

    it('nobody waits for the answer of a node that has closed a namespace', async (t) => {
      const option = await optionFor(t);
      const [one, two] = [await node(t, option), await node(t, option)];
      const here = await one.client('/child-a');
      const there = await two.client('/child-a');
      const found = async (): Promise<number> => (await one.io.of('/child-a').fetchSockets()).length;
      await until(() => two.io._nsps.has('/child-a'), 'the namespace is there');
      while ((await found()) !== 2);
      there.disconnect();
      await until(() => !two.io._nsps.has('/child-a'), 'the namespace is closed');
      while ((await one.io.of('/child-a').adapter.serverCount()) !== 1);
      assert.equal(await found(), 1);
      const again = await two.client('/child-a');
      while ((await one.io.of('/child-a').adapter.serverCount()) !== 2);
      assert.equal(await found(), 2);
      const heard = nextEvent(again, 'hello');
      one.io.of('/child-a').emit('hello');
      await heard;
      here.disconnect();
    });

    it('a question does not overtake what was sent before it', async (t) => {
      const option = await optionFor(t);
      const [one, two] = [await node(t, option), await node(t, option)];
      const { id } = await two.client();
      await until(() => one.link.health().nodes === 2, 'they know of each other');
      const early: number[] = [];
      two.io.on('look', (n: number) => {
        if (!two.io.of('/').adapter.rooms.has(`room ${n}`)) early.push(n);
      });
      for (let n = 0; n < 300; n++) {
        one.io.in(id!).socketsJoin(`room ${n}`);
        one.io.serverSideEmit('look', n);
        await one.io.fetchSockets();
      }
      assert.deepEqual(early, []);
    });

    it('an answer of a server that cannot be serialised is an error for who asked, with the reason', async (t) => {
      const option = await optionFor(t);
      const [one, two] = [await node(t, option), await node(t, option)];
      two.io.on('ask', (ack: (answer: unknown) => void) => ack(10n));
      await until(() => one.link.health().nodes === 2, 'they know of each other');
      await assert.rejects(one.io.serverSideEmitWithAck('ask'), /BigInt.*on node/);
      await assert.rejects(one.io.serverSideEmitWithAck('ask', 10n), /BigInt/);
      assert.throws(() => one.io.serverSideEmit('tell', 10n), /BigInt/);
    });

    it('what the callback of a question throws is a process warning', async (t) => {
      const option = await optionFor(t);
      const [one, two] = [await node(t, option), await node(t, option)];
      two.io.on('ask', (ack: (answer: unknown) => void) => ack(1));
      await until(() => one.link.health().nodes === 2, 'they know of each other');
      const warned = nextWarning(/as a test wants it/);
      one.io.serverSideEmit('ask', () => {
        throw new Error('a callback failed, as a test wants it');
      });
      await warned;
    });
  });

  const own = { skip: noBroker ? absent(noBroker) : false };

  it('while Redis is away or hangs, clients come in at once or soon, and are not recovered', own, async (t) => {
    const broker = await openBroker('redis-streams');
    t.after(() => broker.dispose());
    await broker.start();
    const { link, io, client } = await node(t, { url: broker.url });
    const first = await client();
    const { _pid: pid } = first as unknown as { _pid: string };
    broker.pause(true);
    first.io.engine.close();
    const before = performance.now();
    const second = await client('/', { pid, offset: '' });
    assert.equal(second.recovered, false);
    assert.ok(performance.now() - before < 2500);
    await broker.kill();
    await until(() => link.health().state !== 'up', 'the loss is noticed');
    const third = await client('/', { pid, offset: '' });
    assert.equal(third.recovered, false);
    const heard = nextEvent(third, 'hello');
    io.emit('hello');
    await heard;
  });

  it('with a buffer, what was sent while Redis was away arrives later, in order', own, async (t) => {
    const broker = await openBroker('redis-streams');
    t.after(() => broker.dispose());
    await broker.start();
    const one = await node(t, { url: broker.url, whenDown: { buffer: 3 } });
    const two = await node(t, { url: broker.url });
    const socket = await two.client();
    const got: number[] = [];
    socket.on('n', (n: number) => got.push(n));
    await broker.kill();
    await until(() => [one, two].every(({ link }) => link.health().state === 'down'), 'both have noticed');
    for (let n = 0; n < 4; n++) one.io.emit('n', n);
    one.io.volatile.emit('n', 4);
    assert.deepEqual([one.link.health().buffered, one.link.health().dropped], [3, 2]);
    await broker.start();
    await until(() => one.link.health().state === 'up', 'the sender is back');
    one.io.emit('n', 5);
    await until(() => got.at(-1) === 5, 'the last has come');
    assert.deepEqual(got, [0, 1, 2, 5]);
    assert.equal(one.link.health().buffered, 0);
  });
});
