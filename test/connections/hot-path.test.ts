/** What one message may cost, counted and not timed, so that the numbers are the same on every machine. */
import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { Session } from 'node:inspector/promises';
import { describe, it, type TestContext } from 'node:test';
import { IsInt, IsString } from 'class-validator';
import type { Socket } from 'socket.io';
import { Namespace, On, Payload } from '../../src/index.js';
import { createTestApp } from '../../src/testing/index.js';
import { internalsOf } from '../../src/connections/internals.js';

class Say {
  @IsString() text!: string;
  @IsInt() n!: number;
}

/** A connected socket of an application with so many handlers beside `echo` and `say`. */
async function connected(t: TestContext, handlers: number): Promise<Socket> {
  const app = await createTestApp({ controllers: [] });
  t.after(() => app.close());
  for (let index = 0; index < handlers; index++) app.on('/', `event ${index}`, () => index);
  app.on('/', 'echo', (_context, value: unknown) => value);
  app.on('/', 'say', (_context, { n }: Say) => n, { payload: [Say] });
  return app.socketOf(await app.connect('/'));
}

/** Hands a message to the framework as Socket.IO does, and gives the answer. */
function deliver(socket: Socket, event: string, value: unknown): unknown {
  let answer: unknown;
  internalsOf(socket).dispatch.call(socket, [event, value, (given: unknown) => (answer = given)]);
  return answer;
}

const messages: [string, unknown, unknown][] = [
  ['echo', 'value', 'value'],
  ['say', { text: 'hello', n: 3 }, 3],
];

/** The kinds of asynchronous work that were begun. */
function begun(work: () => void): string[] {
  const kinds: string[] = [];
  const hook = createHook({ init: (_id, kind) => void kinds.push(kind) }).enable();
  work();
  hook.disable();
  return kinds;
}

/** The functions of the framework that were called, by file, with how often. */
async function called(work: () => void): Promise<Map<string, number>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await session.post('Profiler.takePreciseCoverage');
  work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  // Other tests of this process may have switched `colloquy/ambient` on.
  const own = result.filter(({ url }) => /\/\.build\/src\/(?!testing\/|connections\/ambient\/)/.test(url));
  const counts = own.map(({ url, functions }): [string, number] => [
    url.split('/.build/src/')[1]!,
    functions.reduce((sum, { ranges }) => sum + ranges[0]!.count, 0),
  ]);
  return new Map(counts.filter(([, count]) => count > 0));
}

/** How often functions of the framework were called. */
async function calls(work: () => void): Promise<number> {
  return [...(await called(work)).values()].reduce((sum, count) => sum + count, 0);
}

describe('one message', () => {
  for (const [event, value, expected] of messages) {
    it(`begins no promise, no timer and no other asynchronous work: ${event}`, async (t) => {
      const socket = await connected(t, 10);
      deliver(socket, event, value);
      assert.deepEqual(
        begun(() => assert.equal(deliver(socket, event, value), expected)),
        [],
      );
    });

    it(`calls as many functions beside 300 handlers as beside 10: ${event}`, async (t) => {
      const counts: number[] = [];
      for (const handlers of [10, 300]) {
        const socket = await connected(t, handlers);
        deliver(socket, event, value);
        counts.push(await calls(() => assert.equal(deliver(socket, event, value), expected)));
      }
      assert.equal(counts[1], counts[0]);
      assert.ok(counts[0]! > 0 && counts[0]! <= (event === 'echo' ? 36 : 90), `${counts[0]} calls`);
    });
  }
});

/** A reader who follows one event opens these files and no others. */
const files: [string, unknown, number][] = [
  ['echo', 'value', 10],
  ['say', { text: 'hello', n: 3 }, 18],
  ['say', { text: 'hello', n: 'three' }, 24],
];

@Namespace('/files')
class FilesController {
  @On('echo') echo(@Payload({ type: Object }) value: unknown) {
    return value;
  }
  @On('say') say({ n }: Say) {
    return n;
  }
}

describe('one event', () => {
  for (const [event, value, most] of files) {
    it(`is handled by at most ${most} files: ${event} ${JSON.stringify(value)}`, async (t) => {
      const app = await createTestApp({ controllers: [FilesController] });
      t.after(() => app.close());
      const socket = app.socketOf(await app.connect('/files'));
      deliver(socket, event, value);
      const found = [...(await called(() => deliver(socket, event, value))).keys()];
      assert.ok(found.length <= most, `${found.length} files: ${found.join(', ')}`);
    });
  }
});

describe('one connection', () => {
  it('carries as many listeners beside 300 handlers as beside 10, and the same functions as its neighbours', async (t) => {
    const [few, many] = [await connected(t, 10), await connected(t, 300)];
    assert.deepEqual(many.eventNames(), few.eventNames());
    assert.equal(internalsOf(many).dispatch, internalsOf(few).dispatch);
  });
});
