import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Transform, Type } from 'class-transformer';
import { Allow, IsDate, IsString, ValidateNested } from 'class-validator';
import { inspectPayload } from '../../src/payload/index.js';
import type { Class } from '../../src/payload/index.js';

class Leaf {
  @IsString() name!: string;
}

/** `Class.property: what` of each problem. */
function problemsOf(type: Class, options = {}): string[] {
  return inspectPayload(type, options).problems.map((problem) => `${problem.path}: ${problem.what}`);
}

describe('the boot-time look at a payload class', () => {
  it('finds nothing wrong with a sound class, its parents and nested classes, even in a circle', () => {
    class Base {
      @IsString() id!: string;
    }
    class Sound extends Base {
      @ValidateNested() @Type(() => Leaf) leaf!: Leaf;
      @ValidateNested({ each: true }) @Type(() => Leaf) leaves!: Leaf[];
      @ValidateNested() @Type(() => Sound) self!: Sound;
      @ValidateNested() @Transform(({ value }) => Object.assign(new Leaf(), value)) made!: Leaf;
      @IsDate() @Type(() => Date) at!: Date;
      @Allow() anything: unknown;
    }
    class Bare extends Base {}
    assert.deepEqual(problemsOf(Sound), []);
    assert.deepEqual(problemsOf(Bare), []);
  });

  it('finds a class without rules, also a nested one', () => {
    class Empty {}
    class Outer {
      @ValidateNested() @Type(() => Empty) inner!: Empty;
    }
    assert.match(problemsOf(Empty)[0] ?? '', /^Empty: has no class-validator rule/);
    assert.match(problemsOf(Outer)[0] ?? '', /^Empty: has no class-validator rule/);
  });

  it('finds a nested class without @Type, unless types are converted implicitly', () => {
    class Outer {
      @ValidateNested() leaf!: Leaf;
    }
    assert.match(problemsOf(Outer)[0] ?? '', /^Outer\.leaf: is @ValidateNested\(\) without @Type/);
    assert.deepEqual(problemsOf(Outer, { transform: { enableImplicitConversion: true } }), []);
  });

  it('names a class that an `import type` lost', () => {
    class Outer {
      @ValidateNested() leaf: unknown;
      @ValidateNested() @Type(() => Function) other: unknown;
    }
    assert.deepEqual(
      inspectPayload(Outer).problems.map((problem) => [problem.path, problem.fix.includes('import type')]),
      [
        ['Outer.leaf', true],
        ['Outer.other', true],
      ],
    );
  });

  for (const type of [Map, Array, Promise, RegExp, BigInt, Symbol, undefined]) {
    it(`finds @Type(() => ${type?.name ?? 'undefined'})`, () => {
      class Outer {
        @Allow() @Type(() => type as never) data: unknown;
      }
      assert.match(problemsOf(Outer)[0] ?? '', /^Outer\.data: its (@Type gives|type is)/);
    });
  }

  it('finds a nested class without @Type also where no design types were recorded', () => {
    class Early {
      leaf!: Leaf;
    }
    ValidateNested()(Early.prototype, 'leaf');
    for (const options of [{}, { transform: { enableImplicitConversion: true } }])
      assert.match(inspectPayload(Early, options).problems[0]?.fix ?? '', /@Type/);
  });

  it('looks into the subtypes of a discriminator', () => {
    class Empty {}
    class Outer {
      @ValidateNested()
      @Type(() => Leaf, { discriminator: { property: 'kind', subTypes: [{ value: Empty, name: 'empty' }] } })
      leaf!: Leaf;
    }
    assert.match(problemsOf(Outer)[0] ?? '', /^Empty: /);
  });

  it('says nothing of a type function that needs a real message', () => {
    class Outer {
      @ValidateNested() @Type((help) => (help?.object as { kind: { type: typeof Leaf } }).kind.type) leaf: unknown;
    }
    assert.deepEqual(problemsOf(Outer), []);
  });
});
