/** `connect` of colloquy/client over real sockets: answers, failures, limits of time, and events. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { IsInt, IsString } from 'class-validator';
import { Socket } from 'socket.io';
import type { Socket as ClientSocket } from 'socket.io-client';
import { CallError, connect, type Client } from '../../src/client/index.js';
import { EventError, Namespace, On, reply } from '../../src/index.js';
import { start } from '../support/app.js';
import { deferred, nextEvent } from '../support/wait.js';

class Say {
  @IsString() text!: string;
}
class Wait {
  @IsInt() timeout!: number;
}

const begun: { call: ReturnType<typeof deferred> } = { call: deferred() };

@Namespace('/chat')
class Chat {
  @On() say({ text }: Say, socket: Socket): { length: number } {
    socket.emit('said', { text });
    return { length: text.length };
  }
  @On() two(): unknown {
    return reply(1, 'b');
  }
  @On() nothing(): void {}
  @On() wait({ timeout }: Wait): number {
    return timeout;
  }
  @On() full(): void {
    throw new EventError('room_full', 'No seat is left.', { seats: 4 });
  }
  @On() never(): Promise<never> {
    begun.call.resolve(undefined);
    return new Promise(() => {});
  }
  @On() leave(socket: Socket): Promise<never> {
    socket.disconnect();
    return new Promise(() => {});
  }
}

/** The types that the command writes for it. */
interface ChatTypes {
  events: {
    say: { args: [{ text: string }]; answer: { length: number }; codes: never };
    two: { args: []; answer: [number, string]; codes: never };
    nothing: { args: []; answer: undefined; codes: never };
    wait: { args: [{ timeout: number }]; answer: number; codes: never };
    full: { args: []; answer: undefined; codes: 'room_full' };
    never: { args: []; answer: undefined; codes: never };
    leave: { args: []; answer: undefined; codes: never };
  };
  emits: { said: [{ text: string }] };
}

async function open(t: TestContext): Promise<Client<ChatTypes, ClientSocket>> {
  const { connect: connected } = await start(t, [Chat], { limits: { drainTime: 1 } });
  return connect<ChatTypes, ClientSocket>(await connected('/chat'));
}

/** The error that a call ends with. */
async function failure(call: Promise<unknown>): Promise<CallError> {
  const error = await call.then(
    () => assert.fail('it was answered'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CallError);
  return error;
}

describe('connect', () => {
  it('returns the answer of a call: one value, several, or none', async (t) => {
    const chat = await open(t);
    assert.deepEqual(await chat.call('say', { text: 'hello' }), { length: 5 });
    assert.deepEqual(await chat.call('two'), [1, 'b']);
    assert.equal(await chat.call('nothing'), undefined);
    assert.deepEqual(await chat.call('say', { text: 'hello' }, { timeout: 60_000 }), { length: 5 });
  });

  it('throws a CallError with the code and all that the server said', async (t) => {
    const chat = await open(t);
    const full = await failure(chat.call('full'));
    assert.deepEqual([full.code, full.message, full.details], ['room_full', 'No seat is left.', { seats: 4 }]);
    assert.ok(chat.isError(full, 'full') && full.code === 'room_full');
    assert.equal(chat.isError(new Error('another'), 'full'), false);
    const invalid = await failure(chat.call('say', { text: 1 as unknown as string }));
    assert.equal(invalid.code, 'invalid');
    assert.deepEqual(
      invalid.issues?.map(({ path, rule }) => [path, rule]),
      [['text', 'isString']],
    );
    const unknown = await failure(chat.call('sya' as 'two'));
    assert.equal(unknown.code, 'unknown_event');
  });

  it('gives a call up after its timeout, and forgets it', async (t) => {
    const chat = await open(t);
    const error = await failure(chat.call('never', { timeout: 20 }));
    assert.deepEqual([error.code, error.message], ['timeout', 'No answer within 20 ms.']);
    assert.equal(chat.socket.listeners('disconnect').length, 0);
  });

  it('gives a call up when its signal is aborted, with the reason of the signal, and forgets it', async (t) => {
    const chat = await open(t);
    begun.call = deferred();
    const controller = new AbortController();
    const waiting = chat.call('never', { signal: controller.signal });
    await begun.call.promise;
    const reason = new Error('the page was left');
    controller.abort(reason);
    await assert.rejects(waiting, reason);
    await assert.rejects(chat.call('say', { text: 'a' }, { signal: controller.signal }), reason);
    assert.equal(chat.socket.listeners('disconnect').length, 0);
  });

  it('fails a call when the connection ends before the answer, and takes no answer afterwards', async (t) => {
    const chat = await open(t);
    assert.equal((await failure(chat.call('leave'))).code, 'disconnected');
  });

  it('takes a payload that looks like options, if options stand behind it', async (t) => {
    const chat = await open(t);
    assert.equal(await chat.call('wait', { timeout: 7 }, { timeout: undefined }), 7);
  });

  it('emits and listens like the socket itself; a failure without an answer is `exception`', async (t) => {
    const chat = await open(t);
    const said: string[] = [];
    const listener = ({ text }: { text: string }): void => void said.push(text);
    chat.on('said', listener).once('said', ({ text }) => void said.push(`once ${text}`));
    await chat.call('say', { text: 'a' });
    await chat.call('say', { text: 'b' });
    chat.off('said', listener);
    await chat.call('say', { text: 'c' });
    assert.deepEqual(said, ['a', 'once a', 'b']);
    const exception = nextEvent<[{ event: string; error: { code: string } }]>(chat.socket, 'exception');
    assert.equal(chat.emit('full'), chat);
    const [{ event, error }] = await exception;
    assert.deepEqual([event, error.code], ['full', 'room_full']);
  });
});
