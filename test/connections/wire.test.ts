import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Socket } from 'socket.io-client';
import { start, transports, type Running } from '../support/app.js';
import { nextEvent, within } from '../support/wait.js';
import { undisturbed } from '../support/undisturbed.js';
import { ContractController, SECRET } from '../support/contract.controller.js';

interface Conversation extends Running {
  readonly socket: Socket;
  /** All that the server sent, as text. */
  readonly frames: string[];
}

async function converse(t: TestContext, transport: string): Promise<Conversation> {
  const running = await start(t, [ContractController]);
  const frames: string[] = [];
  const socket = running.client('/contract', { transports: [transport] });
  socket.io.on('open', () => {
    socket.io.engine.on('packet', ({ data }: { data?: unknown }) => void frames.push(String(data)));
  });
  await nextEvent(socket, 'connect');
  return { ...running, socket, frames };
}

/** All values of the acknowledgement, and those of a second one if it comes before the next answer. */
async function answers(socket: Socket, event: string, ...args: unknown[]): Promise<unknown[]> {
  let count = 0;
  const values = await within(
    new Promise<unknown[]>((resolve) => {
      socket.emit(event, ...args, (...got: unknown[]) => {
        count++;
        resolve(got);
      });
    }),
    `the acknowledgement of '${event}'`,
  );
  await socket.emitWithAck('nothing');
  assert.equal(count, 1, `'${event}' was acknowledged once`);
  return values;
}

interface Body {
  readonly code: string;
  readonly message: string;
  readonly id?: string;
  readonly issues?: readonly { readonly path: string; readonly rule: string; readonly message: string }[];
}

async function failure(socket: Socket, event: string, ...args: unknown[]): Promise<Body> {
  const values = await answers(socket, event, ...args);
  assert.equal(values.length, 1);
  return (values[0] as { error: Body }).error;
}

for (const transport of transports) {
  const over = (promise: string, run: (talk: Conversation) => Promise<void>): void =>
    void test(`${promise} (${transport})`, async (t) => undisturbed(async () => run(await converse(t, transport))));

  over('what a handler returns is the acknowledgement', async ({ socket }) => {
    assert.deepEqual(await answers(socket, 'value'), [{ a: 1 }]);
    assert.deepEqual(await answers(socket, 'promised'), [['later']]);
    for (const [index, value] of [0, '', false, null].entries()) {
      assert.deepEqual(await answers(socket, 'falsy', index), [value]);
    }
    assert.deepEqual(await answers(socket, 'binary', Buffer.from([1, 2])), [{ bytes: Buffer.from([1, 2]) }]);
    assert.deepEqual(await answers(socket, 'byReturn'), ['returned']);
  });

  over('a handler that returns nothing acknowledges with nothing', async ({ socket }) => {
    assert.deepEqual(await answers(socket, 'nothing'), []);
    assert.deepEqual(await answers(socket, 'nothingLater'), []);
    assert.deepEqual(await answers(socket, 'noValues'), []);
  });

  over('reply(a, b) acknowledges with several values', async ({ socket }) => {
    assert.deepEqual(await answers(socket, 'several'), ['one', { two: 2 }, [3]]);
    assert.deepEqual(await answers(socket, 'severalLater'), ['one', 2]);
  });

  over('a payload that does not fit is answered with its issues, and no handler runs', async ({ socket }) => {
    const before = ContractController.runs;
    const { code, message, issues } = await failure(socket, 'point', { x: 'one', extra: true });
    assert.equal(code, 'invalid');
    assert.equal(message, 'Payload validation failed.');
    assert.deepEqual(
      issues!.map(({ path, rule }) => [path, rule]),
      [
        ['x', 'isInt'],
        ['name', 'isString'],
      ],
    );
    for (const wrong of [undefined, null, 1, 'text', [], [{ x: 1, name: 'a' }], true]) {
      assert.equal((await failure(socket, 'point', wrong)).code, 'invalid', `for ${JSON.stringify(wrong)}`);
    }
    assert.equal(ContractController.runs, before);
    assert.deepEqual(await answers(socket, 'point', { x: 1, name: 'a', extra: true }), [{ x: 1, name: 'a' }]);
    assert.equal(ContractController.runs, before + 1);
  });

  over('an EventError is told as it is', async ({ socket, log }) => {
    assert.deepEqual(await failure(socket, 'room'), {
      code: 'room_full',
      message: 'No seat is left',
      details: { seats: 4 },
    });
    assert.deepEqual(await failure(socket, 'roomLater'), { code: 'room_full', message: 'No seat is left' });
    assert.deepEqual(log.at('error'), []);
  });

  over('whatever else is thrown stays inside, and its id finds the log line', async ({ socket, log, frames }) => {
    const events = ['throwsError', 'throwsUndefined', 'throwsString', 'throwsNull', 'throwsObject', 'throwsTrap'];
    for (const event of [...events, 'rejects', 'rejectsUndefined', 'throwsBeforeHand']) {
      const { id, ...rest } = await failure(socket, event);
      assert.deepEqual(rest, { code: 'internal', message: 'Internal error' }, event);
      const line = log.find('id', id);
      assert.equal(line?.facts['handler'], `ContractController.${event}`);
      assert.ok('err' in line.facts);
    }
    assert.equal(
      (log.lines.find(({ facts }) => facts['event'] === 'throwsError')?.facts['err'] as Error).message,
      SECRET,
    );
    assertNothingInternal(frames);
  });

  over('what cannot be sent is an internal error, and the connection goes on', async ({ socket, frames, log }) => {
    const events = ['returnsCycle', 'returnsCycleLater', 'returnsBigInt', 'repliesBigInt', 'returnsTrap'];
    events.push('returnsBadJson', 'returnsThenTrap', 'returnsSocket', 'returnsThrowingThenable', 'byHandUnsendable');
    for (const event of events) {
      const { code, id } = await failure(socket, event);
      assert.equal(code, 'internal', event);
      assert.ok(log.find('id', id), event);
    }
    assertNothingInternal(frames);
  });

  over('details that cannot be sent become an internal error', async ({ socket, log }) => {
    for (const event of ['unsendableDetails', 'knottedDetails']) {
      const { code, id } = await failure(socket, event);
      assert.equal(code, 'internal', event);
      assert.ok(log.find('id', id), event);
    }
  });

  over('a thenable is awaited, and only its first word counts', async ({ socket, frames }) => {
    assert.deepEqual(await answers(socket, 'returnsRestlessThenable'), ['first']);
    assertNothingInternal(frames);
  });

  over('an event that nobody handles is answered', async ({ socket }) => {
    for (const event of ['nobody', 'constructor', '__proto__', 'toString', 'hasOwnProperty', 'runs', 'error', '']) {
      const { code, message } = await failure(socket, event, { any: 'thing' });
      assert.deepEqual([code, message], ['unknown_event', 'Unknown event.'], event);
    }
  });

  over('a handler that is too slow is answered for', async ({ socket }) => {
    for (const event of ['slow', 'silentThenable', 'neverByHand']) {
      const { code, message } = await failure(socket, event);
      assert.deepEqual([code, message], ['timeout', 'The handler took too long.'], event);
    }
  });

  over('@Ack answers by hand, once', async ({ socket, log, frames }) => {
    assert.deepEqual(await answers(socket, 'byHand'), ['by', 'hand']);
    assert.deepEqual(await answers(socket, 'byHandLater'), ['later']);
    assert.deepEqual(await answers(socket, 'byHandTwice'), ['first']);
    assert.deepEqual(await answers(socket, 'byHandThenThrows'), ['answered']);
    assert.equal((log.find('event', 'byHandThenThrows')?.facts['err'] as Error).message, SECRET);
    assertNothingInternal(frames);
  });

  over('who asked for no acknowledgement is told of a failure by the event exception', async ({ socket, frames }) => {
    const told = async (event: string, ...args: unknown[]): Promise<{ event: string; error: Body }> => {
      socket.emit(event, ...args);
      const [said] = await nextEvent<[{ event: string; error: Body }]>(socket, 'exception');
      return said;
    };
    for (const [event, code] of Object.entries({
      point: 'invalid',
      room: 'room_full',
      throwsError: 'internal',
      throwsUndefined: 'internal',
      rejects: 'internal',
      nobody: 'unknown_event',
      slow: 'timeout',
      unsendableDetails: 'internal',
    })) {
      const said = await told(event);
      assert.deepEqual([said.event, said.error.code], [event, code]);
    }
    assertNothingInternal(frames);
  });

  over('a success without an acknowledgement sends nothing', async ({ socket, frames }) => {
    const before = frames.length;
    for (const event of ['value', 'nothing', 'several', 'byHand', 'returnsCycle', 'returnsBigInt']) socket.emit(event);
    await socket.emitWithAck('nothing');
    assert.equal(frames.slice(before).filter((frame) => frame.includes('/contract')).length, 1);
  });
}

function assertNothingInternal(frames: readonly string[]): void {
  assert.ok(frames.length > 0);
  for (const frame of frames) {
    for (const word of [SECRET, 'hunter2', '.js:', '.ts:', 'node_modules', '    at ', 'BigInt', 'circular']) {
      assert.ok(!frame.includes(word), `'${word}' is on the wire: ${frame}`);
    }
  }
}

test('the id of an error is a new one each time', async (t) => {
  const { connect } = await start(t, [ContractController]);
  const socket = await connect('/contract');
  const ids = new Set<string | undefined>();
  for (let n = 0; n < 10; n++) ids.add((await failure(socket, 'throwsError')).id);
  assert.equal(ids.size, 10);
});

test('with debug, the client is told what was thrown, whatever it is', async (t) => {
  const { connect } = await start(t, [ContractController], { debug: true });
  const socket = await connect('/contract');
  for (const event of ['throwsError', 'throwsString', 'throwsObject', 'throwsUndefined', 'throwsNull']) {
    const { code, ...body } = await failure(socket, event);
    assert.equal(code, 'internal', event);
    assert.ok('details' in body, event);
  }
  const { details } = (await failure(socket, 'throwsError')) as unknown as { details: { thrown: string } };
  assert.match(details.thrown, /hunter2/);
});

test('a failing logger does not keep the caller from its answer', async (t) => {
  const broken = (): never => {
    throw new Error('the disk is full');
  };
  const logger = { debug() {}, info() {}, warn: broken, error: broken };
  const { connect } = await start(t, [ContractController], { logger });
  const socket = await connect('/contract');
  assert.equal((await failure(socket, 'throwsError')).code, 'internal');
  assert.equal((await failure(socket, 'byHandUnsendable')).code, 'internal');
  assert.equal((await failure(socket, 'throwsTrap')).code, 'internal');
});
