import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Socket } from 'socket.io';
import { Namespace, On, OnConnect, OnDisconnect, Reason, Rooms } from '../../../src/index.js';
import { boot } from './support.js';

const left: unknown[][] = [];

@Namespace('/')
class Lobby {
  @OnConnect enter(socket: Socket) {
    void socket.join('hall');
  }
  @On('ping') ping() {
    return 'pong';
  }
  @OnDisconnect leave(@Reason() reason: string, @Rooms() rooms: string[]) {
    left.push([reason, rooms.length]);
  }
}

const controllers = [Lobby];

async function scene(options = {}) {
  left.length = 0;
  const app = await boot({ controllers, ...options });
  return { app, client: await app.connect() };
}

describe('both sides see the right reason', () => {
  test('when the client leaves', async () => {
    const { client } = await scene();
    await client.disconnect();
    assert.equal(await client.disconnected(), 'io client disconnect');
    assert.deepEqual(left, [['client namespace disconnect', 2]]);
  });

  test('when the server disconnects it', async () => {
    const { app, client } = await scene();
    const reason = client.disconnected();
    app.socketOf(client).disconnect();
    assert.equal(await reason, 'io server disconnect');
    assert.deepEqual(left, [['server namespace disconnect', 2]]);
    assert.throws(() => app.socketOf(client), /not connected to \//);
  });

  test('when the connection breaks', async () => {
    const { app, client } = await scene();
    await app.cut(client);
    assert.equal(await client.disconnected(), 'transport close');
    assert.deepEqual(left, [['transport close', 2]]);
  });

  test('when the application closes', async () => {
    const { app, client } = await scene();
    await app.close();
    assert.equal(await client.disconnected(), 'transport close');
    assert.deepEqual(left, [['server shutting down', 2]]);
    assert.equal(client.connected, false);
  });
});

describe('a client whose connection broke', () => {
  test('connects again as a new one', async () => {
    const { app, client } = await scene();
    const first = client.id;
    await app.cut(client);
    await client.reconnect();
    assert.notEqual(client.id, first);
    assert.equal(client.recovered, false);
    assert.equal(await client.call('ping'), 'pong');
  });

  test('is recovered with what it missed, where the application does that', async () => {
    const { app, client } = await scene({ connectionStateRecovery: {} });
    const first = client.id;
    await app.cut(client);
    app.io.to('hall').emit('news', 'missed');
    await client.reconnect();
    assert.equal(client.recovered, true);
    assert.equal(client.id, first);
    assert.equal((await client.next('news'))[0], 'missed');
  });
});

test('a client that is paused gets what waited when it reads again', async () => {
  const { app, client } = await scene();
  app.pause(client);
  app.io.emit('news', 1);
  await client.expectNothing();
  app.resume(client);
  await client.expectEmitted('news', 1);
});
