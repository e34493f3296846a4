/** `app.count` and `app.rooms`: how many clients are where, on one node and on two. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type App, type AppOptions, Namespace, On, OnConnect } from '../../src/index.js';
import { Socket } from 'socket.io';
import { start } from '../support/app.js';
import { deferred, until } from '../support/wait.js';

@Namespace('/chat')
class Chat {
  @On('join')
  async join(socket: Socket, room: string): Promise<void> {
    await socket.join(room);
  }
}

const sorted = (rooms: ReadonlyMap<string, number>): [string, number][] =>
  [...rooms].sort(([a], [b]) => (a < b ? -1 : 1));

for (const nodes of [1, 2]) {
  describe(`counts on ${nodes === 1 ? 'one node' : 'two nodes'}`, () => {
    const options = (): Pick<AppOptions, 'adapter'> =>
      nodes === 1
        ? {}
        : { adapter: { url: `memory://counts-${process.pid}`, heartbeat: { interval: 50, timeout: 5_000 } } };

    it('count the clients of a namespace and of its rooms, without the rooms of ids', async (t) => {
      const running = await Promise.all(Array.from({ length: nodes }, () => start(t, [Chat], options())));
      const apps = running.map(({ app }) => app);
      const all = (holds: (app: App) => boolean, what: string): Promise<void> => until(() => apps.every(holds), what);
      assert.equal(apps[0]!.count('/chat'), 0);
      assert.deepEqual(sorted(apps[0]!.rooms('/chat')), []);
      const clients = await Promise.all([0, 1, 2].map((n) => running[n % nodes]!.connect('/chat')));
      await all((app) => app.count('/chat') === 3, 'three clients');
      await Promise.all(clients.map((client, n) => client.emitWithAck('join', n === 0 ? 'blue' : 'red')));
      await all((app) => app.count('/chat', 'red') === 2, 'two in red');
      for (const app of apps) {
        assert.deepEqual(sorted(app.rooms('/chat')), [
          ['blue', 1],
          ['red', 2],
        ]);
        assert.equal(app.count('/chat', 'green'), 0);
        assert.equal(app.count('/nowhere'), 0);
        assert.deepEqual(sorted(app.rooms('/nowhere')), []);
      }
      clients[0]!.disconnect();
      await all((app) => app.count('/chat') === 2 && app.rooms('/chat').size === 1, 'one has left');
    });

    it('take a namespace with and without its slash, as io.of does', async (t) => {
      const { app, connect } = await start(t, [Chat], options());
      await connect('/chat');
      assert.equal(app.count('chat'), app.count('/chat'));
      assert.equal(app.count('/chat'), 1);
      assert.deepEqual(sorted(app.rooms('chat')), []);
    });

    it('a client in the gate is counted nowhere', async (t) => {
      const gate = deferred();
      const entered = deferred();
      @Namespace('/slow')
      class Slow {
        @OnConnect()
        async connected(socket: Socket): Promise<void> {
          await socket.join('room');
          entered.resolve();
          await gate.promise;
        }
      }
      const { app, client } = await start(t, [Slow], options());
      const socket = client('/slow');
      await entered.promise;
      assert.equal(app.count('/slow'), 0);
      assert.equal(app.count('/slow', 'room'), 0);
      assert.deepEqual(sorted(app.rooms('/slow')), []);
      gate.resolve();
      await until(() => socket.connected, 'the client is connected');
      assert.equal(app.count('/slow'), 1);
      assert.equal(app.count('/slow', 'room'), 1);
    });
  });
}
