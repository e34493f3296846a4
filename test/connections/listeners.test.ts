import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Socket } from 'socket.io';
import { startInMemory } from '../support/kit.js';
import { until } from '../support/wait.js';
import { Namespace, On, OnConnect } from '../../src/index.js';
import { PATH, startWith } from '../support/start-with.js';

/** An application whose sockets are prepared with Socket.IO's own means when they connect. */
async function startPrepared(t: Parameters<typeof startWith>[0], prepare: (socket: Socket) => void) {
  const running = await startWith(t, () => 'handled');
  running.app.io.of(PATH).on('connection', prepare);
  return { ...running, client: await running.connect(PATH) };
}

describe("a user's own listeners", () => {
  it('socket.onAny and prependAny hear every event, in their order, before the handler', async (t) => {
    const heard: unknown[] = [];
    const { client } = await startPrepared(t, (socket) => {
      socket.onAny((...event: unknown[]) => heard.push(['second', ...event.slice(0, 2)]));
      socket.prependAny((...event: unknown[]) => heard.push(['first', ...event.slice(0, 2)]));
    });
    assert.equal(await client.emitWithAck('run', 1), 'handled');
    assert.deepEqual(heard, [
      ['first', 'run', 1],
      ['second', 'run', 1],
    ]);
  });

  it('socket.offAny takes a listener away', async (t) => {
    let heard = 0;
    const { client } = await startPrepared(t, (socket) => {
      socket.onAny(() => {
        heard++;
        socket.offAny();
      });
    });
    await client.emitWithAck('run');
    await client.emitWithAck('run');
    assert.equal(heard, 1);
  });

  it('socket.onAnyOutgoing hears what is sent to the client', async (t) => {
    const heard: unknown[] = [];
    const { app, client } = await startPrepared(t, (socket) => {
      socket.onAnyOutgoing((...event: unknown[]) => heard.push(event));
    });
    app.io.of(PATH).to(client.id!).emit('broadcast', 1);
    app.io.of(PATH).sockets.get(client.id!)!.emit('direct', 2);
    await client.emitWithAck('run');
    assert.deepEqual(heard, [
      ['broadcast', 1],
      ['direct', 2],
    ]);
  });

  it('namespace.use refuses a connection with its own message and data', async (t) => {
    const { app, connect, refusal } = await startWith(t, () => 'handled');
    app.io.of(PATH).use((socket, next) => {
      const { token } = socket.handshake.auth;
      next(token === 'good' ? undefined : Object.assign(new Error('no such token'), { data: { token } as never }));
    });
    const refused = await refusal(PATH, { auth: { token: 'bad' } });
    assert.deepEqual([refused.message, refused.data], ['no such token', { token: 'bad' }]);
    assert.equal(await (await connect(PATH, { auth: { token: 'good' } })).emitWithAck('run'), 'handled');
  });

  it('disconnecting comes while the rooms are still known, disconnect after it', async (t) => {
    const heard: unknown[] = [];
    const { client } = await startPrepared(t, (socket) => {
      socket.on('disconnecting', (reason) => heard.push(['disconnecting', reason, socket.rooms.has('everybody')]));
      socket.on('disconnect', (reason) => heard.push(['disconnect', reason, socket.rooms.has('everybody')]));
    });
    client.disconnect();
    await until(() => heard.length === 2, 'the end of the connection');
    assert.deepEqual(heard, [
      ['disconnecting', 'client namespace disconnect', true],
      ['disconnect', 'client namespace disconnect', false],
    ]);
  });

  it('the adapter tells of rooms: create, join, leave, delete', async (t) => {
    const heard: unknown[] = [];
    const { app, connect } = await startWith(t, async (socket) => {
      await socket.join('table');
      await socket.leave('table');
    });
    const { adapter } = app.io.of(PATH);
    const client = await connect(PATH);
    for (const event of ['create-room', 'join-room', 'leave-room', 'delete-room']) {
      adapter.on(event, (room: string, id?: string) => heard.push([event, room, id === client.id]));
    }
    await client.emitWithAck('run');
    assert.deepEqual(heard, [
      ['create-room', 'table', false],
      ['join-room', 'table', true],
      ['leave-room', 'table', true],
      ['delete-room', 'table', false],
    ]);
  });
});

describe("a user's own namespaces", () => {
  @Namespace('/declared')
  class Declared {
    @On() who() {
      return 'a controller';
    }
  }

  it('stand beside those of controllers: by name, by RegExp and by function, with new_namespace', async (t) => {
    const { app, connect, refusal } = await startInMemory(t, [Declared]);
    const made: string[] = [];
    app.io.on('new_namespace', ({ name }) => made.push(name));
    const serve = (name: string) => (socket: Socket) => socket.on('who', (ack: (who: string) => void) => ack(name));
    app.io.of('/static').on('connection', serve('static'));
    app.io.of(/^\/pattern-\d+$/).on('connection', serve('pattern'));
    app.io
      .of((name, auth, next) => next(null, name.startsWith('/secret-') && auth['key'] === 'sesame'))
      .on('connection', serve('function'));
    const who = async (path: string, auth = {}): Promise<unknown> => (await connect(path, { auth })).emitWithAck('who');
    assert.equal(await who('/declared'), 'a controller');
    assert.equal(await who('/static'), 'static');
    assert.equal(await who('/pattern-7'), 'pattern');
    assert.equal(await who('/secret-1', { key: 'sesame' }), 'function');
    assert.equal((await refusal('/secret-2')).message, 'Invalid namespace');
    assert.deepEqual(made, ['/static', '/pattern-7', '/secret-1']);
  });

  it('of a family are freed with their last client, unless cleanupEmptyChildNamespaces is off', async (t) => {
    for (const cleanupEmptyChildNamespaces of [undefined, false]) {
      @Namespace('/game/:id')
      class Game {
        @OnConnect enter() {}
      }
      const options = cleanupEmptyChildNamespaces === undefined ? {} : { cleanupEmptyChildNamespaces };
      const { app, connect } = await startInMemory(t, [Game], options);
      const client = await connect('/game/7');
      const namespace = app.io.of('/game/7');
      client.disconnect();
      await until(() => namespace.sockets.size === 0, 'the client has left');
      assert.equal(app.io._nsps.has('/game/7'), cleanupEmptyChildNamespaces === false);
    }
  });
});
