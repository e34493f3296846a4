import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Server } from 'socket.io';
import { openAdapter } from '../../src/adapter/index.js';
import { createEmitter } from '../../src/emitter/index.js';
import { freePort } from './support/brokers.js';
import { client, converged, next, startNode, type TestNode } from './support/cluster.js';

describe('the local relay', () => {
  it('is taken over by another process when the one that relays is killed', async () => {
    const url = `local://127.0.0.1:${await freePort()}`;
    const options = { url, prefix: 'relay', heartbeat: { interval: 200, timeout: 1000 } };
    const start = (): Promise<TestNode> => startNode({ engine: 'local', role: 'server', options });
    const leader = await start();
    const [b, c] = await Promise.all([start(), start()]);
    await converged([leader, b, c]);
    const onC = await client(c);
    leader.child?.kill('SIGKILL');
    await b.run(async ({ link }) => {
      while (link.health().state === 'up') await new Promise((resolve) => setTimeout(resolve, 1));
      while (link.health().state !== 'up') await new Promise((resolve) => setTimeout(resolve, 1));
    });
    await converged([b, c]);
    const got = next(onC, 'again');
    await b.run(({ io }) => void io.emit('again', 1));
    assert.deepEqual(await got, [1]);
    assert.equal(await b.run(async ({ io }) => (await io.fetchSockets()).length), 1);
    onC.disconnect();
    await Promise.all([leader, b, c].map((node) => node.stop()));
  });

  it('hangs up on whatever does not speak its protocol or says nothing of itself', async () => {
    const port = await freePort();
    const link = openAdapter(`local://127.0.0.1:${port}`);
    await link.ready();
    for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\0\0\0\x09\x04\0\0\0\0\0\0\0\0']) {
      const stranger = connect(port, '127.0.0.1');
      stranger.on('error', () => {}).resume();
      stranger.write(bytes);
      await once(stranger, 'close');
    }
    assert.equal(link.health().state, 'up');
    await link.close();
  });
});

describe('nodes inside one process', () => {
  it('share broadcasts and calls under one memory URL, and an emitter joins them', async () => {
    const links = [1, 2].map(() => openAdapter('memory://inside'));
    const servers = links.map((link) => new Server({ adapter: link.factory }));
    await Promise.all(links.map((link) => link.ready()));
    const [one, two] = servers;
    assert.ok(one && two);
    const told = new Promise((resolve) => two.once('told', resolve));
    one.serverSideEmit('told', 'from one');
    assert.equal(await told, 'from one');
    const emitter = await createEmitter('memory://inside');
    const emitted = Promise.all(servers.map((io) => new Promise((resolve) => io.once('told', resolve))));
    emitter.serverSideEmit('told', 'from outside');
    assert.deepEqual(await emitted, ['from outside', 'from outside']);
    await emitter.close();
    await Promise.all(links.map((each) => each.close()));
  });

  it('keep up to so many messages for a broker that is away, in order, and drop volatile ones', async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const link = openAdapter({ url, startup: 'degraded', whenDown: { buffer: 3 } });
    await link.ready();
    const io = new Server({ adapter: link.factory });
    io.volatile.emit('volatile');
    for (const n of [1, 2, 3, 4]) io.emit('n', n);
    const { buffered, dropped, state } = link.health();
    assert.deepEqual({ buffered, dropped, state }, { buffered: 3, dropped: 2, state: 'down' });
    await link.close();
    assert.equal(link.health().state, 'closed');
  });
});
