import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventContext, Middleware } from '../../../src/index.js';
import { compose } from '../../../src/controllers/plan/compose.js';
import { undisturbed } from '../../support/undisturbed.js';

const event = { kind: 'event' } as EventContext;
const connect = { kind: 'connect' } as EventContext;

test('without middleware, the last step is the chain', () => {
  const last = () => 1;
  assert.equal(compose([], last), last);
});

test('the first middleware is the outermost; a synchronous chain gives its value at once', () => {
  const order: string[] = [];
  const note = (name: string) => (_context: EventContext, next: () => unknown) => {
    order.push(name);
    return `${name}(${String(next())})`;
  };
  assert.equal(compose([note('a'), note('b')], () => 'x')(event), 'a(b(x))');
  assert.deepEqual(order, ['a', 'b']);
});

test('the promise of next() is handed on as it is', () => {
  const promise = Promise.resolve(1);
  assert.equal(compose([(_context, next) => next()], () => promise)(event), promise);
});

test('a synchronous middleware that drops a promise still waits for it, and says what it said', async () => {
  let done = false;
  const last = async () => {
    await Promise.resolve();
    done = true;
  };
  const chain = compose([(_context, next) => void next()], last);
  assert.equal(await chain(event), undefined);
  assert.equal(done, true);
  await assert.rejects(
    compose([(_c, next) => void next()], () => Promise.reject(new Error('no')))(event) as Promise<void>,
    /no/,
  );
});

const answerEarly: Middleware = async (_context, next) => {
  void next();
  await Promise.resolve();
  return 'early';
};

test('an asynchronous middleware may answer before the handler has, but lets nobody in before', async () => {
  await undisturbed(async () => {
    const hang = () => new Promise(() => {});
    const early = compose([answerEarly], hang);
    assert.equal(await early(event), 'early');
    const entered = await Promise.race([early(connect), new Promise((resolve) => setTimeout(resolve, 10, 'waits'))]);
    assert.equal(entered, 'waits');
    const failing = compose([answerEarly], () => Promise.reject(new Error('no')));
    assert.equal(await failing(event), 'early');
    await assert.rejects(failing(connect) as Promise<void>, /no/);
  });
});

test("a middleware's own failure wins over the one inside", async () => {
  const chain = compose(
    [
      async (_context, next) => {
        try {
          await next();
        } catch {
          throw new Error('outer');
        }
      },
    ],
    () => Promise.reject(new Error('inner')),
  );
  for (const context of [event, connect]) await assert.rejects(chain(context) as Promise<void>, /outer/);
});

test('next() twice is a failure', () => {
  assert.throws(() => compose([(_context, next) => [next(), next()]], () => 1)(event), /twice/);
});
