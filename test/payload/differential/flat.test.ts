/** The short way of flat payloads cannot be told from the libraries: instances, issues, and what user code does meanwhile. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as cv from 'class-validator';
import { Exclude, Expose, Transform } from 'class-transformer';
import fc from 'fast-check';
import { flatOf } from '../../../src/payload/compiled/flat.js';
import { RuleSelection } from '../../../src/payload/compiled/selection.js';
import { Invalid, planPayload } from '../../../src/payload/index.js';
import { issuesOf } from '../../../src/payload/invalid.js';
import { librarySteps } from '../../../src/payload/library.js';
import { settle, type Class } from '../../../src/payload/payload-options.js';
import { describeValue } from './describe.js';
import { forgetWorlds, setAside } from './world.js';

const RUNS = Number(process.env['COLLOQUY_RUNS'] ?? 1000);
const SEED = Number(process.env['COLLOQUY_SEED'] ?? 20_261_129);

const names = ['a', 'b', '1', 'long name'] as const;
const options = settle({ shape: 'library' }, 20);

type Log = string[];

/** A kind of property: rules that are decided, and values of which most keep them. */
interface Kind {
  readonly rules: readonly (() => PropertyDecorator)[];
  readonly values: readonly unknown[];
}

const kinds: readonly Kind[] = [
  {
    rules: [
      () => cv.IsString(),
      () => cv.IsString({ context: { code: 1 } }),
      () => cv.Length(1, 3, { message: '$property of $target is not $constraint1' }),
      () => cv.MaxLength(4),
      () => cv.IsString({ each: true }),
      () => cv.IsIn(['x', 'xyz', 'longer']),
    ],
    values: ['x', 'x', 'x', 'xyz', 'longer', ''],
  },
  {
    rules: [() => cv.IsInt(), () => cv.Min(1), () => cv.Max(9, { message: 'no $value' })],
    values: [1, 2, 3, 9, 10, 1.5],
  },
  { rules: [() => cv.IsBoolean()], values: [true, false] },
];

/** Decorators of which most take a class off the short way. */
const others: readonly ((log: Log) => PropertyDecorator)[] = [
  () => cv.IsNotEmpty(),
  () => cv.IsDefined(),
  () => cv.Allow(),
  () => cv.IsString({ always: true, groups: ['g'] }),
  (log) => cv.ValidateIf((_object, value) => (log.push(`if ${describeValue(value)}`), value !== 'x')),
  () => Expose({ name: 'other' }),
  () => Exclude(),
  (log) => Transform(({ value }: { value: unknown }) => (log.push('transform'), value)),
];

/** What a class does to its instances. */
const constructors: readonly ((instance: Record<string, unknown>, log: Log) => unknown)[] = [
  (instance) => (instance['a'] = undefined),
  (instance) => (instance['a'] = 'x'),
  (instance) => (instance['own'] = 1),
  (instance) => (instance['a'] = () => 1),
  (instance) => Object.defineProperty(instance, 'a', { value: 'x', enumerable: true, writable: true }),
  (instance, log) =>
    Object.defineProperty(instance, 'b', { get: () => 2, set: (value) => log.push(`set ${value}`), enumerable: true }),
  (instance) => Object.defineProperty(instance, 'hidden', { value: 1, writable: true }),
  (instance) => (instance['constructor'] = Object),
  () => Object.assign(Object.create(null) as object, { a: 'x' }),
  () => {
    throw new Error('of the constructor');
  },
];

const members: readonly PropertyDescriptor[] = [
  { value: () => 1, writable: true },
  { get: () => 'x' },
  { get: () => 'x', set() {} },
  { value: 'x', writable: true, enumerable: true },
];

/** One of a list, once in so many times. */
const rarely = (list: readonly unknown[], times: number): fc.Arbitrary<number | undefined> =>
  fc.nat(list.length * times - 1).map((at) => (at < list.length ? at : undefined));

const property = fc.record({
  name: fc.constantFrom(...names),
  kind: fc.nat(kinds.length - 1),
  rules: fc.array(fc.nat(5), { minLength: 1, maxLength: 2 }),
  other: rarely(others, 12),
  isOptional: fc.boolean(),
});
const value = fc.record({
  leftOut: rarely(names, 3),
  isReversed: fc.boolean(),
  values: fc.array(fc.nat(), { minLength: names.length, maxLength: names.length }),
  odd: rarely(names, 3),
  instead: fc.constantFrom<unknown>(null, null, undefined, [], ['x'], {}, 1n, Number.NaN, 'x', 1),
  more: fc.option(fc.constantFrom('own', 'other', '__proto__', 'constructor', 'c'), { freq: 6 }),
});
const program = fc.record({
  properties: fc.uniqueArray(property, { selector: ({ name }) => name, minLength: 1, maxLength: names.length }),
  construct: rarely(constructors, 4),
  member: rarely(members, 12),
  inherits: fc.boolean(),
  sent: fc.array(value, { minLength: 1, maxLength: 6 }),
});

type Program = typeof program extends fc.Arbitrary<infer P> ? P : never;

/** The class of a program; what its code does is written to the log. */
function classOf({ properties, construct, member, inherits }: Program, log: Log): Class {
  class Parent {}
  class Flat extends (inherits ? Parent : Object) {
    constructor() {
      super();
      log.push('new');
      const made = construct === undefined ? undefined : constructors[construct]!(this as never, log);
      if (typeof made === 'object' && made !== null && made !== this) return made;
    }
  }
  const { prototype } = inherits ? Parent : Flat;
  for (const { name, kind, rules, other, isOptional } of properties) {
    for (const at of rules) kinds[kind]!.rules[at % kinds[kind]!.rules.length]!()(prototype, name);
    if (isOptional) cv.IsOptional()(prototype, name);
    if (other !== undefined) others[other]!(log)(prototype, name);
  }
  if (member !== undefined) Object.defineProperty(Flat.prototype, 'a', { configurable: true, ...members[member] });
  return Flat as Class;
}

/** Makes what a client sends, anew each time. */
function sentOf(
  { properties }: Program,
  { leftOut, isReversed, values, odd, instead, more }: Program['sent'][number],
): object {
  const entries = properties.flatMap(({ name, kind }, at): [string, unknown][] => {
    if (at === leftOut) return [];
    const usual = kinds[kind]!.values;
    return [[name, at === odd ? instead : usual[values[at]! % usual.length]]];
  });
  if (more !== null) entries.push([more, 'x']);
  return Object.fromEntries(isReversed ? entries.toReversed() : entries);
}

/** Everything that can be seen of one value, by the libraries. */
function expected(type: Class, value: object): string {
  const steps = librarySteps(type, options);
  let instance: object;
  try {
    instance = steps.transform(value);
  } catch {
    return 'unreadable';
  }
  try {
    const errors = steps.validate(instance) as never[];
    if (errors.length === 0) return describeValue(instance);
    return describeValue(new Invalid(issuesOf(errors)).issues);
  } catch {
    return 'uncheckable';
  }
}

function actual(result: unknown): string {
  if (!(result instanceof Invalid)) return describeValue(result);
  const [issue] = result.issues;
  if (result.cause === undefined) return describeValue(result.issues);
  return issue!.rule === 'transform' ? 'unreadable' : 'uncheckable';
}

describe('the short way of flat payloads', () => {
  let putBack: () => void;
  before(() => (putBack = setAside()));
  after(() => putBack());

  it(`cannot be told from the libraries in ${RUNS} random programs (seed ${SEED})`, () => {
    let short = 0;
    fc.assert(
      fc.property(program, (written) => {
        const log: Log = [];
        const type = classOf(written, log);
        const plan = planPayload(type, { shape: 'library' });
        const flat = flatOf(type, new RuleSelection(options.validator).of(type), options);
        for (const each of written.sent) {
          const outcome = expected(type, sentOf(written, each));
          const logged = log.splice(0);
          assert.equal(actual(plan.run(sentOf(written, each))), outcome);
          assert.deepEqual(log.splice(0), logged);
          if (flat && flat.keysOf(sentOf(written, each)) >= 0) short++;
        }
        forgetWorlds();
      }),
      { numRuns: RUNS, seed: SEED },
    );
    assert.ok(short > RUNS / 10, `only ${short} values went the short way`);
  });

  it("takes nothing for a value's own that every object inherits", () => {
    class Named {
      @cv.IsString() name!: string;
      @cv.IsOptional() @cv.IsInt() age?: number;
    }
    const flat = flatOf(Named, new RuleSelection(options.validator).of(Named), options)!;
    const inherited: PropertyDescriptor = { value: 'of all', enumerable: true, configurable: true, writable: true };
    const root = Object.prototype as { name?: unknown };
    Object.defineProperty(root, 'name', inherited);
    try {
      const keys = [{}, { age: 3 }, { name: 'own' }, { age: 3, name: 'own' }].map((sent) => flat.keysOf(sent));
      assert.deepEqual(keys, [-1, -1, 1, 2]);
    } finally {
      delete root.name;
    }
  });

  it('is not taken where a class declares a shape', () => {
    class Tagged {
      @cv.IsString() tags!: string[];
    }
    const result = planPayload(Tagged).run({ tags: 'x' });
    assert.ok(result instanceof Invalid && result.issues[0]!.rule === 'shape');
  });
});
