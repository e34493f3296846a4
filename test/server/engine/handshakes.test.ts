/** What clients ask for when they begin, and the ids that they get: the same on both engines. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import type { Socket } from 'socket.io';
import { io as connect } from 'socket.io-client';
import { start, type Running } from './support.js';

type Query = Record<string, string>;

async function serve(t: TestContext, engine: 'ws' | 'corked'): Promise<Running> {
  const running = await start(engine);
  t.after(() => running.stop());
  return running;
}

async function join(t: TestContext, { io, port }: Running, query: Query, transports = ['websocket']): Promise<Socket> {
  const client = connect(`http://127.0.0.1:${port}`, { transports, query, forceNew: true, reconnection: false });
  t.after(() => client.disconnect());
  const [socket] = (await once(io, 'connection')) as [Socket];
  return socket;
}

for (const engine of ['ws', 'corked'] as const) {
  describe(`the clients of an engine (${engine})`, { timeout: 30_000 }, () => {
    it('have queries of their own, whatever the one before asked for', async (t) => {
      const running = await serve(t, engine);
      const first = await join(t, running, { room: 'a' });
      Object.assign(first.handshake.query, { room: 'changed', more: 'x' });
      const second = await join(t, running, { room: 'a' });
      const third = await join(t, running, { room: 'b', __proto__x: '1' });
      const fourth = await join(t, running, { room: 'b' }, ['polling']);
      const fifth = await join(t, running, { room: 'a' });
      const rooms = [first, second, third, fourth, fifth].map(({ handshake }) => handshake.query['room']);
      assert.deepEqual(rooms, ['changed', 'a', 'b', 'b', 'a']);
      assert.deepEqual(second.handshake.query, { EIO: '4', transport: 'websocket', room: 'a' });
      assert.equal(Object.getPrototypeOf(second.handshake.query), Object.prototype);
    });

    it('have the query that was made before', async (t) => {
      const running = await serve(t, engine);
      const make = (request: IncomingMessage & { _query?: Query }): void => {
        request._query = { EIO: '4', transport: 'websocket', from: 'before' };
      };
      await join(t, running, {});
      running.io.httpServer.prependListener('upgrade', make);
      const made = await join(t, running, {});
      running.io.httpServer.removeListener('upgrade', make);
      const parsed = await join(t, running, {});
      assert.deepEqual(
        [made, parsed].map(({ handshake }) => handshake.query['from']),
        ['before', undefined],
      );
    });

    it('have sessions whose ids are long, and nobody else has', async (t) => {
      const running = await serve(t, engine);
      const ids = new Set<string>();
      for (let n = 0; n < 20; n++) {
        const { conn } = await join(t, running, {});
        const { id } = conn as unknown as { id: string };
        assert.match(id, /^[\w-]{20}$/);
        ids.add(id);
      }
      assert.equal(ids.size, 20);
    });

    it('have ids of a way of your own, if there is one', async (t) => {
      const running = await serve(t, engine);
      let count = 0;
      running.io.engine.generateId = () => `mine-${++count}`;
      const { conn } = await join(t, running, {});
      assert.equal((conn as unknown as { id: string }).id, 'mine-1');
    });
  });
}
