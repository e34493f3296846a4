import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Transform, Type } from 'class-transformer';
import { IsDefined, registerDecorator, ValidateNested, ValidatePromise } from 'class-validator';
import { PayloadCompiler } from '../../../src/payload/compiled/index.js';
import { Invalid, issuesOf, MAX_ISSUES } from '../../../src/payload/invalid.js';
import { librarySteps } from '../../../src/payload/library.js';
import { settle } from '../../../src/payload/payload-options.js';
import type { Class } from '../../../src/payload/payload-options.js';
import { planPayload } from '../../../src/payload/plan.js';
import { assertSame } from './compare.js';

/** What was checked, in its order, each a rule that is broken. */
const log: string[] = [];

type Kind = 'now' | 'soon' | 'each' | 'each soon';

/** A rule that nothing keeps, and that tells when it is asked. Of several on one property the lowest is asked first. */
function Broken(rule: string, kind: Kind = 'now'): PropertyDecorator {
  const answer = (): boolean => (kind.endsWith('soon') ? (Promise.resolve(false) as never) : false);
  return (target, propertyName) =>
    registerDecorator({
      name: rule,
      target: target.constructor,
      propertyName: String(propertyName),
      options: { each: kind.startsWith('each'), message: rule },
      validator: { validate: (value) => (log.push(`${rule} of ${String(value)}`), answer()) },
    });
}

/** A property whose value is there later. */
const Late = (): PropertyDecorator => (target, name) => {
  Transform(({ value }) => Promise.resolve(value as unknown))(target, name as string);
  ValidatePromise()(target, name as string);
};

class Inner {
  @Broken('inner') text!: string;
  @Broken('inner soon', 'soon') soon!: string;
}

class Everything {
  @Broken('first') first!: string;
  @Late() @Broken('late') @Broken('late again') late!: string;
  @Broken('soon', 'soon') soon!: string;
  @Broken('each', 'each') @Broken('each soon', 'each soon') list!: string[];
  @Late() @Broken('late list', 'each') lateList!: string[];
  @ValidateNested() @Type(() => Inner) inner!: Inner;
  @ValidateNested({ each: true }) @Type(() => Inner) inners!: Inner[];
  @Late() @ValidateNested() @Type(() => Inner) lateInner!: Inner;
  @IsDefined() @Broken('missing') missing!: string;
  @Broken('outer') @ValidateNested() @Type(() => Inner) both!: Inner;
  @Broken('last') last!: string;
  @Late() @Broken('last of all') lastOfAll!: string;
}

const everything = () => ({
  first: 'a',
  late: 'b',
  soon: 'c',
  list: ['d', 'e'],
  lateList: ['f'],
  inner: { text: 'g', soon: 'h' },
  inners: [{ text: 'i', soon: 'j' }, { text: 'k' }],
  lateInner: { text: 'l' },
  both: { text: 'm' },
  last: 'n',
  lastOfAll: 'o',
});

/** Whether the compiled way and the library's stop at the same rule, having asked the same ones. */
async function assertStopsAlike(type: Class, makeInput: () => object, budget: number): Promise<void> {
  assert.ok(await assertSame({ type, options: settle({}, budget), makeInput, log }), 'the class is compiled');
}

describe('when as many rules are broken as an answer has room for, the compiled way and the library stop alike', () => {
  it('wherever that is: before or amid nested, each, asynchronous checks and values that come later', async () => {
    const rules = 22;
    for (let budget = 0; budget <= rules; budget++) await assertStopsAlike(Everything, everything, budget);
    const steps = librarySteps(Everything, settle({}, rules));
    let broken = 0;
    issuesOf(await steps.validate(steps.transform(everything())))(() => ++broken > 0);
    assert.equal(broken, rules, 'all rules are broken');
  });

  it('a value that comes after the budget is spent is still looked at, up to its own first broken rule', async () => {
    class After {
      @Broken('first') @Broken('second') first!: string;
      @Late() @Broken('never asked') @Broken('late') late!: string;
    }
    class LateOnly {
      @Late() @Broken('a') one!: string;
      @Late() @Broken('never asked') @Broken('b') two!: string;
      @Late() @Broken('c') three!: string;
    }
    const input = () => ({ one: 1, two: 2, three: 3, first: 'x', late: 'y' });
    for (const type of [After, LateOnly]) await assertStopsAlike(type, input, 1);
    const options = settle({}, 1);
    for (const steps of [
      new PayloadCompiler(options).compile(LateOnly).parts().steps!,
      librarySteps(LateOnly, options),
    ]) {
      log.length = 0;
      await steps.validate(steps.transform(input()));
      await new Promise(setImmediate);
      assert.deepEqual(log, ['a of 1', 'b of 2', 'c of 3']);
    }
  });

  it(`at the ${MAX_ISSUES + 1}st broken rule of a message`, async () => {
    class Many {
      @Broken('each', 'each') list!: string[];
      @ValidateNested({ each: true }) @Type(() => Inner) inners!: Inner[];
      @Late() @Broken('late') late!: string;
      @Broken('never asked') last!: string;
    }
    const input = () => ({
      list: ['x'],
      inners: Array.from({ length: MAX_ISSUES + 5 }, (_, n) => ({ text: n })),
      late: 'y',
      last: 'z',
    });
    await assertStopsAlike(Many, input, MAX_ISSUES);
    log.length = 0;
    const plan = planPayload(Many);
    assert.equal(plan.mode, 'compiled');
    const result = await plan.run(input());
    assert.ok(result instanceof Invalid);
    assert.equal(result.issues.length, MAX_ISSUES);
    assert.ok(!log.some((line) => line.startsWith('never asked')), 'nobody looks further');
  });
});
