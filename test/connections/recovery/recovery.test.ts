import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Socket as ClientSocket } from 'socket.io-client';
import { Socket } from 'socket.io';
import { Auth, ConnectionRefused, Namespace, On, OnConnect, type AppOptions } from '../../../src/index.js';
import { start, type Running } from '../../support/app.js';
import { nextEvent, until } from '../../support/wait.js';

const revoked = new Set<string>();
const recovered: boolean[] = [];

@Namespace('/mail')
class Mail {
  @OnConnect
  async enter(@Auth('token') token: string, socket: Socket): Promise<void> {
    await Promise.resolve();
    if (revoked.has(token)) throw new ConnectionRefused('revoked');
    recovered.push(socket.recovered);
    if (!socket.recovered) await socket.join('readers');
  }

  @On('join')
  async join(room: string, socket: Socket): Promise<string[]> {
    await socket.join(room);
    return [...socket.rooms];
  }

  @On('rooms')
  rooms(socket: Socket): string[] {
    return [...socket.rooms].filter((room) => room !== socket.id);
  }
}

@Namespace('/game/:id')
class Game {
  @OnConnect
  enter(socket: Socket): void {
    if (socket.handshake.auth['refused']) throw new ConnectionRefused();
  }
}

const options: Partial<AppOptions> = { connectionStateRecovery: {} };

/** Cuts the transport, as a lost network does, and waits until the server has seen it. */
async function cut({ app }: Running, socket: ClientSocket): Promise<void> {
  const { id } = socket;
  const gone = nextEvent(socket, 'disconnect');
  socket.io.engine.close();
  await gone;
  const isThere = (): boolean => [...app.io._nsps.values()].some(({ sockets }) => sockets.has(id!));
  await until(() => !isThere(), 'the server has noticed');
}

async function returning(socket: ClientSocket): Promise<unknown[]> {
  const received: unknown[] = [];
  socket.on('news', (...args: unknown[]) => received.push(args[0]));
  socket.connect();
  await nextEvent(socket, 'connect');
  return received;
}

describe('connection state recovery', () => {
  it('brings back rooms and what was missed, in order, although the server had never emitted before', async (t) => {
    const running = await start(t, [Mail], options);
    const socket = await running.connect('/mail', { auth: { token: 'a' } });
    const { id } = socket;
    await cut(running, socket);
    running.app.io.of('/mail').to('readers').emit('news', 1);
    running.app.io.of('/mail').emit('news', 2);
    running.app.io.of('/mail').to('strangers').emit('news', 3);
    const received = await returning(socket);
    assert.equal(socket.recovered, true);
    assert.equal(socket.id, id);
    assert.deepEqual(await socket.emitWithAck('rooms'), ['readers']);
    assert.deepEqual(received, [1, 2]);
    assert.equal(recovered.at(-1), true);
  });

  it('sends only what came after the last packet that the client has seen', async (t) => {
    const running = await start(t, [Mail], options);
    const socket = await running.connect('/mail', { auth: { token: 'a' } });
    const first = nextEvent(socket, 'news');
    running.app.io.of('/mail').emit('news', 'before');
    await first;
    await cut(running, socket);
    running.app.io.of('/mail').emit('news', 'missed');
    const received = await returning(socket);
    await socket.emitWithAck('rooms');
    assert.deepEqual(received, ['missed']);
  });

  it('checks authorisation again, and sends nothing that was missed to who is refused', async (t) => {
    const running = await start(t, [Mail], options);
    const socket = await running.connect('/mail', { auth: { token: 'gone' } });
    await cut(running, socket);
    running.app.io.of('/mail').to('readers').emit('news', 'secret');
    revoked.add('gone');
    const seen: unknown[] = [];
    socket.onAny((...event: unknown[]) => seen.push(event));
    socket.connect();
    const [error] = await nextEvent<[Error & { data: unknown }]>(socket, 'connect_error');
    assert.equal(error.message, 'revoked');
    assert.deepEqual(error.data, { code: 'refused' });
    assert.deepEqual(seen, []);
    const { rooms, sids } = running.app.io.of('/mail').adapter;
    assert.equal(rooms.size + sids.size, 0);
  });

  it('leaves nobody in the room of the id that comes back: neither who entered meanwhile, nor who comes back with it', async (t) => {
    const running = await start(t, [Mail], options);
    const [ada, eve, mel] = await Promise.all([1, 2, 3].map(() => running.connect('/mail', { auth: { token: 'a' } })));
    const { id } = ada!;
    const namespace = running.app.io.of('/mail');
    await cut(running, ada!);
    for (const other of [eve, mel]) {
      const { error } = (await other!.emitWithAck('join', id)) as { error: { code: string } };
      assert.equal(error.code, 'room_taken', 'also while its owner is away');
    }
    await cut(running, mel!);
    await returning(ada!);
    await returning(mel!);
    assert.deepEqual([ada!.recovered, ada!.id, mel!.recovered], [true, id, true]);
    assert.deepEqual([...namespace.adapter.rooms.get(id!)!], [id]);
    assert.deepEqual(await mel!.emitWithAck('rooms'), ['readers']);
    const seen: unknown[] = [];
    for (const other of [eve!, mel!]) other.on('private', () => seen.push(other));
    const arrived = nextEvent(ada!, 'private');
    namespace.to(id!).emit('private');
    await arrived;
    await Promise.all([eve, mel].map((other) => other!.emitWithAck('rooms')));
    assert.deepEqual(seen, []);
  });

  it('brings back the last client of a namespace of a family', async (t) => {
    const running = await start(t, [Game], options);
    const socket = await running.connect('/game/7');
    const { id } = socket;
    await cut(running, socket);
    running.app.io.of('/game/7').emit('news', 'missed');
    const received = await returning(socket);
    assert.deepEqual([socket.recovered, socket.id], [true, id]);
    await until(() => received.length === 1, 'what was missed');
  });

  it('frees such a namespace when nobody can come back to it any more, and at once who was refused', async (t) => {
    const running = await start(t, [Game], { connectionStateRecovery: { maxDisconnectionDuration: 20 } });
    const names = (): string[] => [...running.app.io._nsps.keys()];
    await running.refusal('/game/8', { auth: { refused: true } });
    assert.deepEqual(names(), ['/']);
    await cut(running, await running.connect('/game/7'));
    assert.deepEqual(names(), ['/', '/game/7']);
    await until(() => names().length === 1, 'its end');
    const again = await running.connect('/game/7');
    assert.equal(again.recovered, false);
  });
});
