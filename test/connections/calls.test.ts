import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventContext } from '../../src/index.js';
import { Calls } from '../../src/connections/calls.js';

const call = (name: string): EventContext => ({ name }) as unknown as EventContext;

test('calls run out of time in the order of their deadlines, each once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const expired: string[] = [];
  const calls = new Calls((context) => expired.push((context as unknown as { name: string }).name));
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(call) as [EventContext, EventContext, EventContext, EventContext];
  calls.add(a, 100);
  t.mock.timers.tick(40);
  calls.add(b, 100);
  calls.add(c, 50);
  calls.add(d, 100);
  assert.equal(calls.size, 4);
  assert.equal(calls.delete(d, 100), true);
  assert.equal(calls.delete(d, 100), false);
  t.mock.timers.tick(49);
  assert.deepEqual(expired, []);
  t.mock.timers.tick(1);
  assert.deepEqual(expired, ['c']);
  t.mock.timers.tick(10);
  assert.deepEqual(expired, ['c', 'a']);
  t.mock.timers.tick(1_000);
  assert.deepEqual(expired, ['c', 'a', 'b']);
  assert.equal(calls.delete(b, 100), false);
  assert.equal(calls.size, 0);
});

test('idle resolves when no call runs, and at once when none does', async () => {
  const calls = new Calls(() => undefined);
  await calls.idle();
  const one = call('one');
  calls.add(one, 1_000);
  let idle = false;
  const waiting = calls.idle().then(() => (idle = true));
  await Promise.resolve();
  assert.equal(idle, false);
  calls.delete(one, 1_000);
  await waiting;
});

test('a limit of Infinity, or beyond what a timer can wait, keeps no timer and never ends a call', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const calls = new Calls(() => assert.fail('no call may end'));
  calls.add(call('endless'), Infinity);
  calls.add(call('months'), 2 ** 40);
  t.mock.timers.tick(1_000_000);
  assert.equal(calls.size, 2);
});

test('expireAll ends all calls, those too that its own listener adds', async () => {
  const expired: unknown[] = [];
  const late = call('late');
  const calls = new Calls((context) => {
    expired.push(context);
    if (context !== late) calls.add(late, 1_000);
  });
  const first = call('first');
  calls.add(first, 1_000);
  calls.expireAll();
  await calls.idle();
  assert.deepEqual(expired, [first, late]);
});
