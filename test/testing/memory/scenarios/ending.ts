import { once } from 'node:events';
import type { ServerOptions, Socket as ServerSocket } from 'socket.io';
import type { Socket } from 'socket.io-client';
import { accepted, connected, ending, next } from '../conformance.js';
import type { Scenario, Stage, Transcript } from '../conformance.js';

/** A connection that ends in one way, while an acknowledgement is still owed to both sides. */
function ends(
  when: string,
  act: (stage: Stage, client: Socket, server: ServerSocket) => unknown,
  expected: Transcript,
  options: Partial<ServerOptions> = {},
): Scenario {
  return {
    promise: `both sides see the right reason when ${when}`,
    options: { maxHttpBufferSize: 500, ...options },
    async run(stage) {
      const { io, connect, note } = stage;
      const client = connect();
      const server = await accepted(io);
      await connected(client);
      const owed = client.emitWithAck('ask').catch((error: unknown) => note('client', error));
      const ended = ending(stage, client, server);
      await act(stage, client, server);
      await ended;
      await owed;
      if (server.conn.readyState !== 'closed') await once(server.conn, 'close');
      note('client', client.active, client.io.engine.readyState);
      note('server', io.of('/').sockets.size, io.of('/').adapter.rooms.size, server.conn.readyState);
    },
    expected,
  };
}

export const endingScenarios: Scenario[] = [
  ends('the client leaves', (_stage, client) => client.disconnect(), {
    client: ['disconnect io client disconnect', 'Error(socket has been disconnected)', 'false closed'],
    server: ['disconnect client namespace disconnect', '0 0 closed'],
  }),
  ends('the client closes its connection', (_stage, client) => client.io.engine.close(), {
    client: ['disconnect forced close', 'Error(socket has been disconnected)', 'true closed'],
    server: ['disconnect transport close', '0 0 closed'],
  }),
  ends('the server disconnects the namespace', (_stage, _client, server) => server.disconnect(), {
    client: ['disconnect io server disconnect', 'Error(socket has been disconnected)', 'false closed'],
    server: ['disconnect server namespace disconnect', '0 0 closed'],
  }),
  ends('the server closes the connection', (_stage, _client, server) => server.disconnect(true), {
    client: ['disconnect io server disconnect', 'Error(socket has been disconnected)', 'false closed'],
    server: ['disconnect server namespace disconnect', '0 0 closed'],
  }),
  ends('the engine closes the connection', (_stage, _client, server) => server.conn.close(), {
    client: ['disconnect transport close 1005', 'Error(socket has been disconnected)', 'true closed'],
    server: ['disconnect forced close', '0 0 closed'],
  }),
  ends('the connection breaks', ({ cut }, client) => cut(client), {
    client: ['disconnect transport close 1006', 'Error(socket has been disconnected)', 'true closed'],
    server: ['disconnect transport close', '0 0 closed'],
  }),
  ends('the server shuts down', ({ io }) => io.close(), {
    client: ['disconnect transport close 1005', 'Error(socket has been disconnected)', 'true closed'],
    server: ['disconnect server shutting down', '0 0 closed'],
  }),
  ends('the client sends more than the server takes', (_stage, client) => client.emit('big', 'x'.repeat(1000)), {
    client: ['disconnect transport close 1009', 'Error(socket has been disconnected)', 'true closed'],
    server: ['disconnect transport error', '0 0 closed'],
  }),
  ends('the client sends what is no packet', (_stage, client) => client.io.engine.write('x'), {
    client: ['disconnect transport close 1005', 'Error(socket has been disconnected)', 'true closed'],
    server: ['disconnect forced close', '0 0 closed'],
  }),
  ends('the server sends what is no packet', (_stage, _client, server) => server.conn.write('x', {}), {
    client: ['disconnect parse error', 'Error(socket has been disconnected)', 'true closed'],
    server: ['disconnect transport close', '0 0 closed'],
  }),
  ends(
    'the client no longer answers',
    async ({ pause, resume }, client, server) => {
      await next(client.io, 'ping');
      Object.assign(client.io.engine, { _pingTimeout: 60_000 }); // so that the server is the first to give up
      await next(client.io, 'ping');
      pause(client);
      server.once('disconnect', () => resume(client));
    },
    {
      client: ['disconnect transport close 1005', 'Error(socket has been disconnected)', 'true closed'],
      server: ['disconnect ping timeout', '0 0 closed'],
    },
    // The client answers two pings before, also on a machine that is busy.
    { pingInterval: 10, pingTimeout: 500 },
  ),
  {
    promise: 'a connection that broke is recovered with what was missed',
    options: { connectionStateRecovery: {} },
    async run(stage) {
      const { io, connect, cut, note } = stage;
      const client = connect();
      client.on('news', (...args) => note('client', 'news', ...args.slice(0, -1)));
      const server = await accepted(io);
      await connected(client);
      await server.join('room');
      server.data.seen = 1;
      server.emit('news', 'first');
      await next(client, 'news');
      const broken = ending(stage, client, server);
      cut(client);
      await broken;
      io.to('room').emit('news', 'missed');
      const again = accepted(io);
      const caughtUp = next(client, 'news');
      client.connect();
      const recovered = await again;
      await caughtUp;
      note('client', client.recovered, client.id === server.id);
      note('server', recovered.recovered, recovered.id === server.id, [...recovered.rooms].length, recovered.data);
    },
    expected: {
      client: ['news first', 'disconnect transport close 1006', 'news missed', 'true true'],
      server: ['disconnect transport close', 'true true 2 {"seen":1}'],
    },
  },
  {
    promise: 'the heartbeat keeps a living connection',
    options: { pingInterval: 5, pingTimeout: 500 },
    async run({ io, connect, note }) {
      const client = connect();
      let pings = 0;
      client.io.on('ping', () => (pings += 1));
      const server = await accepted(io);
      for (let beats = 0; beats < 3; beats += 1) await once(server.conn, 'heartbeat');
      note('client', pings >= 3, client.connected);
    },
    expected: { client: ['true true'] },
  },
];
