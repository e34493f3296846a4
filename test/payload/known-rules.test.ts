/** What is decided before class-validator's rules are asked is what they say, and only of its own rules. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import * as cv from 'class-validator';
import type { ConstraintMetadata } from 'class-validator/types/metadata/ConstraintMetadata.js';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { decideOf, knownRules } from '../../src/payload/compiled/validate/known/known-rules.js';
import { validationTables } from '../../src/payload/compiled/storages.js';
import { Invalid, planPayload } from '../../src/payload/index.js';

const RUNS = Number(process.env['COLLOQUY_RUNS'] ?? 3000);
const SEED = Number(process.env['COLLOQUY_SEED'] ?? 20_261_129);

type Asked = (value: unknown, args: { constraints: readonly unknown[] }) => unknown;

/** The metadata of one decorator, the constraint that it made, and the library's own check. */
function metadataOf(decorator: PropertyDecorator): [ValidationMetadata, ConstraintMetadata, Asked] {
  class One {}
  decorator(One.prototype, 'it');
  const { validationMetadatas, constraintMetadatas } = validationTables();
  const [metadata] = validationMetadatas.get(One)!;
  const [constraint] = constraintMetadatas.get(metadata!.constraintCls)!;
  return [metadata!, constraint!, (constraint!.target.prototype as { validate: Asked }).validate];
}

/** Every kind of use: limits around the samples' sizes, limits that are none, options that change what passes. */
const uses: Readonly<Record<string, readonly PropertyDecorator[]>> = {
  isString: [cv.IsString()],
  isBoolean: [cv.IsBoolean()],
  isDate: [cv.IsDate()],
  isInt: [cv.IsInt()],
  isNumber: [
    cv.IsNumber(),
    cv.IsNumber({ allowNaN: true }),
    cv.IsNumber({ allowInfinity: true }),
    cv.IsNumber({ maxDecimalPlaces: 1 }),
    cv.IsNumber({ maxDecimalPlaces: 0 }),
    cv.IsNumber(undefined),
    cv.IsNumber(null as never),
  ],
  min: [0, -0, 2, -1.5, NaN, Infinity, '2', undefined, null, 2n].map((each) => cv.Min(each as number)),
  max: [0, -0, 2, -1.5, NaN, -Infinity, '2', undefined, null, 2n].map((each) => cv.Max(each as number)),
  isLength: [
    [0, 0],
    [1, 3],
    [2, 2],
    [3, undefined],
    [5, 4],
    [NaN, 3],
    [-1, 4],
    [1.5, 2.5],
    [undefined, 2],
    [null, null],
    ['1', '3'],
    [0, Infinity],
  ].map(([least, most]) => cv.Length(least as number, most as number)),
  minLength: [0, 1, 2, 3, 4, 7, 2.5, NaN, -1, Infinity, '2', undefined, null].map((each) =>
    cv.MinLength(each as number),
  ),
  maxLength: [0, 1, 2, 3, 4, 7, 2.5, NaN, -1, Infinity, '2', undefined, null].map((each) =>
    cv.MaxLength(each as number),
  ),
  isArray: [cv.IsArray()],
  arrayMinSize: [0, 1, 2, NaN, '1', undefined, null].map((each) => cv.ArrayMinSize(each as number)),
  arrayMaxSize: [0, 1, 2, NaN, '1', undefined, null].map((each) => cv.ArrayMaxSize(each as number)),
  arrayNotEmpty: [cv.ArrayNotEmpty()],
  isIn: [['abc', 1, NaN, -0], [], [undefined], Array(2), 'abc', null].map((each) => cv.IsIn(each as unknown[])),
  isNotIn: [['abc', 1, NaN, -0], [], [undefined], Array(2), 'abc', null].map((each) => cv.IsNotIn(each as unknown[])),
  isEnum: [
    { a: 'abc', b: 'x' },
    { 1: 'one', one: 1 },
    {},
    { n: NaN, z: -0 },
    ['a', 1],
    Object.create({ a: 'abc' }),
  ].map((each) => cv.IsEnum(each as object)),
  matches: [/^a/, /B/i, /a/g, /a/y, /^.$/s, /\p{L}/u].map((each) => cv.Matches(each)).concat(cv.Matches('^A', 'i')),
  isUuid: [undefined, 'all', '3', '4', '7', ['4', '5'], 4, 'none'].map((each) => cv.IsUUID(each as never)),
  isEmail: [undefined, { allow_display_name: true }, { host_blacklist: ['b.de'] }].map((each) => cv.IsEmail(each)),
  isUrl: [undefined, { require_protocol: true }, { protocols: ['ftp'] }, { host_blacklist: ['b.de'] }].map((each) =>
    cv.IsUrl(each),
  ),
  isIso8601: [undefined, { strict: true }, { strictSeparator: true }].map((each) => cv.IsISO8601(each)),
  // One with a strict separator shows other code, and is asked.
  isDateString: [undefined, { strict: true }].map((each) => cv.IsDateString(each)),
};

class Text extends String {}

/** Units that class-validator counts in its own way, and the parts of addresses, hosts and dates. */
// prettier-ignore
const UNITS = [
  'a', 'Z', '0', '9', ' ', '.', '-', '_', '+', '@', ':', '/', '?', '#', '%', '=', '&', '~', '\n', '\r', '\0', 'ä', 'ß', 'K', 'ſ', '\u0301', '\u200d',
  '\ud83d', '\ude42', '🙂', '\ufe0f', '\ufe0e', '✈', '🇩', '．', 'com', 'de', 'xn--', 'http://', 'https://', 'mailto:', 'b.de', 'a@b.de', '127.0.0.1',
  '2020-02-30', 'T10:00:00', '.000', 'Z', '7c9e6679-7425-40de-944b-e07fc1f90ae7', 'x'.repeat(62), '"', "'", '<', '(', ',',
];

// prettier-ignore
const VALUES: readonly unknown[] = [
  undefined, null, true, false, 0, -0, 1, -1, 2, 2.5, 1e21, 0.1, 1e-7, NaN, Infinity, -Infinity, 12n, Symbol.iterator,
  '', 'a', 'ab', 'abc', 'abcd', 'abcdefgh', '1', 'B', 'one', 'x', Object('abc'), new Text('abc'), Object(1), Object(NaN), Object(true),
  [], [1], [1, 2], ['abc'], Array(2), [[]], { length: 1 }, {}, Object.create(null), new Date(0), new Date(NaN), /a/, new Set([1]), new Map(), () => 1, class {},
  'a@b.de', 'a.b@b.de', '.a@b.de', 'a.@b.de', 'a..b@b.de', 'a@b', 'a@-b.de', 'a@b-.de', 'a@b--c.de', 'a@b.d', 'a@b.1a', 'a@b.123', 'a@xn--b.xn--de', 'A@B.DE',
  `${'a'.repeat(64)}@b.de`, `${'a'.repeat(65)}@b.de`, `a@${'b'.repeat(63)}.de`, `a@${'b'.repeat(64)}.de`, `a@b.${'c'.repeat(60)}`, 'a@b.de\n', '\na@b.de', 'a@b_c.de', 'a@127.0.0.1',
  'http://b.de', 'https://b.de/', 'http://b.de/a?b=c', 'http://b.de?x', 'http://b.de:80/', 'http://b.de:0/', 'http://a:b@b.de', 'HTTP://b.de', 'http:b.de', '//b.de', 'http://b.de/ä',
  'http://b.de//', `http://b.de/${'a'.repeat(3000)}`, 'http://b.de/a b', 'http://b.de/%', 'http://b', 'http://-b.de', 'https://b.de\n', 'http://a.b.c.d.example', 'http://1.2.3.4', 'http://b.d_e.com',
  '2020-01-01', '2020-01-01T00:00:00.000Z', '2020-02-30T00:00:00.000Z', '2020-13-01T00:00:00.000Z', '2020-01-01T24:00:00.000Z', '2020-01-01 00:00:00.000Z', '2020-01-01T00:00:60.000Z', '0000-01-01T00:00:00.000Z',
  '7c9e6679-7425-40de-944b-e07fc1f90ae7', '7C9E6679-7425-40DE-944B-E07FC1F90AE7', '7c9e6679-7425-40de-944b-e07fc1f90ae7\n', '00000000-0000-0000-0000-000000000000', '7c9e6679-7425-40de-944b-e07fc1f90ae',
];

/** What the rule says, or that it throws. */
function attempt(ask: () => unknown): unknown {
  try {
    return ask();
  } catch {
    return 'threw';
  }
}

describe('what is decided without asking a rule', () => {
  it('is known of every rule of the table, under the name that class-validator gives it', () => {
    assert.deepEqual(Object.keys(uses).toSorted(), Object.keys(knownRules).toSorted());
    for (const [name, decorators] of Object.entries(uses)) {
      for (const decorator of decorators) {
        const [metadata, constraint] = metadataOf(decorator);
        assert.equal(constraint.name, name);
        assert.ok(decideOf(metadata, constraint), name);
      }
    }
  });

  const text = fc.array(fc.constantFrom(...UNITS), { maxLength: 12 }).map((units) => units.join(''));
  for (const [name, decorators] of Object.entries(uses)) {
    it(`${name}: is what the rule says of ${VALUES.length} values and ${RUNS} random texts (seed ${SEED})`, () => {
      let decided = 0;
      for (const decorator of decorators) {
        const [metadata, constraint, ask] = metadataOf(decorator);
        const { constraints } = metadata as { constraints: readonly unknown[] | undefined };
        const decide = decideOf(metadata, constraint)!;
        const assertSame = (value: unknown): void => {
          const says = decide(value, constraints?.[0], constraints?.[1]);
          if (says === undefined) return;
          decided++;
          const args = { constraints: (constraints ?? []).map((each) => structuredCloneOf(each)) };
          assert.equal(
            says,
            attempt(() => ask(value, args)),
            `${name}(${String(constraints?.[0])}): ${show(value)}`,
          );
        };
        for (const value of VALUES) assertSame(value);
        fc.assert(fc.property(text, assertSame), { numRuns: Math.ceil(RUNS / decorators.length), seed: SEED });
      }
      assert.ok(decided > 0);
    });
  }
});

/** Rules fill in the options of their decorator: each call is given its own. */
function structuredCloneOf(constraint: unknown): unknown {
  return Object.prototype.toString.call(constraint) === '[object Object]' ? { ...(constraint as object) } : constraint;
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(Object.prototype.toString.call(value));
}

describe('a rule of a user’s own that has the name of one of class-validator’s', () => {
  const own = (name: string, validate: (value: unknown, args?: cv.ValidationArguments) => boolean, constraints?: []) =>
    ((target: object, propertyName: string) =>
      cv.registerDecorator({
        name,
        target: target.constructor,
        propertyName,
        ...(constraints ? { constraints } : {}),
        validator: { validate },
      })) as PropertyDecorator;

  it('is asked for every value', () => {
    const seen: unknown[] = [];
    class One {}
    const validate = (value: unknown) => seen.push(value) > 0 && value === 'yes';
    own('isString', validate)(One.prototype, 'it');
    const plan = planPayload(One);
    assert.equal(plan.mode, 'compiled');
    assert.ok(!(plan.run({ it: 'yes' }) instanceof Invalid));
    assert.ok(plan.run({ it: 'no' }) instanceof Invalid);
    assert.deepEqual(seen.slice(-2), ['yes', 'no']);
  });

  const impostors: Readonly<Record<string, PropertyDecorator>> = {
    'calls the library’s function': own('isString', (value) => cv.isString(value) && value !== 'no'),
    'is built with ValidateBy': cv.ValidateBy({
      name: 'isString',
      validator: { validate: (value) => cv.isString(value) },
    }),
    'reads the constraints': cv.ValidateBy({
      name: 'min',
      constraints: [2],
      validator: { validate: (value, args) => cv.min(value, args!.constraints[0] as number) },
    }),
    throws: own('isInt', () => {
      throw new Error('no');
    }),
    'never shows itself': own('isInt', () => true),
    rejects: own('isInt', () => Promise.reject(new Error('no')) as never),
  };
  for (const [how, decorator] of Object.entries(impostors)) {
    test(`is not taken for it if it ${how}`, () => {
      const [metadata, constraint] = metadataOf(decorator);
      assert.equal(decideOf(metadata, constraint), undefined);
    });
  }
});
