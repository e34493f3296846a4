import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { setTimeout as pass } from 'node:timers/promises';
import { afterEach, describe, mock, test } from 'node:test';
import { promisify } from 'node:util';
import { Server } from 'socket.io';
import type { ServerOptions } from 'socket.io';
import msgpack from 'socket.io-msgpack-parser';
import { MemoryNetwork } from '../../../src/testing/memory/index.js';
import { accepted, connected, next } from './conformance.js';

const opened: { io: Server; network: MemoryNetwork }[] = [];

function boot(options: Partial<ServerOptions> = {}) {
  const io = new Server({ serveClient: false, ...options });
  const network = new MemoryNetwork(io);
  opened.push({ io, network });
  return { io, network };
}

afterEach(async () => {
  for (const { io, network } of opened.splice(0)) {
    await network.close();
    await io.close();
  }
  mock.timers.reset(); // after closing: clearing a mocked timer later would upset the clock of the next test
});

describe('idle', () => {
  test('resolves when a chain of messages between server and clients has come to its end', async () => {
    const { io, network } = boot();
    let seen = 0;
    io.on('connection', (socket) => {
      socket.on('down', async (n: number) => {
        await Promise.resolve();
        if (n > 0) socket.broadcast.emit('down', n - 1);
        else seen += 1;
      });
    });
    for (let clients = 0; clients < 2; clients += 1) {
      const client = network.connect();
      client.on('down', (n: number) => client.emit('down', n));
      await connected(client);
    }
    io.emit('down', 20);
    await network.idle();
    assert.equal(seen, 2);
  });

  test('waits for work elsewhere, and for what that work sends', async () => {
    const { io, network } = boot();
    const working = new Set<Promise<unknown>>();
    io.on('connection', (socket) => {
      socket.on('slow', () => {
        const work = pass(5).then(() => socket.emit('done'));
        working.add(work);
        void work.then(() => working.delete(work));
      });
    });
    const client = await connected(network.connect());
    let done = 0;
    client.on('done', () => (done += 1));
    client.emit('slow');
    await network.idle();
    assert.equal(done, 0);
    await network.idle(() => (working.size > 0 ? Promise.race(working) : undefined));
    assert.equal(done, 1);
  });

  test('waits for a request that is still to be accepted', async () => {
    const { io, network } = boot({ allowRequest: (_request, decide) => setTimeout(() => decide(null, true), 5) });
    const client = network.connect();
    await network.idle();
    assert.equal(io.engine.clientsCount, 1);
    assert.equal(client.connected, true);
  });
});

describe('a mocked clock', () => {
  const clock = () => mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });

  test('does not hold messages up', async () => {
    clock();
    const { io, network } = boot();
    io.on('connection', (socket) => socket.on('echo', (value, ack) => ack(value)));
    const client = network.connect();
    assert.equal(await client.emitWithAck('echo', 'now'), 'now');
    await network.idle();
  });

  test('that jumps by a day breaks no connection', async () => {
    clock();
    const { network } = boot();
    const client = await connected(network.connect());
    mock.timers.tick(24 * 60 * 60 * 1000);
    await network.idle();
    assert.equal(client.connected, true);
  });

  test("drives a client's own time-out, and the heartbeat of a server that asks for one", async () => {
    clock();
    const { network } = boot({ pingInterval: 1000, pingTimeout: 500 });
    const client = await connected(network.connect());
    const answer = client.timeout(300).emitWithAck('nobody answers');
    await network.idle();
    mock.timers.tick(300);
    await assert.rejects(answer, /timed out/);
    const ping = next(client.io, 'ping');
    mock.timers.tick(700);
    await ping;
    await network.idle();
    mock.timers.tick(999);
    await network.idle();
    assert.equal(client.connected, true);
    network.pause(client);
    const gone = next(client, 'disconnect');
    mock.timers.tick(501);
    assert.deepEqual((await gone)[0], 'ping timeout');
  });
});

describe('closing', () => {
  test('leaves no handle, timer, listener, socket or room', async () => {
    const counts = () => ({
      resources: process.getActiveResourcesInfo().sort(),
      listeners: process.eventNames().map((event) => [event, process.listenerCount(event)]),
    });
    await new Promise(setImmediate);
    const before = counts();
    const { io, network } = boot({ pingInterval: 1000 });
    io.of('/other');
    io.on('connection', (socket) => socket.join('room'));
    for (let clients = 0; clients < 10; clients += 1) {
      const client = network.connect('/', { reconnection: clients === 3 });
      await Promise.all([connected(client), connected(client.io.socket('/other'))]);
      if (clients === 1) network.cut(client);
      if (clients === 2) network.pause(client);
      if (clients === 3) client.io.engine.close();
      if (clients === 4)
        void client
          .timeout(60_000)
          .emitWithAck('nobody answers')
          .catch(() => {});
    }
    network.connect(); // still on its way
    assert.ok(io.of('/').adapter.rooms.size > 1);
    await network.close();
    for (const name of ['/', '/other']) {
      assert.equal(io.of(name).sockets.size, 0);
      assert.equal(io.of(name).adapter.rooms.size, 0);
    }
    assert.equal(io.engine.clientsCount, 0);
    await io.close();
    await new Promise(setImmediate);
    assert.deepEqual(counts(), before);
  });

  test('tells each client once', async () => {
    const { network } = boot();
    const reasons: unknown[] = [];
    const cut = await connected(network.connect());
    const kept = await connected(network.connect());
    for (const client of [cut, kept]) client.on('disconnect', (reason) => reasons.push(reason));
    network.cut(cut);
    await network.idle();
    await network.close();
    assert.deepEqual(reasons, ['transport close', 'io client disconnect']);
  });

  test('can be forgotten: a connection alone does not keep the process alive', async () => {
    const script = `
      import { Server } from 'socket.io';
      import { MemoryNetwork } from ${JSON.stringify(new URL('../../../src/testing/memory/index.js', import.meta.url).href)};
      const network = new MemoryNetwork(new Server());
      network.connect().on('connect', () => console.log('connected'));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 20_000,
    });
    assert.equal(stdout, 'connected\n');
  });
});

describe('a client', () => {
  test('that is paused lets messages wait in order, drops volatile ones, and is no reason to wait', async () => {
    const { io, network } = boot();
    const client = network.connect();
    const got: unknown[] = [];
    client.onAny((_event, value) => got.push(value));
    const server = await accepted(io);
    await connected(client);
    network.pause(client);
    for (const value of [1, 2, 3]) {
      server.emit('value', value);
      server.volatile.emit('value', 'volatile');
      await network.idle();
    }
    assert.deepEqual(got, []);
    const { writeBuffer, transport } = server.conn as unknown as {
      writeBuffer: unknown[];
      transport: { socket: { bufferedAmount: number } };
    };
    assert.equal(writeBuffer.length, 2);
    assert.equal(transport.socket.bufferedAmount, '42["value",1]'.length);
    network.resume(client);
    await network.idle();
    assert.deepEqual(got, [1, 2, 3]);
  });

  test('may come from another address, over TLS, to another path, with another parser', async () => {
    const { io, network } = boot({ path: '/deep/path', parser: msgpack });
    const arrival = accepted(io);
    const client = network.connect('/', { remoteAddress: '10.0.0.7', secure: true, parser: msgpack });
    const server = await arrival;
    server.on('echo', (value, ack) => ack(value));
    assert.deepEqual(await client.emitWithAck('echo', { bytes: Buffer.from([1]) }), { bytes: Buffer.from([1]) });
    const { address, secure, url } = server.handshake;
    assert.deepEqual([address, secure, url.split('?')[0]], ['10.0.0.7', true, '/deep/path/']);
  });

  test('reconnects by itself when it is asked to', async () => {
    const { io, network } = boot();
    const client = await connected(network.connect('/', { reconnection: true, reconnectionDelay: 1 }));
    const first = client.id;
    const again = accepted(io);
    network.cut(client);
    await again;
    await connected(client);
    assert.notEqual(client.id, first);
  });

  test('whose connection breaks before it is accepted is told so', async () => {
    const { io, network } = boot();
    const client = network.connect();
    network.cut(client);
    const [error] = await next(client, 'connect_error');
    assert.equal((error as Error).message, 'websocket error');
    await network.idle();
    assert.equal(io.engine.clientsCount, 0);
  });

  test('cannot send a header that HTTP does not allow', () => {
    const { network } = boot();
    assert.throws(() => network.connect('/', { headers: { origin: 'a\r\nb: c' } }), TypeError);
    assert.throws(() => network.connect('/', { headers: { 'no name': 'a' } }), TypeError);
  });

  test('of another network cannot be cut', () => {
    const client = boot().network.connect();
    const { network } = boot();
    assert.throws(() => network.cut(client), /not connected through this network/);
  });

  test('does not lend its async context to the handlers of the server, nor the server its own to the client', async () => {
    const store = new AsyncLocalStorage<string>();
    const { io, network } = boot();
    const seen: unknown[] = [];
    io.on('connection', (socket) => {
      seen.push(store.getStore());
      socket.on('call', () => {
        seen.push(store.getStore());
        store.run('server', () => socket.emit('event'));
      });
    });
    const client = store.run('client', () => network.connect());
    const event = new Promise((resolve) => client.on('event', () => resolve(store.getStore())));
    await connected(client);
    store.run('caller', () => client.emit('call'));
    assert.equal(await event, 'client');
    assert.deepEqual(seen, [undefined, undefined]);
  });
});
