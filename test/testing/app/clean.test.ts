import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { test } from 'node:test';
import { Socket } from 'socket.io';
import { Namespace, On, OnDisconnect } from '../../../src/index.js';
import { createTestApp, createTestCluster, type TestClient } from '../../../src/testing/index.js';

@Namespace('/')
class Home {
  @On('join') async join(room: string, socket: Socket) {
    await socket.join(room);
    return room;
  }
  @On('wait') wait() {
    return new Promise(() => {});
  }
  @OnDisconnect async leave() {
    await Promise.resolve();
  }
}

@Namespace('/game/:id')
class Game {
  @On('play') play() {}
}

/** Timers that were made and neither ended nor were cleared, those that keep no process alive included. */
function watchTimers() {
  const alive = new Map<number, string>();
  const hook = createHook({
    init: (id, type) => {
      if (type === 'Timeout') alive.set(id, new Error('made here').stack ?? '');
    },
    destroy: (id) => alive.delete(id),
  }).enable();
  return { alive, stop: () => hook.disable() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Timers are watched one by one: those of other tests may end meanwhile. */
function counts() {
  return {
    resources: process
      .getActiveResourcesInfo()
      .filter((kind) => kind !== 'Timeout')
      .sort(),
    listeners: process.eventNames().map((event) => `${String(event)} ${process.listenerCount(event)}`),
  };
}

async function live(): Promise<{ io: import('socket.io').Server; clients: TestClient[] }> {
  const app = await createTestApp({ controllers: [Home, Game], connectionStateRecovery: {} });
  const clients: TestClient[] = [];
  for (let index = 0; index < 5; index++) clients.push(await app.connect('/', { reconnection: index === 4 }));
  const [first, second, third, fourth] = clients as [TestClient, TestClient, TestClient, TestClient];
  clients.push(await first.connect('/game/1'));
  await first.call('join', 'a');
  first.emit('wait');
  await app.cut(second);
  await second.reconnect();
  app.pause(third);
  app.io.emit('news');
  await fourth.disconnect();
  await assert.rejects(app.connect('/nobody'));
  void first.socket
    .timeout(60_000)
    .emitWithAck('wait')
    .catch(() => {});
  void app.connect().catch(() => {}); // still on its way
  assert.ok(app.io.of('/').adapter.rooms.size > 1);
  await app.close();
  return { io: app.io, clients };
}

test('a closed application leaves no handle, listener, timer, socket or room', async () => {
  await live();
  await turn();
  const before = counts();
  const timers = watchTimers();
  const { io, clients } = await live();
  await turn();
  await turn();
  timers.stop();
  assert.deepEqual(counts(), before);
  assert.deepEqual([...timers.alive.values()], []);
  assert.equal(io.engine.clientsCount, 0);
  for (const [, namespace] of io._nsps) {
    assert.equal(namespace.sockets.size, 0);
    assert.equal(namespace.adapter.rooms.size, 0);
    assert.equal(namespace.adapter.sids.size, 0);
  }
  assert.ok(clients.every(({ connected }) => !connected));
});

test('a closed cluster leaves no handle, listener or timer', async () => {
  const live = async (): Promise<void> => {
    const cluster = await createTestCluster(3, { controllers: [Home] });
    for (const node of cluster.nodes) await node.connect();
    assert.equal((await cluster.nodes[0]!.io.fetchSockets()).length, 3);
    await cluster.close();
  };
  await live();
  await turn();
  const before = counts();
  const timers = watchTimers();
  await live();
  await turn();
  await turn();
  timers.stop();
  assert.deepEqual(counts(), before);
  assert.deepEqual([...timers.alive.values()], []);
});

test('closing twice, or by the end of a block, is closing once', async () => {
  const app = await createTestApp({ controllers: [Home] });
  assert.equal(app.close(), app.close());
  await app[Symbol.asyncDispose]();
});
