/** What connections share, and that it is only where nothing else would be heard. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { Socket } from 'socket.io';
import { join, serve } from './support.js';

interface Conn {
  readonly id: string;
  readonly transport: {
    readonly name: string;
    readonly socket: { listeners(event: string): unknown[]; emit(event: string, ...values: unknown[]): boolean };
    listeners(event: string): unknown[];
    listenerCount(event: string): number;
    on(event: string, listener: () => void): void;
    emit(event: string): boolean;
  };
}

const events = ['error', 'ready', 'packet', 'drain', 'close'];
const connOf = (socket: Socket): Conn => socket.conn as unknown as Conn;

const ways = { websocket: ['websocket'], 'an upgrade': ['polling', 'websocket'] };

for (const [way, transports] of Object.entries(ways)) {
  describe(`connections by ${way}`, { timeout: 30_000 }, () => {
    it('share the listeners of their transports', async (t) => {
      const running = await serve(t, 'corked');
      const [, first] = await join(t, running, transports);
      const [, second] = await join(t, running, transports);
      const [a, b] = [connOf(first).transport, connOf(second).transport];
      for (const event of events) {
        assert.equal(a.listeners(event).length, 1, event);
        assert.deepEqual(a.listeners(event), b.listeners(event), event);
      }
      for (const event of ['message', 'close', 'error']) {
        assert.ok(a.socket.listeners(event).length >= 1, event);
        assert.equal(a.socket.listeners(event).at(-1), b.socket.listeners(event).at(-1), event);
      }
    });

    for (const engine of ['ws', 'corked'] as const) {
      it(`are forgotten when their clients leave (${engine})`, async (t) => {
        const running = await serve(t, engine);
        const [client, socket] = await join(t, running, transports);
        const [, other] = await join(t, running, transports);
        const conn = connOf(socket);
        const closed = once(conn as never, 'close');
        client.disconnect();
        await closed;
        const { clients, clientsCount } = running.io.engine as unknown as { clients: object; clientsCount: number };
        assert.deepEqual(Object.keys(clients), [connOf(other).id]);
        assert.equal(clientsCount, 1);
        for (const event of events.slice(1)) assert.equal(conn.transport.listenerCount(event), 0, event);
      });

      it(`end with the error of their WebSocket (${engine})`, async (t) => {
        const running = await serve(t, engine);
        const [, socket] = await join(t, running, transports);
        const left = once(socket, 'disconnect');
        connOf(socket).transport.socket.emit('error', new Error('broken'));
        const [reason, error] = (await left) as [string, Error & { type: string }];
        assert.equal(reason, 'transport error');
        assert.equal(error.type, 'TransportError');
        connOf(socket).transport.socket.emit('error', new Error('broken again'));
      });

      it(`carry texts, bytes and what is longer than a frame's length both ways (${engine})`, async (t) => {
        const running = await serve(t, engine);
        const [client, socket] = await join(t, running, transports);
        socket.on('echo', (value: unknown, answer: (value: unknown) => void) => answer(value));
        for (const value of ['a', 'é'.repeat(200), 'x'.repeat(70_000), Buffer.alloc(300, 7), [Buffer.from('1'), 'ü']]) {
          assert.deepEqual(await client.timeout(10_000).emitWithAck('echo', value), value);
        }
      });
    }
  });
}

describe('a transport that somebody listens to', { timeout: 30_000 }, () => {
  for (const event of ['error', 'ready', 'packet', 'drain', 'close', 'else']) {
    it(`keeps its listeners as they are: ${event}`, async (t) => {
      const running = await serve(t, 'corked');
      const heard: string[] = [];
      running.io.engine.prependListener('connection', ({ transport }: Conn) => {
        transport.on(event, () => void heard.push(event));
      });
      const [client, socket] = await join(t, running, ['websocket']);
      socket.on('echo', (answer: () => void) => answer());
      await client.timeout(10_000).emitWithAck('echo');
      const { transport } = connOf(socket);
      assert.equal(transport.listenerCount(event), event === 'else' ? 1 : 2);
      const left = once(socket, 'disconnect');
      transport.emit('else');
      transport.socket.emit('error', new Error('broken'));
      await left;
      if (event !== 'close') assert.ok(heard.length >= 1);
    });
  }
});
