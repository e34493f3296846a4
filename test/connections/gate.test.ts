import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IsString, Length } from 'class-validator';
import { Socket } from 'socket.io';
import {
  Auth,
  ConnectionRefused,
  EventError,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  OnError,
  Reason,
  Rooms,
  Signal,
  Use,
  type Middleware,
} from '../../src/index.js';
import { namespaceInternalsOf } from '../../src/connections/internals.js';
import { enteringSocket } from '../../src/connections/namespaces/entering.js';
import { start, transports, type Running } from '../support/app.js';
import { assertEmpty } from '../support/assert-empty.js';
import { undisturbed } from '../support/undisturbed.js';
import { openMute } from '../support/silent-client.js';
import { openRaw } from '../support/raw-client.js';
import { deferred, nextEvent, until } from '../support/wait.js';

for (const transport of transports) {
  test(`what @OnConnect emits arrives after the client's own connect, in order (${transport})`, async (t) => {
    @Namespace('/gate')
    class Gate {
      @OnConnect async enter(socket: Socket) {
        socket.emit('own', 1);
        await socket.join('hall');
        socket.nsp.to('hall').emit('hall', 2);
        await new Promise((resolve) => setTimeout(resolve, 10));
        socket.nsp.emit('all', 3, Buffer.from([3]));
        socket.emit('own', 4);
      }
    }
    const running = await start(t, [Gate]);
    const socket = running.client('/gate', { transports: [transport] });
    const seen: unknown[] = [];
    socket.on('connect', () => seen.push('connect'));
    socket.onAny((event, value) => seen.push([event, value]));
    await until(() => seen.length === 5, 'all events');
    assert.deepEqual(seen, ['connect', ['own', 1], ['hall', 2], ['all', 3], ['own', 4]]);
  });

  test(`no handler runs before @OnConnect has finished (${transport})`, async (t) => {
    const open = deferred();
    const order: string[] = [];
    @Namespace('/gate')
    class Gate {
      @OnConnect async enter() {
        order.push('enter');
        await open.promise;
        order.push('entered');
      }
      @On() work() {
        order.push('work');
      }
    }
    const { client } = await start(t, [Gate]);
    const socket = client('/gate', { transports: [transport] });
    const done = socket.emitWithAck('work');
    await until(() => order.length > 0, '@OnConnect');
    assert.equal(socket.connected, false);
    open.resolve();
    await done;
    assert.deepEqual(order, ['enter', 'entered', 'work']);
  });
}

test('the gate runs middleware first, outermost to inmost, then the classes in their order', async (t) => {
  const order: string[] = [];
  const note =
    (name: string): Middleware =>
    async (_context, next) => {
      order.push(`${name} in`);
      const result = await next();
      order.push(`${name} out`);
      return result;
    };
  @Namespace('/gate')
  @Use(note('class'))
  class First {
    @OnConnect
    @Use(note('method'))
    async enter() {
      await Promise.resolve();
      order.push('first');
    }
  }
  @Namespace('/gate')
  class Second {
    @OnConnect enter() {
      order.push('second');
    }
  }
  const { connect } = await start(t, [First, Second], { use: [note('app')] });
  await connect('/gate');
  assert.deepEqual(order, ['app in', 'class in', 'method in', 'first', 'method out', 'class out', 'second', 'app out']);
});

test('@Auth of a class is an instance that passed its rules; another one refuses with the issues', async (t) => {
  class Credentials {
    @IsString() @Length(8, 20) token!: string;
  }
  const seen: unknown[] = [];
  @Namespace('/gate')
  class Gate {
    @OnConnect enter(@Auth() who: Credentials, @Auth('token') token: string) {
      seen.push(who instanceof Credentials, who.token, token, Object.keys(who));
    }
  }
  const running = await start(t, [Gate]);
  await running.connect('/gate', { auth: { token: 'long enough', other: 1 } });
  assert.deepEqual(seen, [true, 'long enough', 'long enough', ['token']]);
  const { message, data } = await running.refusal('/gate', { auth: { token: 'short' } });
  assert.equal(message, 'Payload validation failed.');
  assert.equal(data?.code, 'invalid');
  assert.deepEqual(
    (data['issues'] as { path: string; rule: string }[]).map(({ path, rule }) => [path, rule]),
    [['token', 'isLength']],
  );
  assert.equal((await running.refusal('/gate')).data?.code, 'invalid');
  assert.equal(seen.length, 4);
});

test('each way to refuse reaches connect_error with its code, and no handler ever ran', async (t) => {
  const ways: Record<string, () => unknown> = {
    false: () => false,
    falseLater: () => Promise.resolve(false),
    refused: () => {
      throw new ConnectionRefused();
    },
    reason: () => {
      throw new ConnectionRefused('unknown token', { hint: 'log in' });
    },
    ownCode: () => {
      throw new ConnectionRefused('banned', { code: 'banned', until: 5 });
    },
    event: () => {
      throw new EventError('full', 'no seat', { seats: 4 });
    },
    later: () => Promise.reject(new ConnectionRefused('later')),
    thrown: () => {
      throw new Error('the password is hunter2');
    },
    undefined: () => {
      throw undefined;
    },
    slow: () => new Promise(() => {}),
    big: () => {
      throw new ConnectionRefused('big', { n: 1n });
    },
    knot: () => {
      const knot: Record<string, unknown> = {};
      knot['self'] = knot;
      return Promise.reject(new EventError('knot', 'knot', knot));
    },
  };
  let left = 0;
  let worked = 0;
  @Namespace('/gate')
  class Gate {
    @OnConnect({ timeout: 60 }) enter(@Auth('way') way: string) {
      return ways[way]!();
    }
    @On() work() {
      worked++;
    }
    @OnDisconnect leave() {
      left++;
    }
  }
  const running = await start(t, [Gate]);
  const refusal = async (way: string): Promise<unknown> => {
    const { message, data } = await running.refusal('/gate', { auth: { way } });
    return { message, ...data };
  };
  await undisturbed(async () => {
    assert.deepEqual(await refusal('false'), { message: 'Connection refused', code: 'refused' });
    assert.deepEqual(await refusal('falseLater'), { message: 'Connection refused', code: 'refused' });
    assert.deepEqual(await refusal('refused'), { message: 'Connection refused', code: 'refused' });
    assert.deepEqual(await refusal('reason'), { message: 'unknown token', code: 'refused', hint: 'log in' });
    assert.deepEqual(await refusal('ownCode'), { message: 'banned', code: 'banned', until: 5 });
    assert.deepEqual(await refusal('event'), { message: 'no seat', code: 'full', details: { seats: 4 } });
    assert.deepEqual(await refusal('later'), { message: 'later', code: 'refused' });
    assert.deepEqual(await refusal('slow'), { message: 'The handler took too long.', code: 'timeout' });
    for (const way of ['thrown', 'undefined', 'big', 'knot']) {
      const { id, ...rest } = (await refusal(way)) as { id: string };
      assert.deepEqual(rest, { message: 'Internal error', code: 'internal' }, way);
      assert.ok(running.log.find('id', id), way);
    }
  });
  assertEmpty(running, '/gate');
  assert.equal(left, 0);
  assert.equal(worked, 0);
});

test('a message that cannot be encoded fails @OnConnect, and not the process', async (t) => {
  @Namespace('/gate')
  class Gate {
    @OnConnect enter(socket: Socket) {
      socket.emit('big', 1n);
    }
  }
  const running = await start(t, [Gate]);
  assert.equal((await running.refusal('/gate')).data?.code, 'internal');
  assertEmpty(running, '/gate');
});

test('what @OnConnect emits is sent as it was at that time', async (t) => {
  @Namespace('/gate')
  class Gate {
    @OnConnect async enter(socket: Socket) {
      const state = { n: 1 };
      socket.emit('state', state);
      state.n = 2;
      await Promise.resolve();
    }
  }
  const { client } = await start(t, [Gate]);
  const [state] = await nextEvent(client('/gate'), 'state');
  assert.deepEqual(state, { n: 1 });
});

test('what waits for a client to be let in has a limit, and the log says when it was reached', async (t) => {
  @Namespace('/gate')
  class Gate {
    @OnConnect enter(socket: Socket) {
      for (let n = 0; n < 1_100; n++) socket.emit('n', n);
    }
    @On() work() {}
  }
  const { client, log } = await start(t, [Gate]);
  const socket = client('/gate');
  const seen: number[] = [];
  socket.on('n', (n: number) => seen.push(n));
  await socket.emitWithAck('work');
  assert.deepEqual(
    seen,
    Array.from({ length: 1_000 }, (_, n) => n),
  );
  assert.equal(log.at('warn').length, 1);
});

test('each @OnDisconnect runs, whatever became of the others', async (t) => {
  const left: string[] = [];
  const leaving = (name: string) => {
    @Namespace('/gate')
    class Leaving {
      @OnDisconnect async leave() {
        await Promise.resolve();
        left.push(name);
        throw new Error(name);
      }
    }
    return Leaving;
  };
  const running = await start(t, [leaving('a'), leaving('b')]);
  (await running.connect('/gate')).disconnect();
  await until(() => running.log.at('error').length === 2, 'the log lines');
  assert.deepEqual(left, ['a', 'b']);
  assert.deepEqual(
    running.log.at('error').map(({ facts }) => (facts['err'] as Error).message),
    ['a', 'b'],
  );
});

const droppers: Record<string, Middleware> = {
  'a middleware that drops the result of next()': (_context, next) => {
    next();
  },
  'an asynchronous middleware that drops the result of next()': async (_context, next) => {
    next();
    await Promise.resolve();
  },
};

for (const [name, drop] of Object.entries(droppers)) {
  for (const place of ['application', 'class', 'method'] as const) {
    const wrap = (wanted: string): Middleware[] => (place === wanted ? [drop] : []);
    const gate = (enter: () => unknown) => {
      @Namespace('/gate')
      @Use(...wrap('class'))
      class Gate {
        @OnConnect
        @Use(...wrap('method'))
        enter() {
          return enter();
        }
      }
      return Gate;
    };
    const options = { use: wrap('application') };
    const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

    test(`${name} of the ${place} loses no refusal`, async (t) => {
      const refuse = (): never => {
        throw new ConnectionRefused('no');
      };
      const ways = [() => false, refuse, () => later().then(() => false), () => later().then(refuse)];
      await undisturbed(async () => {
        for (const way of ways) {
          const running = await start(t, [gate(way)], options);
          assert.equal((await running.refusal('/gate')).data?.code, 'refused');
          assertEmpty(running, '/gate');
        }
      });
    });

    test(`${name} of the ${place} waits for @OnConnect and lets the client in`, async (t) => {
      let finished = false;
      const enter = async (): Promise<void> => {
        await later();
        finished = true;
      };
      const { connect } = await start(t, [gate(enter)], options);
      await connect('/gate');
      assert.equal(finished, true);
    });
  }
}

test('a middleware that never calls next refuses, at each place', async (t) => {
  const silent: Middleware = () => undefined;
  let entered = 0;
  @Namespace('/app')
  class ByApp {
    @OnConnect enter() {
      entered++;
    }
  }
  @Namespace('/class')
  @Use(silent)
  class ByClass {
    @OnConnect enter() {
      entered++;
    }
  }
  @Namespace('/method')
  class ByMethod {
    @OnConnect
    @Use(silent)
    enter() {
      entered++;
    }
  }
  @Namespace('/bare')
  @Use(silent)
  class WithoutConnect {
    @On() work() {}
  }
  const running = await start(t, [ByClass, ByMethod, WithoutConnect]);
  for (const path of ['/class', '/method', '/bare']) {
    assert.equal((await running.refusal(path)).data?.code, 'refused', path);
  }
  const wrapped = await start(t, [ByApp], { use: [silent] });
  assert.equal((await wrapped.refusal('/app')).data?.code, 'refused');
  assert.equal(entered, 0);
});

test('a middleware may replace a refusal by one of its own, but not by an entrance', async (t) => {
  const translate: Middleware = async (context, next) => {
    try {
      return await next();
    } catch {
      if (context.socket.handshake.auth['swallow']) return 'fine';
      throw new ConnectionRefused('translated');
    }
  };
  @Namespace('/gate')
  @Use(translate)
  class Gate {
    @OnConnect async enter() {
      await Promise.resolve();
      throw new ConnectionRefused('original');
    }
  }
  const { refusal } = await start(t, [Gate]);
  assert.equal((await refusal('/gate')).message, 'translated');
  assert.equal((await refusal('/gate', { auth: { swallow: true } })).data?.code, 'refused');
});

for (const [outcome, ends] of Object.entries({
  accepted: { reported: 1, end: () => undefined },
  refused: { reported: 0, end: () => false },
  failed: {
    reported: 0,
    end: () => {
      throw new Error('no');
    },
  },
})) {
  test(`a client that vanishes during @OnConnect is reported exactly if it was ${outcome}`, async (t) => {
    const entered = deferred();
    const open = deferred();
    const left: unknown[] = [];
    @Namespace('/gate')
    class Gate {
      @OnConnect async enter(socket: Socket) {
        await socket.join('hall');
        entered.resolve();
        await open.promise;
        return ends.end();
      }
      @OnDisconnect leave(socket: Socket, @Reason() reason: string, @Rooms() rooms: string[]) {
        left.push([reason, rooms.filter((room) => room !== socket.id)]);
      }
    }
    const running = await start(t, [Gate]);
    const raw = await openRaw(t, running.url);
    raw.send('0/gate,');
    await entered.promise;
    raw.close();
    await until(() => running.app.io.engine.clientsCount === 0, 'the end of the transport');
    open.resolve();
    const { _preConnectSockets: pending } = namespaceInternalsOf(running.app.io.of('/gate'));
    await until(() => pending.size === 0, 'the end of the socket');
    assert.deepEqual(left, ends.reported ? [['transport close', ['hall']]] : []);
    assertEmpty(running, '/gate');
  });
}

test('@Signal fires for @OnConnect when the client vanishes', async (t) => {
  const fired = deferred();
  const entered = deferred();
  @Namespace('/gate')
  class Gate {
    @OnConnect enter(@Signal() signal: AbortSignal) {
      entered.resolve();
      signal.addEventListener('abort', () => fired.resolve());
      return fired.promise;
    }
  }
  const running = await start(t, [Gate]);
  const raw = await openRaw(t, running.url);
  raw.send('0/gate,');
  await entered.promise;
  raw.close();
  await fired.promise;
});

test("a refusal by the application's own middleware of the namespace ends what @OnConnect began", async (t) => {
  const left: string[] = [];
  @Namespace('/gate')
  class Gate {
    @OnConnect async enter(socket: Socket) {
      await socket.join('hall');
      socket.emit('never', 'seen');
    }
    @OnDisconnect leave(@Reason() reason: string) {
      left.push(reason);
    }
  }
  const running = await start(t, [Gate]);
  let open = false;
  running.app.io.of('/gate').use((_socket, next) => next(open ? undefined : new Error('own')));
  const socket = running.client('/gate');
  let seen = 0;
  socket.onAny(() => seen++);
  const [error] = await nextEvent<[Error]>(socket, 'connect_error');
  assert.equal(error.message, 'own');
  assert.equal(left.length, 1);
  assertEmpty(running, '/gate');
  assert.equal(seen, 0);

  open = true;
  socket.connect();
  await nextEvent(socket, 'connect');
  assert.equal(left.length, 1);
});

test('a client that was refused may try again on the same transport', async (t) => {
  let tries = 0;
  @Namespace('/gate')
  class Gate {
    @OnConnect async enter() {
      await Promise.resolve();
      return ++tries > 2;
    }
  }
  const { client } = await start(t, [Gate]);
  const socket = client('/gate');
  for (let n = 0; n < 2; n++) {
    await nextEvent(socket, 'connect_error');
    socket.connect();
  }
  await nextEvent(socket, 'connect');
});

test('CONNECT sent twice enters once', async (t) => {
  const open = deferred();
  let entered = 0;
  let left = 0;
  @Namespace('/gate')
  class Gate {
    @OnConnect async enter() {
      entered++;
      await open.promise;
    }
    @OnDisconnect leave() {
      left++;
    }
  }
  const running = await start(t, [Gate]);
  const raw = await openRaw(t, running.url);
  raw.send('0/gate,', '0/gate,', '0/gate,');
  await until(() => entered === 1, 'the gate');
  open.resolve();
  await raw.frame('0/gate,');
  assert.equal(entered, 1);
  assert.deepEqual(
    raw.frames.filter((frame) => String(frame).startsWith('4')),
    [],
    'the second one is ignored',
  );
  raw.send('0/gate,');
  await raw.closed;
  await until(() => left === 1, '@OnDisconnect');
  assertEmpty(running, '/gate');
});

test('a transport enters sixteen namespaces, and not a seventeenth', async (t) => {
  @Namespace('/room/:id')
  class Room {
    @OnConnect async enter() {
      await Promise.resolve();
    }
  }
  const running = await start(t, [Room]);
  const raw = await openRaw(t, running.url);
  for (let n = 1; n <= 17; n++) raw.send(`0/room/${n},`);
  assert.match(await raw.frame('4/room/17,'), /Too many namespaces/);
  for (let n = 1; n <= 16; n++) await raw.frame(`0/room/${n},`);
  raw.send('0/room/18,');
  await raw.frame('4/room/18,');
  raw.send('1/room/1,');
  raw.send('0/room/18,');
  await raw.frame('0/room/18,');
  raw.close();
  await until(() => running.app.io.engine.clientsCount === 0, 'the end of the transport');
});

for (const [name, end, reason] of [
  ['leaves the namespace', (client) => client.disconnect(), 'client namespace disconnect'],
  ['closes its transport', (client) => client.io.engine.close(), 'transport close'],
  ['is disconnected by the server', (_client, socket) => socket.disconnect(), 'server namespace disconnect'],
  ['is disconnected from the server', (_client, socket) => socket.disconnect(true), 'server namespace disconnect'],
  ['is there when the server closes', (_client, _socket, { app }) => void app.close(), 'server shutting down'],
] as const satisfies [
  string,
  (client: import('socket.io-client').Socket, socket: Socket, running: Running) => void,
  string,
][]) {
  test(`@OnDisconnect runs exactly once, with reason and rooms, when a client ${name}`, async (t) => {
    const left: unknown[] = [];
    let socketOf!: Socket;
    @Namespace('/gate')
    class Gate {
      @OnConnect enter(socket: Socket) {
        socketOf = socket;
        void socket.join(['a', 'b']);
      }
      @OnDisconnect leave(why: string, socket: Socket, @Rooms() rooms: string[], @Reason() why2: string) {
        left.push([why, why2, rooms.filter((room) => room !== socket.id)]);
      }
    }
    const running = await start(t, [Gate]);
    const client = await running.connect('/gate');
    end(client, socketOf, running);
    await until(() => left.length > 0, '@OnDisconnect');
    await running.app.close();
    assert.deepEqual(left, [[reason, reason, ['a', 'b']]]);
  });
}

test('what is written on socket.client in the gate stays, and what was written before is read there', async (t) => {
  const read: unknown[] = [];
  type Marked = Socket['client'] & { first?: number; second?: number };
  @Namespace('/first')
  class First {
    @OnConnect enter({ client }: Socket) {
      (client as Marked).first = 1;
    }
    @On() look({ client }: Socket) {
      return [(client as Marked).first, (client as Marked).second];
    }
  }
  @Namespace('/second')
  class Second {
    @OnConnect enter({ client, conn }: Socket) {
      read.push((client as Marked).first, client.conn === conn, Object.keys(client).includes('first'));
      (client as Marked).second = 2;
    }
  }
  const running = await start(t, [First, Second]);
  const first = await running.connect('/first');
  const second = first.io.socket('/second');
  await nextEvent(second, 'connect');
  assert.deepEqual(read, [1, true, true]);
  assert.deepEqual(await first.emitWithAck('look'), [1, 2]);
});

test('@OnDisconnect runs exactly once when a client stops answering pings', async (t) => {
  const left: string[] = [];
  @Namespace('/gate')
  class Gate {
    @OnDisconnect leave(reason: string) {
      left.push(reason);
    }
  }
  const running = await start(t, [Gate], { pingInterval: 30, pingTimeout: 500 });
  await openMute(t, running.url, '/gate');
  await until(() => left.length > 0, '@OnDisconnect');
  await running.app.close();
  assert.deepEqual(left, ['ping timeout']);
});

test('@OnError hears of a failed @OnConnect and of a failed @OnDisconnect', async (t) => {
  const heard: unknown[] = [];
  @Namespace('/gate')
  class Gate {
    @OnConnect enter(@Auth('fail') fail: unknown) {
      if (fail) throw new Error('in');
    }
    @OnDisconnect async leave() {
      await Promise.resolve();
      throw new Error('out');
    }
    @OnError failed(error: Error) {
      heard.push(error.message);
    }
  }
  const running = await start(t, [Gate]);
  await running.refusal('/gate', { auth: { fail: true } });
  (await running.connect('/gate')).disconnect();
  await until(() => heard.length === 2, 'both errors');
  assert.deepEqual(heard, ['in', 'out']);
});

test('a client that leaves in middleware of io.use that never calls next leaves nothing behind', async (t) => {
  const left = deferred();
  const entered = deferred();
  @Namespace('/gate')
  class Gate {
    @OnConnect enter() {}
    @OnDisconnect leave() {
      left.resolve();
    }
  }
  const { app, client } = await start(t, [Gate]);
  const namespace = app.io.of('/gate');
  namespace.use(() => entered.resolve());
  const socket = client('/gate');
  await entered.promise;
  const { _preConnectSockets: pending } = namespaceInternalsOf(namespace);
  const [id] = pending.keys();
  assert.ok(enteringSocket(namespace, id!), 'it is on its way in');
  socket.io.engine.close();
  await left.promise;
  assert.equal(pending.size, 0);
  assert.equal(enteringSocket(namespace, id!), undefined);
});

test('a client that middleware of io.use refuses gets no broadcasts any more', async (t) => {
  @Namespace('/gate')
  class Gate {
    @OnConnect enter() {}
  }
  const { app, refusal } = await start(t, [Gate]);
  const ids: string[] = [];
  const namespace = app.io.of('/gate');
  namespace.use(({ id }, next) => {
    ids.push(id);
    next(new Error('no'));
  });
  await refusal('/gate');
  assert.equal(enteringSocket(namespace, ids[0]!), undefined);
});
