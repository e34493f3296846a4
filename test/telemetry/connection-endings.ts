/** Every way in which a connection can end, or not begin: a table, for the tests that look at endings from different sides. */
import { connect } from 'node:net';
import { IsString } from 'class-validator';
import type { TestContext } from 'node:test';
import type { Namespace as OpenNamespace, Socket as ServerSocket } from 'socket.io';
import type { Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { Auth, ConnectionRefused, Namespace, OnConnect, type AppOptions, type Limits } from '../../src/index.js';
import type { Running } from '../support/app.js';
import { openRaw } from '../support/raw-client.js';
import { openMute } from '../support/silent-client.js';
import { deferred, nextEvent, until } from '../support/wait.js';

class Credentials {
  @IsString() token!: string;
}

const gate = { entered: deferred(), released: deferred() };

@Namespace('/open/:room')
class Open {}

@Namespace('/false')
class False {
  @OnConnect enter() {
    return false;
  }
}

@Namespace('/no')
class No {
  @OnConnect enter() {
    throw new ConnectionRefused('Not today.', { code: 'not_today' });
  }
}

@Namespace('/broken')
class Broken {
  @OnConnect enter() {
    throw new TypeError('a mistake of ours');
  }
}

@Namespace('/auth')
class Authorised {
  @OnConnect enter(@Auth() _who: Credentials) {}
}

@Namespace('/slow')
class Slow {
  @OnConnect({ timeout: 20 }) enter() {
    return new Promise<void>(() => undefined);
  }
}

/** Long enough for a client to leave before the time is over. */
@Namespace('/never')
class Never {
  @OnConnect({ timeout: 1_500 }) enter() {
    return new Promise<void>(() => undefined);
  }
}

@Namespace('/held')
class Held {
  @OnConnect async enter() {
    gate.entered.resolve();
    await gate.released.promise;
  }
}

/** Fails when its client has left. */
@Namespace('/failing')
class Failing {
  @OnConnect async enter() {
    gate.entered.resolve();
    await gate.released.promise;
    throw new TypeError('a mistake of ours');
  }
}

export const controllers = [Open, False, No, Broken, Authorised, Slow, Never, Held, Failing];

export interface Ending {
  readonly name: string;
  /** `undefined` for one that ends at the door. */
  readonly namespace?: string;
  readonly kind: string;
  readonly code?: string;
  readonly limit?: keyof Limits;
  readonly reason?: string;
  /** `websocket` unless given. */
  readonly transport?: 'polling';
  readonly options?: Omit<AppOptions, 'controllers'>;
  readonly make: (running: Running, t: Parameters<typeof openRaw>[0]) => Promise<unknown>;
}

const at =
  (namespace: string, options?: Parameters<Running['refusal']>[1]): Ending['make'] =>
  ({ refusal }) =>
    refusal(namespace, options);

/** A client that is refused once, and then asks for nothing more until its time is over. */
const refusedAt =
  (namespace: string): Ending['make'] =>
  async ({ url }, t) => {
    const raw = await askFor(t, url, namespace, '4');
    await raw.closed;
  };

/** A bare client that asks for a namespace, once it is answered with a packet of this type. */
async function askFor(t: TestContext, url: string, namespace: string, answer: '0' | '4'): ReturnType<typeof openRaw> {
  const raw = await openRaw(t, url);
  raw.send(`0${namespace},`);
  await raw.frame(`${answer}${namespace},`);
  return raw;
}

/** A client that has joined `/open/one`, and what the application does then with the namespace and the client's socket. */
const joined =
  (act: (namespace: OpenNamespace, socket: ServerSocket) => unknown): Ending['make'] =>
  async ({ connect, app }) => {
    const { id } = await connect('/open/one');
    const namespace = app.io.of('/open/one');
    await act(namespace, namespace.sockets.get(id!)!);
  };

function closeGate(): void {
  Object.assign(gate, { entered: deferred(), released: deferred() });
}

/** A client in the gate; it is released by the test. */
async function enterGate({ client }: Running, namespace: string): Promise<Socket> {
  closeGate();
  const socket = client(namespace);
  await gate.entered.promise;
  return socket;
}

async function leave({ app }: Running, socket: Socket): Promise<void> {
  socket.io.engine.close();
  await until(() => app.io.engine.clientsCount === 0, 'the end of the transport');
}

/** A client that leaves while the gate thinks about it. */
const leaveIn =
  (namespace: string): Ending['make'] =>
  async (running) => {
    await leave(running, await enterGate(running, namespace));
    gate.released.resolve();
  };

type Middleware = Parameters<OpenNamespace['use']>[0];

/** Middleware of the user's own in the namespace `/open/one`. */
function use({ app }: Running, middleware: Middleware): void {
  app.io.on('new_namespace', (namespace) => void namespace.use(middleware));
}

/** A client in middleware of the user's own that never calls `next`. */
async function enterMiddleware(running: Running): Promise<Socket> {
  const entered = deferred();
  use(running, () => entered.resolve());
  const socket = running.client('/open/one');
  await entered.promise;
  return socket;
}

/** Opens a session on long-polling by hand, and enters a namespace; afterwards nothing is said by itself. */
async function openPolling({ url }: Running, path: string): Promise<string> {
  const session = `${url}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await (await fetch(session)).text()).slice(1)) as { sid: string };
  await fetch(`${session}&sid=${sid}`, { method: 'POST', body: `40${path},` });
  await (await fetch(`${session}&sid=${sid}`)).text();
  return sid;
}

/** The rest of a request for a WebSocket. */
const HANDSHAKE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

const explicit = { connectionsPerAddress: 1 };

export const endings: readonly Ending[] = [
  {
    name: 'the client leaves',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'client namespace disconnect',
    make: async ({ connect }) => (await connect('/open/one')).disconnect(),
  },
  {
    name: 'the server shuts down',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'server shutting down',
    make: async ({ connect, app }) => {
      await connect('/open/one');
      await app.close();
    },
  },
  {
    name: 'the server ends the clients of a namespace',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'server namespace disconnect',
    make: joined((namespace) => namespace.disconnectSockets()),
  },
  {
    name: 'the server ends the clients of a namespace with their transports',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'server namespace disconnect',
    make: joined((namespace) => namespace.disconnectSockets(true)),
  },
  {
    name: 'the application ends the transport',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'forced close',
    make: joined((_namespace, { conn }) => conn.close()),
  },
  {
    name: 'a client does not read',
    namespace: '/open/:room',
    kind: 'cut',
    limit: 'sendBuffer',
    reason: 'forced close',
    options: { limits: { sendBuffer: 100_000 } },
    make: async ({ app, url }, t) => {
      (await openMute(t, url, '/open/one')).pause();
      for (let n = 0; n < 40; n++) app.io.of('/open/one').emit('bulk', Buffer.alloc(500_000));
    },
  },
  {
    name: 'a message is too large',
    namespace: '/open/:room',
    kind: 'cut',
    limit: 'payload',
    reason: 'transport error',
    options: { limits: { payload: 1000 } },
    make: async ({ connect }) => (await connect('/open/one')).emit('large', 'x'.repeat(2000)),
  },
  {
    name: 'a packet is not valid',
    namespace: '/open/:room',
    kind: 'cut',
    code: 'invalid_packet',
    reason: 'forced close',
    make: async ({ url }, t) => {
      const raw = await askFor(t, url, '/open/one', '0');
      raw.send('2/open/one,["disconnect"]');
    },
  },
  {
    name: 'a client asks for namespaces too often',
    namespace: '/open/:room',
    kind: 'cut',
    limit: 'connectRate',
    reason: 'forced close',
    options: { limits: { connectRate: 0.001, connectBurst: 1 } },
    make: async ({ url }, t) => {
      const raw = await askFor(t, url, '/open/one', '0');
      raw.send('0/open/two,');
    },
  },
  { name: '@OnConnect returns false', namespace: '/false', kind: 'refused', code: 'refused', make: at('/false') },
  { name: '@OnConnect refuses with a code', namespace: '/no', kind: 'refused', code: 'not_today', make: at('/no') },
  { name: '@OnConnect throws', namespace: '/broken', kind: 'failed', code: 'internal', make: at('/broken') },
  { name: '@Auth does not fit', namespace: '/auth', kind: 'refused', code: 'invalid', make: at('/auth') },
  {
    name: '@OnConnect takes too long',
    namespace: '/slow',
    kind: 'timed_out',
    code: 'timeout',
    limit: 'handlerTime',
    make: at('/slow'),
  },
  {
    name: 'the auth is nested too deep',
    namespace: '/open/:room',
    kind: 'refused',
    code: 'invalid',
    limit: 'depth',
    options: { limits: { depth: 2 } },
    make: at('/open/one', { auth: { a: { b: { c: 1 } } } }),
  },
  {
    name: 'a transport is in too many namespaces',
    namespace: '/open/:room',
    kind: 'refused',
    code: 'refused',
    limit: 'namespaces',
    options: { limits: { namespaces: 0 } },
    make: at('/open/one'),
  },
  {
    name: 'a client asks twice for one namespace',
    namespace: '/held',
    kind: 'refused',
    code: 'connect_twice',
    make: async ({ url }, t) => {
      closeGate();
      const raw = await openRaw(t, url);
      raw.send('0/held,', '0/held,');
      await gate.entered.promise;
      t.after(() => gate.released.resolve());
    },
  },
  {
    name: 'a client asks for a namespace while the server shuts down',
    namespace: '/open/:room',
    kind: 'refused',
    code: 'closing',
    options: { limits: { drainTime: 100 } },
    make: async (running) => {
      const socket = await enterGate(running, '/held');
      void running.app.close();
      socket.io.socket('/open/one');
    },
  },
  {
    name: 'a client comes to the door while the server shuts down',
    kind: 'refused',
    code: 'closing',
    options: { limits: { drainTime: 100 } },
    make: async (running, t) => {
      await enterGate(running, '/held');
      const connection = connect(running.port, '127.0.0.1').on('error', () => undefined);
      t.after(() => connection.destroy());
      connection.write('GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\n');
      await nextEvent(connection, 'connect');
      await fetch(running.url);
      void running.app.close();
      connection.write(HANDSHAKE);
    },
  },
  {
    name: 'the gate does not end while the server shuts down',
    namespace: '/held',
    kind: 'timed_out',
    code: 'closing',
    limit: 'drainTime',
    options: { limits: { drainTime: 20 } },
    make: async (running) => {
      await enterGate(running, '/held');
      void running.app.close();
    },
  },
  {
    name: 'middleware of the namespace refuses',
    namespace: '/open/:room',
    kind: 'refused',
    make: (running) => {
      use(running, (_socket, next) => next(new Error('no')));
      return running.refusal('/open/one');
    },
  },
  {
    name: 'middleware of the namespace never calls next',
    namespace: '/open/:room',
    kind: 'timed_out',
    code: 'join_time',
    limit: 'joinTime',
    options: { limits: { joinTime: 50 } },
    make: async (running) => {
      await enterMiddleware(running);
      await until(() => running.app.io.engine.clientsCount === 0, 'the end of the transport');
    },
  },
  {
    name: 'the client leaves in middleware that never calls next',
    namespace: '/open/:room',
    kind: 'gone',
    make: async (running) => leave(running, await enterMiddleware(running)),
  },
  {
    name: 'the client leaves in middleware that calls next afterwards',
    namespace: '/open/:room',
    kind: 'gone',
    make: async (running) => {
      const entered = deferred<() => void>();
      use(running, (_socket, next) => entered.resolve(next));
      const socket = running.client('/open/one');
      const next = await entered.promise;
      await leave(running, socket);
      next();
    },
  },
  {
    name: 'middleware of the namespace disconnects, which does nothing, and does not call next',
    namespace: '/open/:room',
    kind: 'timed_out',
    code: 'join_time',
    limit: 'joinTime',
    options: { limits: { joinTime: 50 } },
    make: async (running) => {
      use(running, (socket) => void socket.disconnect(true));
      running.client('/open/one');
    },
  },
  {
    name: 'a client that middleware refused joins none in time',
    kind: 'timed_out',
    code: 'join_time',
    limit: 'joinTime',
    options: { limits: { joinTime: 60 } },
    make: (running, t) => {
      use(running, (_socket, next) => next(new Error('no')));
      return refusedAt('/open/one')(running, t);
    },
  },
  {
    name: 'middleware of a namespace without controllers never calls next',
    kind: 'timed_out',
    code: 'join_time',
    limit: 'joinTime',
    options: { limits: { joinTime: 50 } },
    make: async ({ app, client }) => {
      app.io.of('/own').use(() => undefined);
      client('/own');
    },
  },
  {
    name: 'nobody serves the namespace',
    kind: 'refused',
    code: 'unknown_namespace',
    make: at('/nobody/here'),
  },
  {
    name: 'the client joins no namespace in time',
    kind: 'timed_out',
    code: 'join_time',
    limit: 'joinTime',
    options: { limits: { joinTime: 30 } },
    make: async ({ url }, t) => (await openRaw(t, url)).closed,
  },
  {
    name: 'the client joins none in time after one that nobody serves',
    kind: 'timed_out',
    code: 'join_time',
    limit: 'joinTime',
    options: { limits: { joinTime: 60 } },
    make: refusedAt('/nobody'),
  },
  {
    name: 'a client that was refused joins none in time',
    kind: 'timed_out',
    code: 'join_time',
    limit: 'joinTime',
    options: { limits: { joinTime: 60 } },
    make: refusedAt('/false'),
  },
  {
    name: 'the server ends the transport',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'server namespace disconnect',
    make: joined((_namespace, socket) => socket.disconnect(true)),
  },
  {
    name: 'the transport breaks',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'transport close',
    make: async ({ connect }) => (await connect('/open/one')).io.engine.close(),
  },
  {
    name: 'the transport fails',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'transport error',
    make: async ({ url }, t) => {
      const mute = await openMute(t, url, '/open/one');
      // A frame with bits that no extension has.
      (mute as unknown as { readonly _socket: { write(bytes: Buffer): void } })._socket.write(
        Buffer.from([0xf1, 0x80]),
      );
    },
  },
  {
    name: 'a packet is none of Engine.IO',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'parse error',
    make: async ({ url }, t) => (await openMute(t, url, '/open/one')).send('x'),
  },
  {
    name: 'a client on long-polling is not heard of any more',
    namespace: '/open/:room',
    transport: 'polling',
    kind: 'left',
    reason: 'ping timeout',
    options: { pingInterval: 20, pingTimeout: 500 },
    make: (running) => openPolling(running, '/open/one'),
  },
  {
    name: 'an upgrade does not complete, and the client is not heard of any more',
    namespace: '/open/:room',
    transport: 'polling',
    kind: 'left',
    reason: 'ping timeout',
    options: { pingInterval: 100, pingTimeout: 500, upgradeTimeout: 100 },
    make: async (running, t) => {
      const sid = await openPolling(running, '/open/one');
      const upgrade = new WebSocket(`ws://127.0.0.1:${running.port}/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
      t.after(() => upgrade.terminate());
      await nextEvent(upgrade, 'open');
      upgrade.send('2probe');
      await nextEvent(upgrade, 'close');
    },
  },
  {
    name: 'the client answers no ping',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'ping timeout',
    options: { pingInterval: 20, pingTimeout: 500 },
    make: ({ url }, t) => openMute(t, url, '/open/one'),
  },
  {
    name: 'the client leaves in the gate',
    namespace: '/held',
    kind: 'gone',
    make: leaveIn('/held'),
  },
  {
    name: 'the gate fails after its client has left',
    namespace: '/failing',
    kind: 'gone',
    make: leaveIn('/failing'),
  },
  {
    name: 'the client leaves in the gate, which never ends',
    namespace: '/never',
    kind: 'gone',
    make: async (running) => {
      const socket = running.client('/never');
      await until(() => running.app.health().calls === 1, 'the gate');
      socket.io.engine.close();
    },
  },
  {
    name: 'the host is not allowed',
    kind: 'refused',
    code: 'host',
    options: { hosts: ['example.com'] },
    make: at('/open/one'),
  },
  {
    name: 'the origin is not allowed',
    kind: 'refused',
    code: 'origin',
    make: at('/open/one', { extraHeaders: { origin: 'https://elsewhere.example' } }),
  },
  {
    name: 'a request is of a session that is not here',
    kind: 'refused',
    code: 'unknown_session',
    transport: 'polling',
    make: ({ url }) => fetch(`${url}/socket.io/?EIO=4&transport=polling&sid=elsewhere`),
  },
  {
    name: 'a request is for a transport that is not served',
    kind: 'refused',
    code: 'bad_handshake',
    transport: 'polling',
    options: { transports: ['websocket'] },
    make: ({ url }) => fetch(`${url}/socket.io/?EIO=4&transport=polling`),
  },
  {
    name: 'a client speaks a protocol that is not allowed',
    kind: 'refused',
    code: 'bad_handshake',
    transport: 'polling',
    make: ({ url }) => fetch(`${url}/socket.io/?EIO=3&transport=polling`),
  },
  {
    name: 'an address has too many connections',
    kind: 'refused',
    code: 'address_limit',
    limit: 'connectionsPerAddress',
    options: { limits: explicit },
    make: async ({ connect, refusal }) => {
      await connect('/open/one');
      await refusal('/open/two');
    },
  },
  {
    name: 'an address connects too fast',
    kind: 'refused',
    code: 'connection_rate',
    limit: 'connectionRate',
    options: { limits: { connectionRate: 0.001, connectionBurst: 0 } },
    make: at('/open/one'),
  },
  {
    name: 'allowRequest refuses',
    kind: 'refused',
    code: 'allow_request',
    options: { allowRequest: (_request, decide) => decide('no', false) },
    make: at('/open/one'),
  },
  {
    name: 'allowRequest throws',
    kind: 'failed',
    code: 'allow_request',
    options: {
      allowRequest: () => {
        throw new Error('a mistake of ours');
      },
    },
    make: at('/open/one'),
  },
];
