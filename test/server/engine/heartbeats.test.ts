/** Clients are pinged, and those that do not answer are given up: the same on both engines. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import type { Socket } from 'socket.io';
import { io as connect } from 'socket.io-client';
import { startHeartbeat } from '../../../src/server/engine/heartbeats.js';
import type { EngineSocket } from '../../../src/server/engine/ws.js';
import { join, RawClient, serve } from './support.js';

/** Clients are pinged soon, and given up after `pingTimeout` milliseconds. */
const soon = (pingTimeout: number) => ({ pingInterval: 20, pingTimeout });

for (const engine of ['ws', 'corked'] as const) {
  describe(`the clients of an engine (${engine})`, { timeout: 30_000 }, () => {
    for (const transports of [['websocket'], ['polling', 'websocket'], ['polling']]) {
      it(`are pinged again and again: ${transports.join(', then ')}`, async (t) => {
        const running = await serve(t, engine, soon(20_000));
        const both = [await join(t, running, transports), await join(t, running, transports)];
        for (let beats = 0; beats < 3; beats++) {
          await Promise.all(both.map(([, { conn }]) => once(conn as never, 'heartbeat')));
        }
        assert.ok(both.every(([client]) => client.connected));
      });
    }

    it('are given up if they do not answer, while others stay', async (t) => {
      const running = await serve(t, engine, soon(100));
      const [other] = await join(t, running, ['websocket']);
      const { client, socket: silent } = await RawClient.connect(running);
      t.after(() => client.tcp.destroy());
      const [reason] = (await once(silent, 'disconnect')) as [string];
      assert.equal(reason, 'ping timeout');
      assert.ok(other.connected);
    });
  });
}

/** What `AsyncLocalStorage` holds for the handshake of a client. */
const storage = new AsyncLocalStorage<string>();

for (const engine of ['ws', 'corked'] as const) {
  it(
    `a client that is given up leaves in the async context of its own handshake (${engine})`,
    { timeout: 30_000 },
    async (t) => {
      const running = await serve(t, engine, soon(60));
      running.io.engine.use((request: IncomingMessage, _response: unknown, next: () => void) => {
        const name = new URL(request.url!, 'http://localhost').searchParams.get('name')!;
        storage.run(name, next);
      });
      const left: Promise<string[]>[] = [];
      for (const name of ['first', 'second', 'third']) {
        const client = connect(`http://127.0.0.1:${running.port}`, {
          transports: ['websocket'],
          forceNew: true,
          reconnection: false,
          query: { name },
        });
        t.after(() => client.disconnect());
        const [socket] = (await once(running.io, 'connection')) as [Socket];
        left.push(new Promise((resolve) => socket.on('disconnect', () => resolve([name, String(storage.getStore())]))));
        if (!client.connected) await once(client as never, 'connect');
        // From here on it answers no ping.
        Object.assign(client.io.engine, { _sendPacket: () => undefined });
      }
      assert.deepEqual(
        await Promise.all(left),
        ['first', 'second', 'third'].map((name) => [name, name]),
      );
    },
  );
}

describe('heartbeats of one interval', { timeout: 30_000 }, () => {
  const pinged: string[] = [];

  /** A socket that is told to ping, and what it resolves to when it has. */
  function socketOf(name: string): { socket: EngineSocket; isPinged: Promise<void> } {
    let tell = (): void => undefined;
    const isPinged = new Promise<void>((resolve) => (tell = resolve));
    const sendPacket = (type: string): void => void pinged.push(`${type} ${name}`);
    return { socket: { sendPacket, resetPingTimeout: () => tell() } as never, isPinged };
  }

  it('come in the order in which they were set, without those that ended', async () => {
    const [first, second, third, fourth] = [socketOf('1'), socketOf('2'), socketOf('3'), socketOf('4')];
    const [one, two] = [startHeartbeat(first.socket, 15), startHeartbeat(second.socket, 15)];
    startHeartbeat(third.socket, 15);
    const four = startHeartbeat(fourth.socket, 15);
    two.close();
    two.close();
    one.refresh();
    four.close();
    four.refresh();
    await fourth.isPinged;
    assert.deepEqual(pinged.splice(0), ['ping 3', 'ping 1', 'ping 4']);
    const [fifth] = [socketOf('5')];
    startHeartbeat(fifth.socket, 15);
    one.refresh();
    one.close();
    await fifth.isPinged;
    assert.deepEqual(pinged, ['ping 5']);
  });
});
