import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Expose, Transform, Type } from 'class-transformer';
import { Allow, Contains, IsString, registerDecorator, ValidateNested, validateSync } from 'class-validator';
import { planPayload, type Invalid } from '../../../src/payload/index.js';
import type { Class, PayloadOptions } from '../../../src/payload/payload-options.js';
import { settle } from '../../../src/payload/payload-options.js';
import { assertSame } from './compare.js';
import { describeValue } from './describe.js';

async function same(type: Class, makeInput: () => object, options: PayloadOptions = {}, log: string[] = []) {
  return assertSame({ type, options: settle(options, Infinity), makeInput, log });
}

/** Differences that random programs found between some version of the compiled plans and the libraries. */
describe('a compiled plan does as the library does, in that', () => {
  it('all transforms of one call are handed one options object, and the next call another', async () => {
    const seen: boolean[] = [];
    let last: unknown;
    const Seen = () =>
      Transform(({ value, options }) => {
        seen.push(options === last);
        last = options;
        return value as unknown;
      });
    class Both {
      @Allow() @Seen() a: unknown;
      @Allow() @Seen() b: unknown;
    }
    assert.ok(await same(Both, () => ({ a: 1, b: 2 })));
    assert.deepEqual(seen, [false, true, false, true]);
  });

  it('unset fields are left out of untyped values too', async () => {
    class Any {
      @Allow() a: unknown;
    }
    const input = () => ({ a: { b: undefined, c: [{ d: undefined }] } });
    assert.ok(await same(Any, input, { transform: { exposeUnsetFields: false } }));
  });

  it('the discriminator is deleted from the input even if the property is then passed over', async () => {
    class Inner {
      @IsString() x!: string;
    }
    class Outer {
      @Allow()
      @Type(() => Inner, { discriminator: { property: 'kind', subTypes: [{ name: 'i', value: Inner }] } })
      it: unknown = () => 1;
    }
    assert.ok(await same(Outer, () => ({ it: { kind: 'i', x: 'a' } })));
  });

  it('a property of type Object is emptied where extraneous values are excluded', async () => {
    class Any {
      @Expose() @Allow() @Type(() => Object) a!: object;
      @Expose() @Allow() b!: object;
    }
    const input = () => ({ a: { x: 1 }, b: { x: 1 } });
    assert.ok(await same(Any, input, { transform: { excludeExtraneousValues: true } }));
  });

  it('a Set for a property declared as one becomes an array, an array for it a Set', async () => {
    class Sets {
      @Allow() @Type(() => String) a!: Set<string>;
      @Allow() @Type(() => String) b!: Set<string>;
    }
    assert.ok(await same(Sets, () => ({ a: new Set([1]), b: [1, 1] })));
  });

  it('the answers of asynchronous checks are taken in the same order, each or not', async () => {
    const log: string[] = [];
    class Late {
      a!: unknown;
    }
    for (const [name, each] of [
      ['first', true],
      ['second', false],
      ['third', true],
    ] as const) {
      registerDecorator({
        name,
        target: Late,
        propertyName: 'a',
        options: { each, message: (args) => (log.push(`${name} ${describeValue(args)}`), name) },
        validator: { validate: () => Promise.resolve(false) as never },
      });
    }
    assert.ok(await same(Late, () => ({ a: [1, 2] }), {}, log));
    assert.deepEqual(
      log.map((line) => line.split(' ')[0]),
      ['second', 'first', 'third'],
    );
  });

  it('the static name of the class that a nested rule is written in is read for each value', async () => {
    const log: string[] = [];
    class Base {
      @ValidateNested() @Type(() => Derived) next: unknown;
      static get name(): string {
        log.push('name');
        return 'x';
      }
    }
    class Derived extends Base {
      @Allow() other: unknown;
    }
    // Reading it is user code, so such a class is left to the library.
    assert.equal(await same(Derived, () => ({ next: { other: 1 } }), {}, log), false);
  });

  it('a constraint that holds a token stands for the value of this message, not of the last one', async () => {
    class Template {
      @Contains('$value') text!: string;
    }
    const plan = planPayload(Template);
    assert.equal(plan.mode, 'compiled');
    for (const text of ['a secret', 'b']) {
      const [error] = validateSync(Object.assign(new Template(), { text }));
      const [issue] = (plan.run({ text }) as Invalid).issues;
      assert.equal(issue?.message, error?.constraints?.['contains']);
    }
  });
});
