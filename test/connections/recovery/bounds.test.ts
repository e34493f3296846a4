/** What is kept for clients that may come back is bounded, and a session is taken up once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Socket as ClientSocket } from 'socket.io-client';
import { Namespace, On } from '../../../src/index.js';
import { start, type Running } from '../../support/app.js';
import { nextEvent, until } from '../../support/wait.js';

@Namespace('/mail')
class Mail {
  @On() echo(value: unknown) {
    return value;
  }
}

const options = { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } };

/** Ends the transport of a client, as a lost network does. */
async function cut({ app }: Running, client: ClientSocket): Promise<void> {
  const { sockets } = app.io.of('/mail');
  const { id } = client;
  client.io.engine.close();
  await until(() => !sockets.has(id!), 'the end of the socket');
}

async function comeBack(client: ClientSocket): Promise<boolean> {
  const connected = nextEvent(client, 'connect');
  client.connect();
  await connected;
  return client.recovered;
}

describe('recovery', () => {
  for (const [name, limits, send] of [
    ['packets', { recoveryPackets: 100 }, (app: Running['app']) => void app.io.of('/mail').emit('news', 'x')],
    [
      'bytes',
      { recoveryBytes: 100_000 },
      (app: Running['app']) => void app.io.of('/mail').emit('news', 'x'.repeat(1_000)),
    ],
    [
      'binary',
      { recoveryBytes: 100_000 },
      (app: Running['app']) => void app.io.of('/mail').emit('news', Buffer.alloc(1_000)),
    ],
  ] as const) {
    it(`keeps no more ${name} than the limit, and makes a client new that would miss some`, async (t) => {
      const running = await start(t, [Mail], { ...options, limits });
      const client = await running.connect('/mail');
      await cut(running, client);
      for (let n = 0; n < 300; n++) send(running.app);
      const { packets } = running.app.io.of('/mail').adapter as unknown as { packets: unknown[] };
      assert.ok(packets.length <= 100, `${packets.length} packets are kept`);
      assert.equal(await comeBack(client), false);
      assert.ok((running.app.health().counts.recovery ?? 0) >= 200);
      assert.equal(running.log.lines.filter(({ message }) => message.includes('recoveryBytes')).length, 1);
    });
  }

  it('gives a session to one connection, however many name it', async (t) => {
    const running = await start(t, [Mail], options);
    const client = await running.connect('/mail');
    const { id } = client;
    const { _pid: pid } = client as unknown as { _pid: string };
    await cut(running, client);
    const others = await Promise.all(
      Array.from({ length: 5 }, () => running.connect('/mail', { auth: { pid, offset: '' } })),
    );
    assert.equal(others.filter((other) => other.id === id).length, 1);
    assert.equal(new Set(others.map((other) => other.id)).size, 5);
    for (const other of others) assert.equal(await other.emitWithAck('echo', 1), 1, 'none of them is deaf');
  });
});
