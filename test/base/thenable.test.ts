import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guardRejection, isThenable, promiseOf } from '../../src/base/thenable.js';
import { undisturbed } from '../support/undisturbed.js';

test('what has a method then is a thenable; nothing hostile throws', () => {
  assert.ok(isThenable(Promise.resolve()));
  assert.ok(isThenable({ then() {} }));
  const trap = {
    get then(): never {
      throw new Error('trap');
    },
  };
  for (const value of [undefined, null, 1, 'then', {}, { then: 1 }, [], trap, () => 1]) assert.ok(!isThenable(value));
});

test('a promise is taken as it is, a thenable is tamed', async () => {
  const promise = Promise.resolve(1);
  assert.equal(promiseOf(promise), promise);
  const wild = {
    then(resolve: (value: number) => void, reject: (error: Error) => void) {
      resolve(1);
      resolve(2);
      reject(new Error('late'));
      throw new Error('later');
    },
  };
  assert.equal(await promiseOf(wild as never), 1);
});

test('a guarded rejection ends nothing, and whoever awaits it still meets it', async () => {
  await undisturbed(async () => {
    const failing = Promise.reject(new Error('no'));
    guardRejection(failing);
    guardRejection('no promise');
    await assert.rejects(failing, /no/);
  });
});
