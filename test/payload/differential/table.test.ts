import 'reflect-metadata';
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import * as cv from 'class-validator';
import type { ValidationOptions } from 'class-validator';
import type { Class } from '../../../src/payload/payload-options.js';
import { settle } from '../../../src/payload/payload-options.js';
import { assertSame } from './compare.js';
import { CHECKS, OTHERS, STRUCTURE } from './decorators.js';
import type { Decorate } from './decorators.js';
import { forgetWorlds, setAside } from './world.js';

/** Values that each decorator is asked about: something of every type, and for most formats one that fits. */
// prettier-ignore
const VALUES: readonly (() => unknown)[] = [
  undefined, null, true, false, 0, 1, -1, 3, 7.25, 200, NaN, Infinity, 12n, '', ' ', 'a', 'abc', 'ABC', 'ÄÖ', '😀',
  '12', '-3.5', 'true', 'red', '12:30', '2020-01-01', '2020-01-01T10:00:00Z', '#ff0000', 'ff00', '0o17', '€12.00',
  'a@b.de', 'b.de', 'http://b.de/x', '127.0.0.1', '48.1,11.5', '8080', '00:00:5e:00:53:af', 'de', 'DE', 'DEU', '276',
  '7c9e6679-7425-40de-944b-e07fc1f90ae7', '4111111111111111', '+4930123456', '10115', 'en-US', 'Europe/Berlin',
  'eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln', '{"a":1}', 'aGk=', 'text/plain', '1.2.3', 'rgb(1,2,3)', 'EUR', 'Aa1!xyz',
  'DE89370400440532013000', '978-3-16-148410-0', 'ａ', 'data:text/plain,hi', '507f1f77bcf86cd799439011',
].map((value) => () => value as unknown);
const OBJECTS: readonly (() => unknown)[] = [
  () => ({}),
  () => ({ a: 1 }),
  () => [],
  () => [1, 2],
  () => ['abc', 'abc', 'x'],
  () => [null, undefined],
  () => [[1]],
  () => [{}],
  () => new Date(1e12),
  () => new Date(NaN),
  () => new Set(['abc', 1]),
  () => new Map([['k', 'abc']]),
  () => Buffer.from('abc'),
];

/** Compares the two ways for a class with one decorated property and each of the values. */
async function compareAll(decorate: Decorate, options?: ValidationOptions): Promise<void> {
  class One {}
  cv.Allow()(One.prototype, 'other');
  decorate(options)(One.prototype, 'it');
  for (const makeValue of [...VALUES, ...OBJECTS]) {
    const makeInput = () => ({ it: makeValue(), other: 1 });
    const one = { type: One as Class, options: settle({}, Infinity), makeInput, log: [] };
    assert.ok(await assertSame(one), 'the class was not compiled');
  }
}

describe('every decorator of class-validator', () => {
  let putBack: () => void;
  before(() => (putBack = setAside()));
  afterEach(forgetWorlds);
  after(() => putBack());

  it('is in the table', () => {
    const decorators = Object.keys(cv).filter((name) => /^[A-Z]/.test(name) && !/^[A-Z_0-9]+$/.test(name));
    assert.deepEqual(
      Object.keys({ ...CHECKS, ...STRUCTURE })
        .concat(OTHERS)
        .toSorted(),
      decorators.toSorted(),
    );
  });

  for (const [name, decorate] of Object.entries({ ...CHECKS, ...STRUCTURE })) {
    it(`${name} says the same of every value, alone and for each element`, async () => {
      await compareAll(decorate);
      await compareAll(decorate, { each: true });
      await compareAll(decorate, { message: '$property $value $constraint1 $constraint2 $target', context: { a: 1 } });
    });
  }
});
