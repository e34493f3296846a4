import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Socket } from 'socket.io';
import {
  createApp,
  defaultLimits,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  OnError,
  Payload,
  SetupError,
} from '../../src/index.js';
import { start, transports } from '../support/app.js';
import { openMute } from '../support/silent-client.js';
import { openRaw } from '../support/raw-client.js';
import { deferred, nextEvent, until, within, type Deferred } from '../support/wait.js';

interface Answer {
  readonly error: { readonly code: string };
}

const codeOf = (answer: unknown): string => (answer as Partial<Answer> | undefined)?.error?.code ?? 'fine';

@Namespace('/limits')
class Limited {
  @On() echo(@Payload({ type: Object }) value: unknown) {
    return value;
  }
}

test('every limit is on by default', () => {
  assert.deepEqual(defaultLimits, {
    payload: 100_000,
    depth: 64,
    namespaces: 16,
    rooms: 256,
    concurrentCalls: 32,
    queuedCalls: 128,
    backgroundTasks: 100,
    handlerTime: 15_000,
    callTime: 10_000,
    sendBuffer: 4_000_000,
    eventRate: 200,
    eventBurst: 400,
    byteRate: 2_000_000,
    byteBurst: 4_000_000,
    connectRate: 20,
    connectBurst: 100,
    connectionsPerAddress: 500,
    connectionRate: 50,
    connectionBurst: 500,
    recoveryBytes: 50_000_000,
    recoveryPackets: 100_000,
    joinTime: 10_000,
    drainTime: 10_000,
  });
  assert.ok(Object.isFrozen(defaultLimits));
});

test('a wrong limit is a mistake at boot', async () => {
  const limits = { payload: -1, depth: 'deep', romos: 5, rooms: Number.NaN } as never;
  await assert.rejects(createApp({ controllers: [Limited], limits, logger: false }), (error: SetupError) => {
    assert.deepEqual(
      error.problems.map(({ where }) => where),
      ['limits.payload', 'limits.depth', 'limits.romos', 'limits.rooms'],
    );
    return true;
  });
});

for (const transport of transports) {
  test(`a message above limits.payload ends its connection, one below is served (${transport})`, async (t) => {
    const { connect } = await start(t, [Limited], { limits: { payload: 5_000 } });
    const socket = await connect('/limits', { transports: [transport] });
    assert.equal(((await socket.emitWithAck('echo', 'x'.repeat(4_500))) as string).length, 4_500);
    socket.emit('echo', 'x'.repeat(6_000));
    await nextEvent(socket, 'disconnect');
  });
}

test('the default for payload is 100 KB', async (t) => {
  const { connect } = await start(t, [Limited]);
  const socket = await connect('/limits');
  assert.equal(((await socket.emitWithAck('echo', 'x'.repeat(99_000))) as string).length, 99_000);
  socket.emit('echo', 'x'.repeat(100_001));
  await nextEvent(socket, 'disconnect');
});

test('an argument nested deeper than limits.depth is refused; the depth is counted for each argument', async (t) => {
  const { connect } = await start(t, [Limited], { limits: { depth: 3 } });
  const socket = await connect('/limits');
  assert.equal(codeOf(await socket.emitWithAck('echo', [[[1]]], 'b', { a: { b: { c: 1 } } })), 'fine');
  assert.equal(codeOf(await socket.emitWithAck('echo', [[[[1]]]])), 'invalid');
  assert.equal(codeOf(await socket.emitWithAck('echo', 1, { a: { b: { c: {} } } })), 'invalid');
  assert.equal(codeOf(await socket.emitWithAck('nobody', [[[[1]]]])), 'invalid');
});

test('more namespaces than limits.namespaces are refused to one transport', async (t) => {
  @Namespace('/:any')
  class Any {
    @On() work() {}
  }
  const { url } = await start(t, [Any], { limits: { namespaces: 2 } });
  const raw = await openRaw(t, url);
  raw.send('0/a,');
  await raw.frame('0/a,');
  raw.send('0/b,', '0/c,');
  await raw.frame('0/b,');
  assert.match(await raw.frame('4/c,'), /"code":"refused"/);
});

test('a socket joins at most limits.rooms rooms, its own not counted, and may leave and join again', async (t) => {
  @Namespace('/limits')
  class Rooms {
    @On() async join(@Payload({ each: String }) rooms: string[], socket: Socket) {
      await socket.join(rooms);
      return socket.rooms.size;
    }
    @On() leave(room: string, socket: Socket) {
      void socket.leave(room);
    }
    @On() careless(room: string, socket: Socket) {
      void socket.join(room);
    }
  }
  const { connect } = await start(t, [Rooms], { limits: { rooms: 3 } });
  const socket = await connect('/limits');
  assert.equal(await socket.emitWithAck('join', ['a', 'b']), 3);
  assert.equal(codeOf(await socket.emitWithAck('join', ['c', 'd'])), 'too_many_rooms');
  assert.equal(await socket.emitWithAck('join', ['c']), 4);
  assert.equal(await socket.emitWithAck('join', ['a', 'b', 'c']), 4);
  assert.equal(codeOf(await socket.emitWithAck('careless', 'd')), 'too_many_rooms');
  await socket.emitWithAck('leave', 'a');
  assert.equal(await socket.emitWithAck('join', ['d']), 4);
});

test('calls above concurrentCalls wait for their turn, in order; above queuedCalls they are refused', async (t) => {
  const calls: Deferred[] = [];
  const started: number[] = [];
  @Namespace('/limits')
  class Calls {
    @On() async work(n: number) {
      started.push(n);
      const call = deferred();
      calls.push(call);
      await call.promise;
      return n;
    }
    @On() quick() {
      return 'quick';
    }
  }
  const { connect } = await start(t, [Calls], { limits: { concurrentCalls: 2, queuedCalls: 3 } });
  const socket = await connect('/limits');
  const answers = [0, 1, 2, 3, 4].map((n) => socket.emitWithAck('work', n));
  for (const event of ['work', 'quick', 'nobody']) {
    assert.equal(codeOf(await socket.emitWithAck(event, 5)), 'busy');
  }
  const other = await connect('/limits');
  assert.equal(await other.emitWithAck('quick'), 'quick');
  assert.deepEqual(started, [0, 1]);
  for (let n = 0; n < 5; n++) {
    await until(() => calls.length > n, `call ${n}`);
    calls[n]!.resolve();
    assert.equal(await answers[n], n);
  }
  assert.deepEqual(started, [0, 1, 2, 3, 4]);
  assert.equal(await socket.emitWithAck('quick'), 'quick');
});

test('calls that wait for a client that has gone are never begun', async (t) => {
  let started = 0;
  const open = deferred();
  @Namespace('/limits')
  class Calls {
    @On() async work() {
      started++;
      await open.promise;
    }
  }
  const { connect, app } = await start(t, [Calls], { limits: { concurrentCalls: 1 } });
  const socket = await connect('/limits');
  for (let n = 0; n < 5; n++) socket.emit('work');
  await until(() => started === 1, 'the first call');
  socket.disconnect();
  await until(() => app.io.of('/limits').sockets.size === 0, 'the end');
  open.resolve();
  await until(() => app.health().calls === 0, 'the end of the call');
  assert.equal(started, 1);
});

test('a call that never ends frees its place when its time is over', async (t) => {
  @Namespace('/limits')
  class Calls {
    @On() hang() {
      return new Promise(() => {});
    }
    @On() quick() {
      return 'quick';
    }
  }
  const { connect } = await start(t, [Calls], { limits: { concurrentCalls: 1, handlerTime: 40 } });
  const socket = await connect('/limits');
  const [hung, quick] = await Promise.all([socket.emitWithAck('hang'), socket.emitWithAck('quick')]);
  assert.equal(codeOf(hung), 'timeout');
  assert.equal(quick, 'quick');
});

test('each call has its own time: a handler may say how much', async (t) => {
  const order: string[] = [];
  @Namespace('/limits')
  class Calls {
    @On('long', { timeout: 120 }) long() {
      return new Promise(() => {});
    }
    @On('short', { timeout: 20 }) short() {
      return new Promise(() => {});
    }
    @On() usual() {
      return new Promise(() => {});
    }
  }
  const { connect } = await start(t, [Calls], { limits: { handlerTime: 60 } });
  const socket = await connect('/limits');
  await Promise.all(
    ['long', 'short', 'usual'].map(async (event) => {
      assert.equal(codeOf(await socket.emitWithAck(event)), 'timeout');
      order.push(event);
    }),
  );
  assert.deepEqual(order, ['short', 'usual', 'long']);
});

test('a socket that sends faster than eventRate is refused, whatever it sends, and served again after a pause', async (t) => {
  let ran = 0;
  @Namespace('/limits')
  class Rate {
    @On() count() {
      ran++;
    }
  }
  const { app, connect } = await start(t, [Rate], { limits: { eventBurst: 5, eventRate: 50 } });
  const socket = await connect('/limits');
  let exceptions = 0;
  socket.on('exception', () => exceptions++);
  const codes = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => codeOf(await socket.emitWithAck(n % 2 ? 'count' : 'nobody'))),
  );
  const refused = codes.filter((code) => code === 'rate_limited').length;
  assert.ok(refused >= 10 && refused <= 15, `${refused} were refused`);
  assert.ok(ran <= 10);
  assert.equal(exceptions, 0, 'the refusal of a call is its answer');
  const before = ran;
  for (let n = 0; n < 20; n++) socket.emit('count');
  await until(() => ran === before + 20, 'events that ask for no answer: they wait for the rate, and none is lost');
  await until(() => app.health().counts.rate_limited === refused, 'the count of those that were refused');
  const other = await connect('/limits');
  assert.equal(codeOf(await other.emitWithAck('count')), 'fine');
});

test('what a limit refuses reaches no error handler: a flood must not start as many of them', async (t) => {
  const heard: string[] = [];
  const hear = (error: unknown): Promise<never> => {
    heard.push((error as Answer['error']).code);
    return new Promise(() => {});
  };
  @Namespace('/limits')
  class Heard {
    @On() hang() {
      return new Promise(() => {});
    }
    @OnError error(error: unknown) {
      return hear(error);
    }
  }
  const { connect, app } = await start(t, [Heard], {
    limits: { eventBurst: 30, eventRate: 0.001, concurrentCalls: 2, queuedCalls: 3, drainTime: 50 },
    onError: hear,
  });
  const socket = await connect('/limits');
  socket.emit('nobody');
  socket.emit('hang');
  const answers = Array.from({ length: 40 }, () => socket.emitWithAck('hang'));
  const refused = (await Promise.all(answers.slice(3))).map(codeOf);
  assert.equal(refused.filter((code) => code === 'busy').length, 25);
  assert.equal(refused.filter((code) => code === 'rate_limited').length, 12);
  assert.deepEqual(heard, ['unknown_event']);
  assert.equal(app.health().calls, 2);
  void Promise.allSettled(answers);
});

test('a client that does not read is disconnected when more than limits.sendBuffer waits for it', async (t) => {
  const left: string[] = [];
  @Namespace('/limits')
  class Flood {
    @OnDisconnect leave(reason: string) {
      left.push(reason);
    }
    @On() work() {}
  }
  const { app, url, connect, log } = await start(t, [Flood], { limits: { sendBuffer: 1_000_000 } });
  const reader = await connect('/limits');
  let read = 0;
  reader.on('bulk', () => read++);
  const mute = await openMute(t, url, '/limits');
  mute.pause();
  const bulk = Buffer.alloc(500_000);
  for (let n = 0; n < 60; n++) {
    app.io.of('/limits').emit('bulk', bulk);
    if (n % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await until(() => left.length === 1, 'the end of the slow one');
  await until(() => read === 60, 'the fast one');
  assert.ok(reader.connected);
  assert.match(log.at('warn')[0]!.message, /limits\.sendBuffer/);
});

test('limits.sendBuffer counts the bytes of what is binary, whatever holds them', async (t) => {
  const left: string[] = [];
  @Namespace('/limits')
  class Flood {
    @OnDisconnect leave(reason: string) {
      left.push(reason);
    }
  }
  const { app, url } = await start(t, [Flood], { limits: { sendBuffer: 50_000_000 } });
  const mute = await openMute(t, url, '/limits');
  mute.pause();
  // More than the kernel takes, so that the rest has to wait.
  app.io.of('/limits').emit('bulk', Buffer.alloc(40_000_000));
  const { clients } = app.io.engine as unknown as {
    clients: Record<string, { transport: { socket: { bufferedAmount: number } } }>;
  };
  await until(() => Object.values(clients)[0]!.transport.socket.bufferedAmount > 1_000_000, 'what the kernel left');
  const bytes = new ArrayBuffer(8_000_000);
  for (let n = 0; n < 8; n++) app.io.of('/limits').emit('bulk', n % 2 ? bytes : new Float64Array(bytes));
  await until(() => left.length === 1, 'the end of the slow one');
});

for (const transport of transports) {
  test(`a transport that joins no namespace within limits.joinTime is closed (${transport})`, async (t) => {
    const { url, app } = await start(t, [Limited], { limits: { joinTime: 60 } });
    const raw = await openRaw(t, url, transport);
    await within(raw.closed, 'the end of the transport', 2_000);
    await until(() => app.io.engine.clientsCount === 0, 'nobody');
  });
}

test('a shutdown waits for what runs, and no longer than limits.drainTime', async (t) => {
  let left = 0;
  @Namespace('/limits')
  class Slow {
    @On() hang() {
      return new Promise(() => {});
    }
    @OnDisconnect leave() {
      left++;
      return new Promise(() => {});
    }
    @OnConnect enter(socket: Socket) {
      return socket.handshake.auth['hang'] ? new Promise(() => {}) : undefined;
    }
  }
  const { connect, client, app } = await start(t, [Slow], { limits: { drainTime: 80 } });
  const socket = await connect('/limits');
  const hung = socket.emitWithAck('hang');
  const entering = nextEvent<[{ data: { code: string } }]>(
    client('/limits', { auth: { hang: true } }),
    'connect_error',
  );
  await until(() => app.health().calls === 2, 'both calls');
  const begin = performance.now();
  await app.close();
  const took = performance.now() - begin;
  assert.ok(took >= 70 && took < 1_000, `${took} ms`);
  assert.equal(codeOf(await hung), 'closing');
  assert.equal((await entering)[0].data.code, 'closing');
  assert.equal(left, 1);
});

test('a shutdown lets clients go at once, and then waits for the handlers of their disconnections', async (t) => {
  const open = deferred();
  let left = 0;
  @Namespace('/limits')
  class Slow {
    @OnDisconnect async leave() {
      await open.promise;
      left++;
    }
  }
  const { connect, app } = await start(t, [Slow]);
  const gone = nextEvent(await connect('/limits'), 'disconnect');
  const closed = app.close();
  await gone;
  open.resolve();
  await closed;
  assert.equal(left, 1);
});

test('a shutdown without a limit waits for what runs', async (t) => {
  const open = deferred();
  @Namespace('/limits')
  class Slow {
    @On() async work() {
      await open.promise;
      return 'done';
    }
  }
  const { connect, app } = await start(t, [Slow], { limits: { drainTime: Infinity } });
  const answer = (await connect('/limits')).emitWithAck('work');
  await until(() => app.health().calls === 1, 'the call');
  const closed = app.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  open.resolve();
  assert.equal(await answer, 'done');
  await closed;
});

test('limits.payload reaches every engine as a number of 32 bits: eiows would refuse all messages at Infinity', async (t) => {
  const { app } = await start(t, [Limited], { limits: { payload: Infinity } });
  assert.equal((app.io as unknown as { opts: { maxHttpBufferSize: number } }).opts.maxHttpBufferSize, 2 ** 31 - 1);
});

test('limits.joinTime reaches Socket.IO as a time that a timer can take: it would cut everybody at Infinity', async (t) => {
  for (const [joinTime, expected] of [
    [Infinity, 2 ** 31 - 1],
    [0, 1],
  ] as const) {
    const { app } = await start(t, [Limited], { limits: { joinTime } });
    assert.equal(app.io.connectTimeout(), expected);
  }
});

test('Infinity switches a limit off', async (t) => {
  const off = Object.fromEntries(Object.keys(defaultLimits).map((name) => [name, Infinity]));
  const { connect } = await start(t, [Limited], { limits: off });
  const socket = await connect('/limits');
  const deep = JSON.parse('['.repeat(500) + ']'.repeat(500)) as unknown;
  assert.equal(codeOf(await socket.emitWithAck('echo', deep)), 'fine');
  const answers = await Promise.all(Array.from({ length: 600 }, () => socket.emitWithAck('echo', 1)));
  assert.ok(answers.every((answer) => answer === 1));
  assert.equal(((await socket.emitWithAck('echo', 'x'.repeat(300_000))) as string).length, 300_000);
});
