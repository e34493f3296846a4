/**
 * How often the server goes to the kernel; counted, so it holds on any machine.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { describe, it } from 'node:test';
import type { Socket } from 'socket.io';
import { io as connect, type Socket as ClientSocket } from 'socket.io-client';
import { beneath, countWrites, onWrite, RawClient, start, type Running } from './support.js';

const BURST = 16;
const messages = Array.from({ length: BURST }, (_, id) => `42${id}["echo","hello"]`);

async function writesOfAcks(server: Running): Promise<number> {
  const { client, socket } = await RawClient.connect(server);
  socket.on('echo', (value: string, ack: (value: string) => void) => ack(value));
  const writes = countWrites(beneath(socket).tcp);
  client.send(...messages);
  await client.until(({ text }) => text.startsWith(`43${BURST - 1}`));
  client.tcp.destroy();
  return writes.count;
}

/** Asks for a WebSocket, and says no more. */
async function upgrade({ port }: Running): Promise<[IncomingMessage, TcpSocket, Buffer]> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  const path = '/socket.io/?EIO=4&transport=websocket';
  return (await once(request({ port, host: '127.0.0.1', path, headers }).end(), 'upgrade')) as Awaited<
    ReturnType<typeof upgrade>
  >;
}

async function writesOfUpgrade(server: Running): Promise<number> {
  let writes = { count: 0 };
  server.io.httpServer.once('connection', (tcp: TcpSocket) => (writes = countWrites(tcp)));
  const opened = once(server.io.engine, 'connection');
  const [, tcp] = await upgrade(server);
  await opened;
  tcp.destroy();
  return writes.count;
}

/** A real client, connected over WebSocket from the start or by an upgrade from polling. */
async function join(server: Running, transports: string[]): Promise<{ client: ClientSocket; socket: Socket }> {
  const client = connect(`http://127.0.0.1:${server.port}`, { transports, forceNew: true, reconnection: false });
  const [socket] = (await once(server.io, 'connection')) as [Socket];
  if (socket.conn.transport.name === 'polling') await once(socket.conn, 'upgrade');
  if (!client.connected) await new Promise<void>((resolve) => client.once('connect', resolve));
  return { client, socket };
}

describe('one write per turn', { timeout: 30_000 }, () => {
  it(`answers a burst of ${BURST} acknowledgements with one write, the stock engine with ${BURST}`, async () => {
    const [stock, corked] = await Promise.all([start('ws'), start('corked')]);
    try {
      assert.equal(await writesOfAcks(stock), BURST);
      assert.equal(await writesOfAcks(corked), 1);
    } finally {
      await Promise.all([stock.stop(), corked.stop()]);
    }
  });

  it('answers in two writes where the handlers are asynchronous', async () => {
    const server = await start('corked');
    try {
      const { client, socket } = await RawClient.connect(server);
      socket.on('echo', async (value: string, ack: (value: string) => void) => {
        await Promise.resolve();
        ack(value);
      });
      const writes = countWrites(beneath(socket).tcp);
      client.send(...messages);
      await client.until(({ text }) => text.startsWith(`43${BURST - 1}`));
      assert.equal(writes.count, 2);
      client.tcp.destroy();
    } finally {
      await server.stop();
    }
  });

  for (const transports of [['websocket'], ['polling', 'websocket']]) {
    it(`sends ${BURST} broadcasts to each client in two writes (${transports.join(', then ')})`, async () => {
      const server = await start('corked');
      try {
        const members = [
          await join(server, transports),
          await join(server, transports),
          await join(server, transports),
        ];
        const counts = members.map(({ socket }) => countWrites(beneath(socket).tcp));
        const heard = members.map(({ client }) => {
          const said: number[] = [];
          return new Promise<number[]>((resolve) =>
            client.on('said', (n: number) => {
              if (said.push(n) === BURST) resolve(said);
            }),
          );
        });
        for (let n = 0; n < BURST; n++) server.io.emit('said', n);
        for (const said of await Promise.all(heard))
          assert.deepEqual(
            said,
            Array.from({ length: BURST }, (_, n) => n),
          );
        for (const { count } of counts) assert.ok(count <= 2, `${count} writes`);
        for (const { client } of members) client.disconnect();
      } finally {
        await server.stop();
      }
    });
  }

  it('answers an upgrade and opens the session with one write', async () => {
    const [stock, corked] = await Promise.all([start('ws'), start('corked')]);
    try {
      assert.equal(await writesOfUpgrade(stock), 2);
      assert.equal(await writesOfUpgrade(corked), 1);
    } finally {
      await Promise.all([stock.stop(), corked.stop()]);
    }
  });

  it('does not hold the answer to an upgrade back for an id that takes its time', async () => {
    const server = await start('corked');
    try {
      let giveId: (id: string) => void = () => {};
      server.io.engine.generateId = () => new Promise<string>((resolve) => (giveId = resolve)) as never;
      const [response, tcp] = await upgrade(server);
      assert.equal(response.statusCode, 101);
      giveId('late');
      const [open] = (await once(tcp, 'data')) as [Buffer];
      assert.match(open.toString('latin1'), /"sid":"late"/);
      tcp.destroy();
    } finally {
      await server.stop();
    }
  });

  it('has handed a lone packet to the kernel when emit returns', async () => {
    const server = await start('corked');
    try {
      const { client, socket } = await RawClient.connect(server);
      const { tcp, ws } = beneath(socket);
      await new Promise((resolve) => setImmediate(resolve));
      const writes = countWrites(tcp);
      socket.emit('said', 'hello');
      assert.equal(writes.count, 1);
      await client.until(({ text }) => text.includes('hello'));
      assert.equal(ws.bufferedAmount, 0);
      client.tcp.destroy();
    } finally {
      await server.stop();
    }
  });

  it('sends a broadcast as one chunk, encoded once for all its receivers', async () => {
    const server = await start('corked');
    try {
      const members = [await RawClient.connect(server), await RawClient.connect(server)];
      await new Promise((resolve) => setImmediate(resolve));
      const chunks: unknown[] = [];
      for (const { socket } of members) {
        const { tcp } = beneath(socket);
        onWrite(tcp, (_request, chunk) => chunks.push(chunk));
      }
      server.io.emit('said', 'hello');
      assert.equal(chunks.length, 2);
      assert.equal(chunks[0], chunks[1]);
      for (const { client } of members) client.tcp.destroy();
    } finally {
      await server.stop();
    }
  });
});
