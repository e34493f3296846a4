/**
 * What a server and its clients can see besides the bytes: the same on both engines.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { Socket } from 'socket.io';
import { io as connect } from 'socket.io-client';
import { beneath, clientFrame, start, withClient as withOneClient } from './support.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
/** Packets that Engine.IO holds back. */
const waiting = ({ conn }: Socket) => (conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length;
const isData = ({ text }: { text: string }) => text.startsWith('42');

for (const engine of ['ws', 'corked'] as const) {
  const withClient = (test: Parameters<typeof withOneClient>[1], tls = false): Promise<void> =>
    withOneClient(engine, test, tls);

  describe(
    `an engine that writes ${engine === 'ws' ? 'once per packet' : 'once per turn'}`,
    { timeout: 30_000 },
    () => {
      it('takes one volatile packet per turn and drops what follows it', async () => {
        await withClient(async (client, socket) => {
          for (let n = 0; n < 5; n++) socket.volatile.emit('said', n);
          await turn();
          socket.volatile.emit('said', 'later');
          const frames = await client.until(({ text }) => text.includes('later'));
          assert.deepEqual(
            frames.filter(isData).map(({ text }) => text),
            ['42["said",0]', '42["said","later"]'],
          );
        });
      });

      it('takes one volatile packet of those that packets which came together cause', async () => {
        await withClient(async (client, socket) => {
          socket.on('ask', (n: number) => socket.volatile.emit('said', n));
          socket.on('last', (ack: () => void) => ack());
          client.send('42["ask",1]', '42["ask",2]', '42["ask",3]', '420["last"]');
          const frames = await client.until(({ text }) => text.startsWith('430'));
          assert.deepEqual(
            frames.filter(isData).map(({ text }) => text),
            ['42["said",1]'],
          );
        });
      });

      it('answers all packets that came together up to the one that disconnects the client', async () => {
        await withClient(async (client, socket) => {
          socket.on('echo', (value: number, ack: (value: number) => void) => ack(value));
          socket.on('leave', (ack: () => void) => {
            ack();
            socket.disconnect(true);
          });
          client.send('421["echo",1]', '422["echo",2]', '423["leave"]', '424["echo",4]');
          const texts = (await client.untilClosed()).map(({ text }) => text);
          assert.deepEqual(
            texts.filter((answer) => answer.startsWith('43')),
            ['431[1]', '432[2]', '433[]'],
          );
        });
      });

      it('answers packets that come while those before them are handled', async () => {
        await withClient(async (client, socket) => {
          const { tcp } = beneath(socket);
          socket.on('echo', (value: number, ack: (value: number) => void) => ack(value));
          socket.conn.once('packet', () => tcp.pause());
          socket.onAny(() => {
            socket.emit('said', 'handled');
            tcp.resume();
          });
          tcp.pause();
          for (const ids of [
            [1, 2],
            [3, 4],
          ])
            tcp.push(Buffer.concat(ids.map((id) => clientFrame({ payload: Buffer.from(`42${id}["echo",${id}]`) }))));
          tcp.resume();
          const frames = await client.until(({ text }) => text === '434[4]');
          assert.equal(frames.filter(({ text }) => text.startsWith('43')).length, 4);
        });
      });

      for (const tls of [false, true]) {
        it(`holds back while a client does not read, and loses nothing when it does (${tls ? 'TLS' : 'TCP'})`, async () => {
          await withClient(async (client, socket) => {
            const { ws, tcp } = beneath(socket);
            client.tcp.pause();
            let sent = 0;
            while (ws.bufferedAmount === 0 || socket.conn.transport.writable) {
              for (let n = 0; n < 16; n++) socket.emit('said', sent++, 'x'.repeat(4000 + (n % 3) * 60));
              await turn();
              await turn();
            }
            assert.ok(tcp.writableLength > 0);
            socket.emit('said', sent++, '');
            socket.volatile.emit('said', 'lost', '');
            assert.ok(waiting(socket) > 0);
            const drained = new Promise((resolve) =>
              socket.conn.on('drain', () => waiting(socket) === 0 && resolve(0)),
            );
            client.tcp.resume();
            await drained;
            const frames = await client.until(({ text }) => text === `42["said",${sent - 1},""]`);
            const numbers = frames.filter(isData).map(({ text }) => Number(text.split(',')[1]));
            assert.deepEqual(
              numbers,
              Array.from({ length: sent }, (_, n) => n),
            );
            while (!socket.conn.transport.writable) await turn();
            assert.equal(ws.bufferedAmount, 0);
          }, tls);
        });
      }

      it('calls every callback of a sent packet once, in order', async () => {
        await withClient(async (_client, socket) => {
          const called: number[] = [];
          await new Promise<void>((resolve) => {
            for (let n = 0; n < 20; n++) socket.conn.send('2["x"]', {}, () => called.push(n) === 20 && resolve());
            assert.deepEqual(called, []);
          });
          assert.deepEqual(
            called,
            Array.from({ length: 20 }, (_, n) => n),
          );
        });
      });

      it('delivers what was emitted before a disconnect to a real client', async () => {
        const server = await start(engine);
        try {
          server.io.on('connection', (socket) => {
            for (let n = 0; n < 100; n++) socket.emit('said', n, n % 10 === 0 ? Buffer.from('é') : 'é');
            socket.disconnect(true);
          });
          const client = connect(`http://127.0.0.1:${server.port}`, { transports: ['websocket'], reconnection: false });
          const said: number[] = [];
          client.on('said', (n: number) => said.push(n));
          const reason = await new Promise((resolve) => client.once('disconnect', resolve));
          assert.equal(reason, 'io server disconnect');
          assert.deepEqual(
            said,
            Array.from({ length: 100 }, (_, n) => n),
          );
        } finally {
          await server.stop();
        }
      });

      it('lets the first packet out even if the connection is terminated in the same turn', async () => {
        await withClient(async (client, socket) => {
          const closed = once(client.tcp, 'close');
          for (let n = 0; n < 5; n++) socket.emit('said', n);
          beneath(socket).ws.terminate();
          await closed;
          assert.deepEqual(
            client.frames.filter(isData).map(({ text }) => text),
            ['42["said",0]'],
          );
        });
      });

      it('ends the connection, once, when the client resets it in the middle of a batch', async () => {
        await withClient(async (client, socket, server) => {
          const reasons: string[] = [];
          socket.on('disconnect', (reason) => reasons.push(reason));
          const gone = once(socket, 'disconnect');
          client.tcp.pause();
          for (let n = 0; n < 2000; n++) socket.emit('said', n, 'x'.repeat(4000));
          await turn();
          client.tcp.resetAndDestroy();
          await gone;
          await turn();
          assert.equal(reasons.length, 1);
          assert.match(reasons[0]!, /^transport (error|close)$/);
          assert.equal(server.io.engine.clientsCount, 0);
          for (let n = 0; n < 20; n++) socket.emit('said', n);
        });
      });
    },
  );
}
