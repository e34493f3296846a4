import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConnectionRefused,
  EventContext,
  EventError,
  InvalidPayload,
  Namespace,
  On,
  OnConnect,
  OnError,
  SocketId,
} from '../../src/index.js';
import { startInMemory } from '../support/kit.js';
import { nextEvent } from '../support/wait.js';

class AppError extends Error {}
class RoomError extends AppError {}
class FullError extends RoomError {}

const thrown: Record<string, () => unknown> = {
  app: () => new AppError('app'),
  room: () => new RoomError('room'),
  full: () => new FullError('full'),
  other: () => new TypeError('other'),
  text: () => 'text',
};

test('@OnError: the most derived class of errors wins, wherever it is declared', async (t) => {
  @Namespace('/errors')
  class Errors {
    @OnError any() {
      return 'any';
    }
    @OnError(AppError) app() {
      return 'app';
    }
    @OnError(FullError) full() {
      return 'full';
    }
    @OnError(RoomError) async room() {
      await Promise.resolve();
      return 'room';
    }
    @On() fail(what: string) {
      throw thrown[what]!();
    }
    @On() async failLater(what: string) {
      await Promise.resolve();
      throw thrown[what]!();
    }
  }
  const { connect } = await startInMemory(t, [Errors]);
  const socket = await connect('/errors');
  for (const event of ['fail', 'failLater']) {
    assert.equal(await socket.emitWithAck(event, 'app'), 'app');
    assert.equal(await socket.emitWithAck(event, 'room'), 'room');
    assert.equal(await socket.emitWithAck(event, 'full'), 'full');
    assert.equal(await socket.emitWithAck(event, 'other'), 'any');
    assert.equal(await socket.emitWithAck(event, 'text'), 'any');
  }
});

test('@OnError gets the error, the context, and what it asks for; inherited ones count', async (t) => {
  const got: unknown[] = [];
  class Base {
    @OnError failed(error: unknown, context: EventContext, @SocketId() id: string) {
      got.push([(error as Error).message, context.event, context.args, context.namespace, context.kind, id]);
    }
  }
  @Namespace('/errors')
  class Errors extends Base {
    @On() fail(what: string) {
      throw thrown[what]!();
    }
  }
  const { connect } = await startInMemory(t, [Errors]);
  const socket = await connect('/errors');
  const answer = (await socket.emitWithAck('fail', 'app')) as { error: { code: string } };
  assert.equal(answer.error.code, 'internal');
  assert.deepEqual(got, [['app', 'fail', ['app'], '/errors', 'event', socket.id]]);
});

test('@OnError hears of invalid payloads, time-outs and EventErrors too, and may answer in their place', async (t) => {
  const heard: string[] = [];
  @Namespace('/errors')
  class Errors {
    @OnError(InvalidPayload) invalid(error: InvalidPayload) {
      heard.push(error.code);
      return { wrong: error.issues.map(({ rule }) => rule) };
    }
    @OnError(EventError) event(error: EventError) {
      heard.push(error.code);
    }
    @On() number(_n: number) {}
    @On('slow', { timeout: 40 }) slow() {
      return new Promise(() => {});
    }
    @On() full() {
      throw new EventError('full', 'full');
    }
  }
  const { connect } = await startInMemory(t, [Errors]);
  const socket = await connect('/errors');
  assert.deepEqual(await socket.emitWithAck('number', 'x'), { wrong: ['isNumber'] });
  assert.equal(((await socket.emitWithAck('slow')) as { error: { code: string } }).error.code, 'timeout');
  assert.deepEqual(await socket.emitWithAck('full'), { error: { code: 'full', message: 'full' } });
  assert.deepEqual(heard, ['invalid', 'timeout', 'full']);
});

test('the application-wide onError speaks where no @OnError did, also of events that nobody handles', async (t) => {
  const heard: unknown[] = [];
  @Namespace('/errors')
  class Errors {
    @OnError(RoomError) room() {}
    @OnError(FullError) full() {
      return 'full';
    }
    @On() fail(what: string) {
      throw thrown[what]!();
    }
    @OnConnect enter(context: EventContext) {
      if (context.socket.handshake.auth['no']) throw new AppError('no');
    }
  }
  const { connect, refusal } = await startInMemory(t, [Errors], {
    onError: (error, context) => {
      heard.push([(error as Error).message, context.event]);
      return context.event === 'fail' ? Promise.resolve('global') : undefined;
    },
  });
  const socket = await connect('/errors');
  assert.equal(await socket.emitWithAck('fail', 'room'), 'global');
  assert.equal(await socket.emitWithAck('fail', 'other'), 'global');
  assert.equal(await socket.emitWithAck('fail', 'full'), 'full');
  const unknown = (await socket.emitWithAck('nobody')) as { error: { code: string } };
  assert.equal(unknown.error.code, 'unknown_event');
  assert.equal((await refusal('/errors', { auth: { no: true } })).data?.code, 'internal');
  assert.deepEqual(heard, [
    ['room', 'fail'],
    ['other', 'fail'],
    ['Unknown event.', 'nobody'],
    ['no', 'connect'],
  ]);
});

test('a ConnectionRefused that a handler throws is its answer, with its data, and the client stays', async (t) => {
  @Namespace('/errors')
  class Errors {
    @On() refuse() {
      throw new ConnectionRefused('not you', { hint: 'log in' });
    }
  }
  const { connect, log } = await startInMemory(t, [Errors]);
  const socket = await connect('/errors');
  const answer = { error: { code: 'refused', message: 'not you', hint: 'log in' } };
  assert.deepEqual(await socket.emitWithAck('refuse'), answer);
  assert.deepEqual(await socket.emitWithAck('refuse'), answer);
  assert.deepEqual(log.at('error'), []);
});

test('without an acknowledgement, what @OnError returns is told by the event exception', async (t) => {
  @Namespace('/errors')
  class Errors {
    @OnError failed() {
      return { error: { code: 'own', message: 'own words' } };
    }
    @On() fail() {
      throw new Error('no');
    }
  }
  const { connect } = await startInMemory(t, [Errors]);
  const socket = await connect('/errors');
  socket.emit('fail');
  assert.deepEqual(await nextEvent(socket, 'exception'), [
    { event: 'fail', error: { code: 'own', message: 'own words' } },
  ]);
});

test('an @OnError that fails, hangs or says what cannot be sent leaves the default answer', async (t) => {
  const ways: Record<string, () => unknown> = {
    throws: () => {
      throw new Error('the error handler itself');
    },
    rejects: () => Promise.reject(new Error('the error handler itself')),
    hangs: () => new Promise(() => {}),
    big: () => 1n,
    bigLater: () => Promise.resolve({ n: 1n }),
    thenTrap: () => ({
      get then(): never {
        throw new Error('trap');
      },
    }),
    thenThrows: () => ({
      then(): never {
        throw new Error('trap');
      },
    }),
  };
  @Namespace('/errors')
  class Errors {
    @OnError failed(_error: unknown, context: EventContext) {
      return ways[String(context.args[0])]!();
    }
    @On('fail', { timeout: 60 }) fail(_way: string) {
      throw new EventError('default', 'default');
    }
  }
  const { connect, log } = await startInMemory(t, [Errors]);
  const socket = await connect('/errors');
  for (const way of Object.keys(ways)) {
    const lines = log.at('error').length;
    assert.deepEqual(await socket.emitWithAck('fail', way), { error: { code: 'default', message: 'default' } }, way);
    if (way !== 'hangs') assert.ok(log.at('error').length > lines, `${way} is logged`);
  }
});

test('an app-wide onError that fails leaves the default answer', async (t) => {
  @Namespace('/errors')
  class Errors {
    @On() fail() {
      throw new EventError('default', 'default');
    }
  }
  const onError = (): never => {
    throw new Error('the error handler itself');
  };
  const { connect, log } = await startInMemory(t, [Errors], { onError });
  const socket = await connect('/errors');
  assert.deepEqual(await socket.emitWithAck('fail'), { error: { code: 'default', message: 'default' } });
  assert.equal((log.at('error')[0]?.facts['err'] as Error).message, 'the error handler itself');
});

test('a slow @OnError after a slow handler answers once, and frees its place', async (t) => {
  @Namespace('/errors')
  class Errors {
    @OnError async failed() {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return 'from @OnError';
    }
    @On('slow', { timeout: 40 }) async slow() {
      await new Promise((resolve) => setTimeout(resolve, 55));
      return 'from the handler';
    }
  }
  const { connect } = await startInMemory(t, [Errors], { limits: { concurrentCalls: 1 } });
  const socket = await connect('/errors');
  for (let n = 0; n < 3; n++) assert.equal(await socket.emitWithAck('slow'), 'from @OnError');
});
