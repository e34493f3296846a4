/** Every way in which a connection can end, or not begin: each is told once, with its cause. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IsString } from 'class-validator';
import { Auth, ConnectionRefused, Namespace, OnConnect, type AppOptions, type Limits } from '../../src/index.js';
import { channels, type ConnectionEnd } from '../../src/telemetry/index.js';
import { start, type Running } from '../support/app.js';
import { openRaw } from '../support/raw-client.js';
import { openMute } from '../support/silent-client.js';
import { deferred, until } from '../support/wait.js';
import { heard } from './heard.js';
import { parse, valueOf } from './prometheus.js';

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

@Namespace('/held')
class Held {
  @OnConnect async enter() {
    gate.entered.resolve();
    await gate.released.promise;
  }
}

const controllers = [Open, False, No, Broken, Authorised, Slow, Held];

interface Ending {
  readonly name: string;
  /** `undefined` for one that ends at the door. */
  readonly namespace?: string;
  readonly kind: string;
  readonly code?: string;
  readonly limit?: keyof Limits;
  readonly reason?: string;
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
    const raw = await openRaw(t, url);
    raw.send(`0${namespace},`);
    await raw.frame(`4${namespace},`);
    await raw.closed;
  };

const explicit = { connectionsPerAddress: 1 };

const endings: readonly Ending[] = [
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
      const raw = await openRaw(t, url);
      raw.send('0/open/one,');
      await raw.frame('0/open/one,');
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
      const raw = await openRaw(t, url);
      raw.send('0/open/one,');
      await raw.frame('0/open/one,');
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
    name: 'middleware of the namespace refuses',
    namespace: '/open/:room',
    kind: 'refused',
    make: ({ app, refusal }) => {
      app.io.on('new_namespace', (namespace) => namespace.use((_socket, next) => next(new Error('no'))));
      return refusal('/open/one');
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
    make: async ({ connect, app }) => {
      const { id } = await connect('/open/one');
      app.io.of('/open/one').sockets.get(id!)!.disconnect(true);
    },
  },
  {
    name: 'the transport breaks',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'transport close',
    make: async ({ connect }) => (await connect('/open/one')).io.engine.close(),
  },
  {
    name: 'the client answers no ping',
    namespace: '/open/:room',
    kind: 'left',
    reason: 'ping timeout',
    options: { pingInterval: 20, pingTimeout: 20 },
    make: ({ url }, t) => openMute(t, url, '/open/one'),
  },
  {
    name: 'the client leaves in the gate',
    namespace: '/held',
    kind: 'gone',
    make: async ({ app, client }) => {
      Object.assign(gate, { entered: deferred(), released: deferred() });
      const socket = client('/held');
      await gate.entered.promise;
      socket.io.engine.close();
      await until(() => app.io.engine.clientsCount === 0, 'the end of the transport');
      gate.released.resolve();
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

describe('a connection ends once, and channel, metrics and recorder say how', () => {
  for (const { name, namespace, kind, code, limit, reason, options, make } of endings) {
    it(name, async (t) => {
      const all = heard(t, channels.connection);
      const running = await start(t, controllers, { ...options, recorder: {}, metrics: '/metrics' });
      const { app } = running;
      await make(running, t);
      const messages = () => all.filter(({ io }) => io === running.app.io);
      const ends = (): ConnectionEnd[] =>
        messages().filter((message): message is ConnectionEnd => message.type === 'end');
      const found = () => ends().find(({ outcome }) => outcome.kind === kind);
      await until(() => found() !== undefined, `the end of ${JSON.stringify(ends().map(({ outcome }) => outcome))}`);

      const end = found()!;
      const { error: _, ...outcome } = end.outcome;
      assert.deepEqual(outcome, { kind, ...(code && { code }), ...(limit && { limit }) });
      assert.equal(end.declared?.namespace, namespace);
      if (reason) assert.equal(end.reason, reason);
      assert.equal(end.transport, 'websocket');
      assert.equal(end.request.method, 'GET');
      const own = messages().filter(({ socket, startedAt }) => socket === end.socket && startedAt === end.startedAt);
      const types = own.map(({ type }) => type);
      const wasIn = kind === 'left' || kind === 'cut';
      assert.deepEqual(types, wasIn ? ['start', 'accepted', 'end'] : ['start', 'end']);

      const labels = { namespace: namespace ?? '_other', outcome: kind, cause: limit ?? code ?? end.reason ?? '' };
      const metrics = parse(app.metrics());
      assert.equal(valueOf(metrics, 'colloquy_connections_ended_total', labels), 1, 'metrics');
      if (limit) assert.equal(valueOf(metrics, 'colloquy_limit_hits_total', { limit }), 1, 'limits');

      const entry = app.recorder.dump().entries.find((each) => 'transport' in each && each.outcome?.kind === kind)!;
      const { error: _name, ...recorded } = entry.outcome!;
      assert.deepEqual(recorded, outcome, 'recorder');
      assert.deepEqual([entry.socket, entry.type], [end.id ?? '', wasIn ? 'left' : 'refused']);
    });
  }
});
