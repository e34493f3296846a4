import 'reflect-metadata';
import assert from 'node:assert/strict';
import { afterEach, describe, mock, test } from 'node:test';
import { Socket } from 'socket.io';
import { inject, singleton } from 'tsyringe';
import { Background, Namespace, On, OnConnect, OnDisconnect, Rooms } from '../../../src/index.js';
import { createTestCluster, type TestApp, type TestAppOptions, type TestCluster } from '../../../src/testing/index.js';

@Namespace('/')
class Chat {
  @On('join') async join(room: string, socket: Socket) {
    await socket.join(room);
  }
  @On('say') say(room: string, value: unknown, socket: Socket) {
    socket.to(room).emit('said', value);
  }
  @On('where') async where(room: string, socket: Socket) {
    return (await socket.nsp.in(room).fetchSockets()).map(({ id, data }) => [id, data]);
  }
}

@Namespace('/game/:id')
class Game {
  @On('tell') tell(value: unknown, socket: Socket) {
    socket.broadcast.emit('told', value);
  }
}

@singleton()
class Once {
  static readonly ran: string[] = [];
  constructor(@inject('name') readonly name: string) {}
  @Background({ every: 60_000, once: 'cluster' }) run() {
    Once.ran.push(this.name);
  }
}

const controllers = [Chat, Game];
let cluster: TestCluster | undefined;

async function boot(options: Parameters<typeof createTestCluster>[1] = { controllers }): Promise<[TestApp, TestApp]> {
  cluster = await createTestCluster(2, options);
  return cluster.nodes as [TestApp, TestApp];
}

afterEach(async () => {
  await cluster?.close();
});

describe('the nodes of a test cluster', () => {
  test('hear what handlers of disconnections say on a node that stops, also after a wait', async () => {
    @Namespace('/leaving')
    class Leaving {
      @OnConnect async enter(socket: Socket) {
        await socket.join('hall');
      }
      @OnDisconnect async leave(socket: Socket, @Rooms() rooms: string[]) {
        socket.to(rooms).emit('left', 'at once');
        await Promise.resolve();
        socket.to(rooms).emit('left', 'later');
      }
    }
    const [one, two] = await boot({ controllers: [Leaving] });
    await one.connect('/leaving');
    const other = await two.connect('/leaving');
    await one.close();
    await other.expectEmitted('left', 'at once');
    await other.expectEmitted('left', 'later');
  });

  test('reach each other with a broadcast to a room, with bytes, except to who sends it', async () => {
    const [one, two] = await boot();
    const [ada, bob, eve] = [await one.connect(), await two.connect(), await two.connect()];
    await Promise.all([ada.call('join', 'a'), bob.call('join', 'a')]);
    ada.emit('say', 'a', { bytes: Buffer.from('ab') });
    await bob.expectEmitted('said', { bytes: Buffer.from('ab') });
    await ada.expectNothing();
    await eve.expectNothing();
  });

  test('find, move and disconnect the clients of the whole cluster', async () => {
    const [one, two] = await boot();
    const [ada, bob] = [await one.connect(), await two.connect()];
    two.socketOf(bob).data['name'] = 'Bob';
    one.io.socketsJoin('all');
    await cluster!.settled();
    const found = await ada.call<[string, object][]>('where', 'all');
    assert.deepEqual(
      new Map(found),
      new Map([
        [ada.id, {}],
        [bob.id, { name: 'Bob' }],
      ] as [string, object][]),
    );
    one.io.in(bob.id ?? '').disconnectSockets();
    assert.equal(await bob.disconnected(), 'io server disconnect');
    assert.equal(ada.connected, true);
  });

  test('ask each other, and all clients for an acknowledgement', async () => {
    const [one, two] = await boot();
    two.io.on('question', (value: number, answer: (value: number) => void) => answer(value + 1));
    assert.deepEqual(await one.io.serverSideEmitWithAck('question', 1), [2]);
    const clients = [await one.connect(), await two.connect()];
    for (const { socket } of clients) socket.on('ask', (answer: (value: number) => void) => answer(7));
    assert.deepEqual(await one.io.timeout(1_000).emitWithAck('ask'), [7, 7]);
  });

  test('share a namespace of a family where both have clients of it', async () => {
    const [one, two] = await boot();
    const ada = await one.connect('/game/1');
    assert.deepEqual(
      await one.io
        .of('/game/1')
        .fetchSockets()
        .then((all) => all.length),
      1,
    );
    const [bob, eve] = [await two.connect('/game/1'), await two.connect('/game/2')];
    bob.emit('tell', 'hi');
    await ada.expectEmitted('told', 'hi');
    await eve.expectNothing();
  });

  test('share no object, and what cannot be sent throws to who sends it', async () => {
    const [one, two] = await boot();
    const seen: unknown[] = [];
    two.io.on('object', (value) => seen.push(value));
    const value = { n: 1 };
    one.io.serverSideEmit('object', value);
    value.n = 2;
    await cluster!.delivered();
    assert.deepEqual(seen, [{ n: 1 }]);
    const bob = await two.connect();
    assert.throws(() => one.io.emit('news', 1n), TypeError);
    await bob.expectNothing();
    one.io.emit('news', { when: new Date(0), nothing: undefined, none: () => {} });
    await bob.expectEmitted('news', { when: '1970-01-01T00:00:00.000Z' });
  });

  test('are independent in everything else: services, options, closing', async () => {
    const own = (index: number): TestAppOptions => ({
      controllers,
      services: [Once],
      overrides: [{ token: 'name', useValue: `node ${index}` }],
    });
    const [one, two] = await boot(own);
    await cluster!.settled();
    assert.deepEqual(Once.ran, ['node 0']);
    const [ada, bob] = [await one.connect(), await two.connect()];
    await one.close();
    await cluster!.settled();
    assert.deepEqual(Once.ran, ['node 0', 'node 1']);
    assert.equal(await ada.disconnected(), 'transport close');
    assert.deepEqual(await bob.call('where', 'nobody'), []);
  });

  test('do not lose each other when a mocked clock jumps', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
    const [one, two] = await boot();
    const [, bob] = [await one.connect(), await two.connect()];
    mock.timers.tick(24 * 60 * 60 * 1000);
    one.io.emit('news', 1);
    await bob.expectEmitted('news', 1);
    assert.equal((await one.io.fetchSockets()).length, 2);
    await cluster?.close();
    mock.timers.reset();
  });
});
