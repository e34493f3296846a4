/** `background` of colloquy/ambient: work that a handler starts and does not wait for. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { background, closeRoom, emit, join, rooms, socket } from '../../../src/connections/ambient/index.js';
import { Namespace, On, OnConnect, sleep } from '../../../src/index.js';
import { start } from '../../support/app.js';
import { deferred, nextEvent, until } from '../../support/wait.js';

const ended: string[] = [];

@Namespace('/jobs')
class Jobs {
  @OnConnect enter() {
    background(() => emit('started at the gate'));
  }
  @On() count(to: number) {
    background(async () => {
      for (let n = 1; n <= to; n++) {
        await sleep(1);
        emit('count', n);
      }
    });
    return 'started';
  }
  @On() fail(late: boolean) {
    background(async () => {
      if (late) await sleep(1);
      throw new Error('no paper');
    });
    return 'started';
  }
  @On() forever(name: string) {
    background(async (signal) => {
      try {
        await sleep(60_000, signal);
      } finally {
        ended.push(`${name} of ${socket().id}`);
      }
    });
  }
  @On() deaf() {
    background(() => new Promise(() => {}));
  }
  @On() stubborn() {
    background(async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      throw new Error('the disk is full');
    });
  }
  @On() async enterRoom(room: string) {
    await join(room);
  }
  @On() close(room: string) {
    closeRoom(room);
  }
  @On() where() {
    return rooms();
  }
}

describe('background work that a handler starts', () => {
  it('goes on after the answer, about the caller', async (t) => {
    const { client } = await start(t, [Jobs]);
    const one = client('/jobs');
    await nextEvent(one, 'started at the gate');
    const heard: unknown[] = [];
    one.on('count', (n: number) => heard.push(n));
    one.emit('count', 3, (answer: unknown) => heard.push(answer));
    await until(() => heard.length === 4, 'the answer and the counting');
    assert.deepEqual(heard, ['started', 1, 2, 3], 'the answer comes first');
  });

  it('is logged with handler, event and socket if it fails, at once or later', async (t) => {
    const { connect, log } = await start(t, [Jobs]);
    const one = await connect('/jobs');
    for (const late of [false, true]) {
      const before = log.at('error').length;
      assert.equal(await one.emitWithAck('fail', late), 'started');
      await until(() => log.at('error').length > before, 'the line in the log');
      const { message, facts } = log.at('error').at(-1)!;
      assert.equal(message, 'background work that a handler started failed');
      const { err, ...where } = facts;
      assert.equal((err as Error).message, 'no paper');
      const { id, ...rest } = where;
      assert.equal(typeof id, 'string', 'the id of its call');
      assert.deepEqual(rest, { handler: 'Jobs.fail', event: 'fail', namespace: '/jobs', socket: one.id });
    }
  });

  it('outlives its client, ends by its signal at shutdown, and is waited for', async (t) => {
    const { connect, app, log } = await start(t, [Jobs]);
    const one = await connect('/jobs');
    const { id } = one;
    await one.emitWithAck('forever', 'a');
    await one.emitWithAck('stubborn');
    one.disconnect();
    await until(() => app.io.of('/jobs').sockets.size === 0, 'the departure');
    assert.deepEqual(ended, []);
    await app.close();
    assert.deepEqual(ended, [`a of ${id}`]);
    const errors = log.at('error').map(({ facts }) => (facts['err'] as Error).message);
    assert.deepEqual(errors, ['the disk is full'], 'an aborted pause is no failure, another error is');
  });

  it('does not keep a shutdown for longer than its time, and is named', async (t) => {
    const { connect, app, log } = await start(t, [Jobs], { limits: { drainTime: 50 } });
    const one = await connect('/jobs');
    await one.emitWithAck('deaf');
    await app.close();
    const warning = log.at('warn').find(({ message }) => message.includes('did not end although its signal has fired'));
    assert.equal(warning?.facts['handler'], 'Jobs.deaf');
  });

  it('is limited for each transport: further work fails as busy, until some has ended', async (t) => {
    const { connect } = await start(t, [Jobs], { limits: { backgroundTasks: 2, drainTime: 50 } });
    const [one, two] = [await connect('/jobs'), await connect('/jobs')];
    const codeOf = (answer: { error?: { code: string } } | undefined): string | undefined => answer?.error?.code;
    for (let n = 0; n < 2; n++) assert.equal(codeOf(await one.emitWithAck('deaf')), undefined);
    assert.equal(codeOf(await one.emitWithAck('deaf')), 'busy');
    assert.equal(codeOf(await two.emitWithAck('deaf')), undefined, 'another client has its own');
    for (let n = 0; n < 5; n++) {
      const done = nextEvent(two, 'count');
      assert.equal(await two.emitWithAck('count', 1), 'started');
      await done;
      await two.emitWithAck('where'); // the next turn
    }
  });

  it('cannot be started where no event is handled', async () => {
    const never = deferred();
    assert.throws(() => background(() => never.resolve()), /no event is being handled here/);
  });
});

it('closeRoom has everybody leave, and only that room', async (t) => {
  const { connect } = await start(t, [Jobs]);
  const [one, two] = [await connect('/jobs'), await connect('/jobs')];
  for (const each of [one, two]) for (const room of ['a', 'b']) await each.emitWithAck('enterRoom', room);
  await one.emitWithAck('close', 'a');
  for (const each of [one, two]) assert.deepEqual(await each.emitWithAck('where'), [each.id, 'b']);
});
