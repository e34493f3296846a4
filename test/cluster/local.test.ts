import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Server } from 'socket.io';
import { openAdapter } from '../../src/cluster/index.js';
import { createEmitter } from '../../src/cluster/emitter/index.js';
import { freePort } from './support/brokers.js';
import { absence, engineNamed } from './support/engines.js';
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

  it('an emitter is typed by the events of the app', async () => {
    const emitter = await createEmitter<{ said: (text: string) => void }, { reload: (count: number) => void }>(
      'memory:',
    );
    emitter.of('/chat').to('room').emit('said', 'hello');
    emitter.serverSideEmit('reload', 1);
    // @ts-expect-error: the text is missing
    emitter.emit('said');
    // @ts-expect-error: there is no such event
    emitter.to('room').emit('sad', 'hello');
    // @ts-expect-error: it waits for an answer, which an emitter cannot
    assert.equal(typeof emitter.fetchSockets, 'function');
    await emitter.close();
  });
});

describe('a node whose broker is away', () => {
  it('keeps up to so many messages and sends them in order when it is back; volatile ones are dropped', async (t) => {
    const missing = await absence(engineNamed('redis'));
    if (missing) return t.skip(missing);
    const prefix = `kept-${process.pid}`;
    const listener = openAdapter({ url: 'redis://127.0.0.1:6379', prefix });
    const heard: number[] = [];
    const last = new Promise<void>((resolve) => {
      new Server({ adapter: listener.factory }).on('n', (n: number) => {
        heard.push(n);
        if (n === 3) resolve();
      });
    });
    await listener.ready();

    const port = await freePort();
    const whenDown = { buffer: 3 };
    const link = openAdapter({ url: `redis://127.0.0.1:${port}`, prefix, startup: 'degraded', whenDown });
    await link.ready();
    const io = new Server({ adapter: link.factory });
    io.volatile.emit('volatile');
    for (const n of [1, 2, 3, 4]) io.serverSideEmit('n', n);
    const { buffered, dropped, state } = link.health();
    assert.deepEqual({ buffered, dropped, state }, { buffered: 3, dropped: 2, state: 'down' });

    const door = createServer((socket) => socket.pipe(connect(6379, '127.0.0.1')).pipe(socket)).listen(port);
    await last;
    assert.deepEqual(heard, [1, 2, 3]);
    assert.equal(link.health().buffered, 0);
    await Promise.all([link.close(), listener.close()]);
    door.close();
  });
});
