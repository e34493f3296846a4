import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Transform, Type } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { Allow, IsArray, IsOptional, IsString, Length, registerDecorator, ValidateNested } from 'class-validator';
import { Invalid, MAX_ISSUES, planPayload } from '../../src/payload/index.js';
import type { Class, PayloadPlan } from '../../src/payload/index.js';

class Node {
  @IsString() @Length(1, 20) name!: string;
  @IsOptional() @ValidateNested() @Type(() => Node) next?: Node;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Node) children?: Node[];
  @IsOptional() @Type(() => String) text?: string;
  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Node, { discriminator: { property: 'kind', subTypes: [{ name: 'node', value: Node }] } })
  marked?: Node[];
  @Allow() any: unknown;
}

/** JSON that nests one key. */
function deep(key: string, depth: number): string {
  return `${`{"name":"a","${key}":`.repeat(depth)}{"name":"a"}${'}'.repeat(depth)}`;
}

/** What makes one of the libraries throw, as it would arrive. */
const THROWING: readonly string[] = [
  '{"name":"a","any":{"constructor":1}}',
  '{"name":"a","unknown":{"constructor":{"prototype":1}}}',
  '{"name":"a","text":{"toString":1,"valueOf":1}}',
  '{"name":"a","marked":[null]}',
  deep('next', 20_000),
  deep('any', 20_000),
];

/** What must do no harm, and is judged by the rules. */
const ODD: readonly string[] = [
  '{}',
  '{"name":"a","__proto__":{"admin":true}}',
  '{"name":"a","next":{"name":"b","__proto__":{"admin":true}}}',
  '{"name":"a","constructor":{"name":"x"}}',
  '{"name":"a","toString":1,"hasOwnProperty":2,"valueOf":3}',
  '{"name":"a","then":1,"any":{"then":{}}}',
  '{"name":"a","any":{"length":1e9}}',
  '{"name":"a","children":{"0":{"name":1},"length":1}}',
  '{"name":"a","children":"xx","next":[[[]]]}',
  '{"name":"a","next":"constructor"}',
];

/** The library's way is taken where the option stands that the compiler does not know. */
const WAYS = {
  compiled: (type: Class): PayloadPlan => planPayload(type),
  library: (type: Class): PayloadPlan => planPayload(type, { validator: { enableDebugMessages: true } }),
};

for (const [way, planOf] of Object.entries(WAYS)) {
  describe(`a hostile payload, ${way}`, () => {
    const plan = planOf(Node);

    it('meets the plan that the name says', () => assert.equal(plan.mode, way));

    for (const json of THROWING) {
      it(`is invalid instead of an exception: ${json.slice(0, 60)}`, () => {
        const result = plan.run(JSON.parse(json));
        assert.ok(result instanceof Invalid);
        assert.equal(result.issues.length, 1);
        assert.match(result.issues[0]?.rule ?? '', /^(transform|validator)$/);
        assert.ok(result.cause instanceof Error);
      });
    }

    for (const json of ODD) {
      it(`does no harm: ${json.slice(0, 60)}`, () => {
        const result = plan.run(JSON.parse(json));
        assert.equal(({} as { admin?: boolean }).admin, undefined);
        if (result instanceof Invalid) return assert.ok(result.issues.length > 0);
        assert.ok(result instanceof Node);
        assert.equal(Object.getPrototypeOf(result), Node.prototype);
        assert.deepEqual(
          Object.keys(result).filter((key) => !['name', 'next', 'children', 'text', 'marked', 'any'].includes(key)),
          [],
        );
        assert.equal((result as { admin?: boolean }).admin, undefined);
        assert.equal((result.next as { admin?: boolean } | undefined)?.admin, undefined);
      });
    }

    it('is not checked further than an answer tells of', () => {
      let checks = 0;
      class Counted {
        name!: unknown;
      }
      const validator = { validate: () => (checks++, false), defaultMessage: () => 'no' };
      registerDecorator({ name: 'counted', target: Counted, propertyName: 'name', validator });
      class Many {
        @ValidateNested({ each: true }) @Type(() => Counted) items!: Counted[];
      }
      const result = planOf(Many).run({ items: Array.from({ length: 5000 }, () => ({ name: 1 })) });
      assert.ok(result instanceof Invalid);
      assert.equal(result.issues.length, MAX_ISSUES);
      assert.equal(result.issues.at(-1)?.path, `items.${MAX_ISSUES - 1}.name`);
      assert.equal(checks, MAX_ISSUES + 1);
    });

    it('is not kept in memory where it looks like a class', () => {
      const { _ancestorsMap: remembered } = defaultMetadataStorage as unknown as {
        _ancestorsMap: Map<unknown, unknown>;
      };
      const json = '{"name":"a","any":{"constructor":{"prototype":{"constructor":{}}}}}';
      assert.ok(plan.run(JSON.parse(json)) instanceof Invalid);
      assert.deepEqual(
        [...remembered.keys()].filter((key) => typeof key !== 'function'),
        [],
      );
    });

    it('of primitives where objects are meant is not checked further either', () => {
      const result = plan.run({ name: 'a', children: Array.from({ length: 5000 }, () => 1) });
      assert.equal((result as Invalid).issues.length, MAX_ISSUES);
    });

    it('cannot leave a rejection behind that nobody handles', async () => {
      class Both {
        first!: unknown;
        second!: unknown;
        third!: unknown;
      }
      const add = (propertyName: string, validate: () => never) =>
        registerDecorator({ name: propertyName, target: Both, propertyName, validator: { validate } });
      add('first', () => Promise.reject(new Error('late')) as never);
      add('second', () => Promise.reject(new Error('later')) as never);
      add('third', () => {
        throw new Error('at once');
      });
      const unhandled: unknown[] = [];
      const listen = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', listen);
      const result = planOf(Both).run({ first: 1 });
      await new Promise(setImmediate);
      process.off('unhandledRejection', listen);
      assert.equal(((result as Invalid).cause as Error).message, 'at once');
      assert.deepEqual(unhandled, []);
    });

    it('is invalid when a constructor, transform or setter throws, with the cause', () => {
      class Throwing {
        @Allow() @Transform(({ value }) => (value as { trim(): string }).trim()) name!: string;
      }
      const result = planOf(Throwing).run({ name: 5 });
      assert.equal((result as Invalid).issues[0]?.rule, 'transform');
      assert.ok((result as Invalid).cause instanceof TypeError);
    });
  });
}
