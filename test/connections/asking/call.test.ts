import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Socket, type Namespace as IoNamespace } from 'socket.io';
import { call, callAll, CallError, InjectNamespace, Namespace, On, OnConnect } from '../../../src/index.js';
import { internalsOf } from '../../../src/connections/internals.js';
import { startInMemory } from '../../support/kit.js';
import { deferred, nextEvent, within } from '../../support/wait.js';

@Namespace('/')
class Asking {
  constructor(@InjectNamespace() readonly clients: IoNamespace) {}
  @On() async age(name: string, socket: Socket) {
    return { age: await call<number>(socket, 'your age?', name) };
  }
}

type Answer = (...values: unknown[]) => void;

function isCallError(code: string, message?: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof CallError, String(error));
    assert.equal(error.code, code);
    if (message) assert.match(error.message, message);
    return true;
  };
}

describe('call', () => {
  it("gives the client's answer, and keeps nothing of the question", async (t) => {
    const { connect, app } = await startInMemory(t, [Asking]);
    const client = await connect();
    client.on('your age?', (name: string, answer: Answer) => answer(name.length));
    assert.deepEqual(await client.emitWithAck('age', 'Ada'), { age: 3 });
    const socket = app.io.sockets.sockets.get(client.id!)!;
    assert.equal(internalsOf(socket).acks.size, 0);
    assert.equal(await call(socket, 'your age?', 'Grace'), 5, 'outside of a handler too');
    const listeners = socket.listenerCount('disconnect');
    await Promise.all(Array.from({ length: 20 }, () => call(socket, 'your age?', 'x')));
    assert.equal(socket.listenerCount('disconnect'), listeners, 'one listener serves all questions');
  });

  it('gives all values of an answer, as a list if they are several, whoever asks and however the client is named', async (t) => {
    const { connect, app } = await startInMemory(t, [Asking]);
    const client = await connect();
    const socket = app.io.sockets.sockets.get(client.id!)!;
    const [remote] = await app.io.fetchSockets();
    const failure = { error: { code: 'full', message: 'Full.' } };
    const cases: readonly (readonly [values: readonly unknown[], answer: unknown])[] = [
      [[], undefined],
      [[7], 7],
      [[[7, 8]], [7, 8]],
      [[null], null],
      [
        [7, 8],
        [7, 8],
      ],
      [
        [3, null, { a: [1] }],
        [3, null, { a: [1] }],
      ],
      [
        [1, failure],
        [1, failure],
      ],
    ];
    for (const [values, answer] of cases) {
      client.off('all').on('all', (respond: Answer) => respond(...values));
      assert.deepEqual(await call(socket, 'all'), answer);
      assert.deepEqual(await call(remote!, 'all'), answer);
      const { answers, failures } = await callAll(app.io, 'all');
      assert.deepEqual([answers, failures], [[{ id: client.id, value: answer }], []]);
    }
    client.off('all').on('all', (respond: Answer) => respond(failure, 'more'));
    for (const asked of [socket, remote!]) await assert.rejects(call(asked, 'all'), isCallError('full'));
    assert.equal((await callAll(app.io, 'all')).failures[0]!.error.code, 'full');
  });

  it('rejects when the client does not answer in time, and keeps nothing of the question', async (t) => {
    const { connect, app } = await startInMemory(t, [Asking], { limits: { callTime: 20 } });
    const client = await connect();
    const socket = app.io.sockets.sockets.get(client.id!)!;
    await assert.rejects(call(socket, 'silence'), isCallError('timeout', /within 20 ms/));
    await assert.rejects(call(socket.timeout(5), 'silence'), isCallError('timeout', /within 5 ms/));
    assert.equal(internalsOf(socket).acks.size, 0);
    assert.deepEqual(internalsOf(socket).flags, {}, 'the time was for one question');
  });

  it('drops an answer that comes too late', async (t) => {
    const { connect, app } = await startInMemory(t, [Asking]);
    const client = await connect();
    const asked = deferred<Answer>();
    client.on('question', (answer: Answer) => asked.resolve(answer));
    const socket = app.io.sockets.sockets.get(client.id!)!;
    const failed = assert.rejects(call(socket.timeout(30), 'question'), isCallError('timeout'));
    const answer = await asked.promise;
    await failed;
    answer('late');
    client.on('next', (respond: Answer) => respond('in time'));
    assert.equal(await call(socket, 'next'), 'in time');
  });

  it('rejects at once when the client leaves, all open questions', async (t) => {
    const { connect, app } = await startInMemory(t, [Asking]);
    const client = await connect();
    const socket = app.io.sockets.sockets.get(client.id!)!;
    const all = Array.from({ length: 20 }, () => assert.rejects(call(socket, 'silence'), isCallError('disconnected')));
    await nextEvent(client.io.engine as never, 'packet').catch(() => {});
    client.disconnect();
    await within(Promise.all(all), 'the rejections', 2_000);
    assert.equal(internalsOf(socket).acks.size, 0);
    await assert.rejects(call(socket, 'anyone?'), isCallError('disconnected', /not connected/));
  });

  it('rejects in @OnConnect, where the client could not answer yet', async (t) => {
    const found = deferred<unknown>();
    @Namespace('/early')
    class Early {
      @OnConnect async enter(socket: Socket) {
        found.resolve(await call(socket, 'who are you?').catch((error: unknown) => error));
      }
    }
    const { connect } = await startInMemory(t, [Early]);
    await connect('/early');
    isCallError('disconnected', /not connected/)(await found.promise);
  });

  it("rejects with the client's own error where it answers one", async (t) => {
    const { connect, app } = await startInMemory(t, [Asking]);
    const client = await connect();
    client.on('pay', (answer: Answer) => answer({ error: { code: 'declined', message: 'No money.', details: 3 } }));
    const socket = app.io.sockets.sockets.get(client.id!)!;
    await assert.rejects(call(socket, 'pay'), (error: CallError) => {
      assert.deepEqual([error.code, error.message, error.details], ['declined', 'No money.', 3]);
      return true;
    });
  });

  it('rejects where the question cannot be sent, and keeps nothing of it', async (t) => {
    const { connect, app } = await startInMemory(t, [Asking]);
    const client = await connect();
    const socket = app.io.sockets.sockets.get(client.id!)!;
    await assert.rejects(call(socket, 'connect'), /reserved/);
    const hostile = {
      toJSON() {
        throw new Error('cannot be encoded');
      },
    };
    await assert.rejects(call(socket, 'question', hostile), /cannot be encoded/);
    assert.equal(internalsOf(socket).acks.size, 0);
  });

  it('keeps what stays uncaught in a handler inside: the caller reads `internal`', async (t) => {
    const { connect } = await startInMemory(t, [Asking], { limits: { callTime: 10 } });
    const answer = (await (await connect()).emitWithAck('age', 'x')) as { error: { code: string } };
    assert.equal(answer.error.code, 'internal');
  });
});
