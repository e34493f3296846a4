import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitEach, fitOne, optional } from '../../../src/controllers/plan/arguments/check-value.js';
import { Invalid } from '../../../src/payload/index.js';

const unplanned = (): never => assert.fail('a primitive needs no payload plan');

function verdict(value: unknown): unknown {
  return value instanceof Invalid ? value.issues.map(({ path, rule }) => `${path}:${rule}`) : value;
}

test('text of a query or a header is read as what the parameter is, or refused', () => {
  const number = fitOne(Number, unplanned, true).fit!;
  const flag = fitOne(Boolean, unplanned, true).fit!;
  assert.deepEqual(['5', '-1.5', '1e3', ' 7 '].map(number), [5, -1.5, 1000, 7]);
  for (const text of ['', ' ', 'x', '5x', undefined, null, ['5'], {}])
    assert.deepEqual(verdict(number(text)), [':isNumber']);
  assert.deepEqual(['true', 'false'].map(flag), [true, false]);
  for (const text of ['', '1', 'yes', 'TRUE', true]) assert.deepEqual(verdict(flag(text)), [':isBoolean']);
  assert.equal(fitOne(String, unplanned, true).fit!(''), '');
});

test('a value of an event is never converted', () => {
  const number = fitOne(Number, unplanned, false).fit!;
  assert.equal(number(5), 5);
  for (const value of ['5', true, null, [5], Number.NaN, new Number(5)])
    assert.deepEqual(verdict(number(value)), [':isNumber']);
});

test('each element of an array is checked, and the first that does not fit is named', () => {
  const texts = fitEach(String, unplanned).fit!;
  assert.deepEqual(texts(['a', 'b']), ['a', 'b']);
  assert.deepEqual(verdict(texts(['a', 1, 2])), ['1:isString']);
  assert.deepEqual(verdict(texts('a')), [':isArray']);
  assert.deepEqual(verdict(texts({ length: 0 })), [':isArray']);
  assert.equal(fitEach(String, unplanned).label, 'string[]');
});

test('elements of the type Object are anything, in what must be an array', () => {
  const { fit, label } = fitEach(Object, unplanned);
  assert.equal(label, 'unknown[]');
  assert.deepEqual(fit!(['a', null, {}]), ['a', null, {}]);
  assert.deepEqual(verdict(fit!({})), [':isArray']);
});

test('an optional value may be missing or null, and nothing else', () => {
  const maybe = optional(fitOne(Number, unplanned, false).fit!);
  assert.deepEqual([maybe(undefined), maybe(null), maybe(0)], [undefined, undefined, 0]);
  assert.deepEqual(verdict(maybe('')), [':isNumber']);
});
