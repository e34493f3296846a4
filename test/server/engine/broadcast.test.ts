/**
 * Broadcasts to clients of every kind: each reads the same from the stock engine and from the one that sends a broadcast's frame
 * without Engine.IO's objects.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { io as connect, type Socket as Client } from 'socket.io-client';
import type { Socket } from 'socket.io';
import { countPackets } from '../../../src/connections/observing/packet-counters.js';
import { start, withClient, type Running } from './support.js';

interface Step {
  readonly to: readonly string[];
  readonly except: readonly string[];
  readonly compress: boolean;
  readonly how: 'text' | 'long' | 'binary' | 'own' | 'two' | 'turn';
}

const SEED = 20260502;
const rooms = ['a', 'b', 'c'];
const step: fc.Arbitrary<Step> = fc.record({
  to: fc.subarray(rooms),
  except: fc.subarray(rooms, { maxLength: 1 }),
  compress: fc.boolean(),
  how: fc.constantFrom('text', 'text', 'long', 'binary', 'own', 'two', 'turn'),
});
const ways = [['websocket'], ['websocket'], ['polling'], ['polling', 'websocket']];
/** The bytes that were sent to each client, where they are counted. */
const counted = new WeakMap<Socket, number>();
const count = (socket: Socket): void =>
  countPackets(socket.conn as never, {
    received: () => undefined,
    sent: (_, bytes) => void counted.set(socket, (counted.get(socket) ?? 0) + bytes),
  });
const listens: Record<string, (socket: Socket) => void> = {
  nobody: () => undefined,
  'somebody, to packets': ({ conn }) => conn.on('packetCreate', () => undefined),
  'somebody, to draining': ({ conn }) => conn.on('drain', () => undefined),
  'somebody who counts': count,
  'somebody, to what goes out': (socket) => socket.onAnyOutgoing(() => undefined),
};

/** Joins clients of all kinds, each in the rooms that its number has. */
async function joinAll(server: Running, listen: (socket: Socket) => void): Promise<[Client, Socket][]> {
  const joined: [Client, Socket][] = [];
  for (const [n, transports] of ways.entries()) {
    const client = connect(`http://127.0.0.1:${server.port}`, { transports, forceNew: true, reconnection: false });
    const [socket] = (await once(server.io, 'connection')) as [Socket];
    if (socket.conn.transport.name !== transports.at(-1)) await once(socket.conn, 'upgrade');
    for (const [bit, room] of rooms.entries()) if ((n + 1) & (1 << bit)) await socket.join(room);
    listen(socket);
    joined.push([client, socket]);
  }
  return joined;
}

const texts = { text: 'héllo', long: 'x'.repeat(5_000) };

/** What each client hears of the steps. */
async function play(
  server: Running,
  clients: readonly [Client, Socket][],
  steps: readonly Step[],
): Promise<unknown[][]> {
  const heard = clients.map(([client]) => {
    const list: unknown[] = [];
    client.offAny().onAny((...values: unknown[]) => list.push(values));
    return list;
  });
  const ends = clients.map(([client]) => once(client as never, 'end'));
  for (const [n, { to, except, compress, how }] of steps.entries()) {
    const all = server.io
      .to([...to])
      .except([...except])
      .compress(compress);
    if (how === 'turn') await new Promise((resolve) => setImmediate(resolve));
    else if (how === 'own') for (const [, socket] of clients) socket.emit('own', n);
    else if (how === 'binary') all.emit('bytes', n, Buffer.from([n]));
    else if (how === 'two') for (const part of [1, 2]) all.emit('two', n, part);
    else all.emit('said', n, texts[how]);
  }
  for (const [, socket] of clients) socket.emit('end');
  await Promise.all(ends);
  return heard.map((list, n) => [...list, counted.get(clients[n]![1])]);
}

describe('a broadcast', { timeout: 120_000 }, () => {
  for (const [who, listen] of Object.entries(listens)) {
    it(`is heard as from the stock engine, while ${who} listens`, async (t) => {
      const [stock, corked] = await Promise.all([start('ws'), start('corked')]);
      t.after(() => Promise.all([stock.stop(), corked.stop()]));
      const [expected, actual] = [await joinAll(stock, listen), await joinAll(corked, listen)];
      t.after(() => [...expected, ...actual].map(([client]) => client.disconnect()));
      const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        assert.deepEqual(await play(corked, actual, steps), await play(stock, expected, steps));
      });
      await fc.assert(property, { seed: SEED, numRuns: 25 });
    });
  }

  it('makes no packet of Engine.IO for a receiver that nobody listens to and nothing waits for', async () => {
    for (const [engine, made] of [
      ['ws', 2],
      ['corked', 0],
    ] as const) {
      await withClient(engine, async (client, { conn }, { io }) => {
        const sending = conn as unknown as { sendPacket(...values: unknown[]): unknown };
        const { sendPacket } = sending;
        let packets = 0;
        sending.sendPacket = (...values) => {
          packets++;
          return sendPacket.apply(sending, values);
        };
        for (const said of ['first', 'second']) {
          io.emit('said', said);
          await client.until(({ text }) => text.includes(said));
          await new Promise((resolve) => setImmediate(resolve));
        }
        assert.equal(packets, made, engine);
      });
    }
  });

  for (const engine of ['ws', 'corked'] as const) {
    const saids = (frames: readonly { text: string }[]): string[] =>
      frames.map(({ text }) => text).filter((text) => text.startsWith('42["said"'));

    it(`that is volatile is dropped behind another packet of its turn, not behind one of an earlier turn (${engine})`, async () => {
      await withClient(engine, async (client, socket, { io }) => {
        for (let n = 0; n < 3; n++) io.volatile.emit('said', n);
        await new Promise((resolve) => setImmediate(resolve));
        io.volatile.emit('said', 'later');
        socket.emit('said', 'mine');
        io.volatile.emit('said', 'dropped');
        io.emit('said', 'last');
        const frames = await client.until(({ text }) => text.includes('last'));
        assert.deepEqual(
          saids(frames),
          ['0', '"later"', '"mine"', '"last"'].map((value) => `42["said",${value}]`),
        );
      });
    });

    it(`tells who listens to packets, for each receiver (${engine})`, async () => {
      await withClient(engine, async (client, { conn }, { io }) => {
        const heard: string[] = [];
        conn.on('packetCreate', ({ data }) => heard.push(`create ${String(data)}`));
        conn.on('flush', () => heard.push('flush'));
        conn.on('drain', () => heard.push('drain'));
        io.emit('said', 1);
        await client.until(({ text }) => text.includes('said'));
        assert.deepEqual(heard, ['create 2["said",1]', 'flush', 'drain']);
      });
    });

    it(`goes to nobody whose session has closed, and closing waits for it (${engine})`, async () => {
      await withClient(engine, async (client, socket, { io }) => {
        io.emit('said', 'before');
        io.emit('said', 'waits');
        socket.conn.close();
        io.emit('said', 'after');
        assert.deepEqual(saids(await client.untilClosed()), ['42["said","before"]', '42["said","waits"]']);
      });
    });
  }
});
