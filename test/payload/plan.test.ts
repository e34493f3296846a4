import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Transform, Type } from 'class-transformer';
import {
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Min,
  Validate,
  ValidateNested,
  ValidatorConstraint,
} from 'class-validator';
import type { ValidatorConstraintInterface } from 'class-validator';
import fc from 'fast-check';
import {
  exceedsDepth,
  Invalid,
  MAX_ISSUES,
  MAX_ISSUES_BYTES,
  planPayload,
  planArray,
} from '../../src/payload/index.js';

class Item {
  @IsString() @Length(1, 10) name!: string;
  @IsInt() @Min(1) count!: number;
}

class Order {
  @IsString() id!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Item) items!: Item[];
}

function issuesOf(result: unknown): readonly { path: string; rule: string; message: string }[] {
  assert.ok(result instanceof Invalid, 'the value was accepted');
  return result.issues;
}

const order = planPayload(Order);

describe('a payload plan', () => {
  it('makes an instance of the class and of the classes nested in it, at once', () => {
    const made = order.run({ id: 'a', items: [{ name: 'b', count: 1 }] });
    assert.ok(made instanceof Order);
    assert.ok(made.items[0] instanceof Item);
  });

  it('strips keys without a rule, at every level', () => {
    const made = order.run({ id: 'a', admin: true, items: [{ name: 'b', count: 1, price: 0 }] });
    assert.deepEqual(JSON.parse(JSON.stringify(made)), { id: 'a', items: [{ name: 'b', count: 1 }] });
  });

  it('tells path, rule and message of each broken rule', () => {
    const issues = issuesOf(
      order.run({
        id: 1,
        items: [
          { name: 'b', count: 1 },
          { name: '', count: 0 },
        ],
      }),
    );
    assert.deepEqual(issues, [
      { path: 'id', rule: 'isString', message: 'id must be a string' },
      { path: 'items.1.name', rule: 'isLength', message: 'name must be longer than or equal to 1 characters' },
      { path: 'items.1.count', rule: 'min', message: 'count must not be less than 1' },
    ]);
  });

  for (const value of [null, undefined, [], [{}], 'x', 7, true, Buffer.from('x'), new Map(), new Date(), () => 1]) {
    it(`refuses ${Object.prototype.toString.call(value)} where an object is meant`, () => {
      assert.deepEqual(issuesOf(order.run(value)), [{ path: '', rule: 'object', message: 'must be an object' }]);
    });
  }

  it('refuses a thenable instead of waiting for it', () => {
    const thenable = Object.defineProperty({}, 'then', { value: () => assert.fail('called') });
    assert.equal(issuesOf(order.run(thenable))[0]?.rule, 'object');
  });

  it('passes the options of both libraries on, over its own defaults', () => {
    const strict = planPayload(Order, { validator: { forbidNonWhitelisted: true, stopAtFirstError: true } });
    assert.deepEqual(
      issuesOf(strict.run({ id: 'a', items: [], extra: 1 })).map((issue) => issue.rule),
      ['whitelistValidation'],
    );
    const converting = planPayload(Item, { transform: { enableImplicitConversion: true } });
    assert.deepEqual({ ...(converting.run({ name: 'b', count: '3' }) as Item) }, { name: 'b', count: 3 });
  });
});

describe('an answer to an invalid payload', () => {
  it('tells of at most 20 issues', () => {
    const items = Array.from({ length: 1000 }, () => ({ name: 1, count: 'x' }));
    assert.equal(issuesOf(order.run({ id: 'a', items })).length, MAX_ISSUES);
  });

  it('holds at most 2 KB of text whatever keys the client chose', () => {
    const strict = planPayload(Order, { validator: { forbidNonWhitelisted: true } });
    const extra = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}${'😀'.repeat(300)}`, 1]));
    const issues = issuesOf(strict.run({ id: 'a', items: [], ...extra }));
    assert.ok(issues.length > 0);
    const text = issues.flatMap((issue) => [issue.path, issue.rule, issue.message]);
    assert.ok(text.every((part) => part.length <= 200 && Buffer.from(part).toString() === part));
    assert.ok(Buffer.byteLength(text.join('')) <= MAX_ISSUES_BYTES);
  });

  it('is put together only when it is read, and once', () => {
    let reads = 0;
    const invalid = new Invalid((add) => {
      reads++;
      add('a', 'r', 'm');
    });
    assert.equal(reads, 0);
    assert.equal(invalid.issues, invalid.issues);
    assert.equal(reads, 1);
  });

  it('never shows what the payload held when it is written to a log', () => {
    const invalid = order.run({ id: { secret: 'token' }, items: [] });
    assert.ok(!JSON.stringify(invalid).includes('token'));
  });
});

describe('an array of payloads', () => {
  const items = planArray(planPayload(Item));

  it('makes an instance of each element', () => {
    const made = items.run([
      { name: 'a', count: 1 },
      { name: 'b', count: 2 },
    ]);
    assert.ok(Array.isArray(made) && made.length === 2 && made.every((item) => item instanceof Item));
  });

  it('begins each path with the index', () => {
    assert.deepEqual(
      issuesOf(items.run([{ name: 'a', count: 1 }, { name: 1, count: 1 }, null])).map((issue) => issue.path),
      ['1.name', '1.name', '2'],
    );
  });

  it('refuses what is no array', () => {
    assert.deepEqual(issuesOf(items.run({ name: 'a', count: 1 })), [
      { path: '', rule: 'array', message: 'must be an array' },
    ]);
  });

  it('looks no further than an answer has room for', () => {
    let seen = 0;
    class Counted {
      @Transform(({ value }) => (seen++, value as unknown)) @IsString() name!: string;
    }
    const many = Array.from({ length: 10_000 }, () => ({ name: 1 }));
    assert.equal(issuesOf(planArray(planPayload(Counted)).run(many)).length, MAX_ISSUES);
    assert.equal(seen, MAX_ISSUES);
  });
});

@ValidatorConstraint({ name: 'known', async: true })
class Known implements ValidatorConstraintInterface {
  async validate(value: unknown): Promise<boolean> {
    if (value === 'down') throw new Error('the database is down');
    return Promise.resolve(value === 'known');
  }
}

class Login {
  @IsOptional() @Validate(Known) name?: string;
}

describe('a payload with an asynchronous validator', () => {
  const login = planPayload(Login);

  it('is a promise of the same', async () => {
    const made = login.run({ name: 'known' });
    assert.ok(made instanceof Promise);
    assert.ok((await made) instanceof Login);
    assert.equal(issuesOf(await login.run({ name: 'other' }))[0]?.rule, 'known');
  });

  it('is made at once when the validator is not asked', () => {
    assert.ok(login.run({}) instanceof Login);
  });

  it('keeps the index of each element in an array', async () => {
    const made = await planArray(planPayload(Login)).run([{ name: 'known' }, {}, { name: 'other' }]);
    assert.deepEqual(
      issuesOf(made).map((issue) => issue.path),
      ['2.name'],
    );
  });

  it('is invalid, with the cause for the log, when the validator rejects', async () => {
    const made = await login.run({ name: 'down' });
    assert.deepEqual(issuesOf(made), [{ path: '', rule: 'validator', message: 'could not be checked' }]);
    assert.equal(((made as Invalid).cause as Error).message, 'the database is down');
  });
});

describe('the depth of a value', () => {
  const nested = (depth: number): unknown => JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth)) as unknown;

  it('is counted over objects and arrays', () => {
    assert.equal(exceedsDepth(1, 0), false);
    assert.equal(exceedsDepth({}, 0), true);
    assert.equal(exceedsDepth({ a: 1 }, 1), false);
    assert.equal(exceedsDepth({ a: [{}] }, 2), true);
    assert.equal(exceedsDepth({ a: [{}] }, 3), false);
    assert.equal(exceedsDepth(nested(64), 64), false);
    assert.equal(exceedsDepth(nested(65), 64), true);
  });

  it('is found without recursion, however deep', () => {
    let deep: unknown[] = [];
    for (let i = 0; i < 1_000_000; i++) deep = [deep];
    assert.equal(exceedsDepth(deep, 64), true);
    assert.equal(exceedsDepth(deep, 2_000_000), false);
  });

  it('is the same counted by calls and, for large limits, by levels', () => {
    const values = fc.anything({
      maxDepth: 6,
      key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON')),
      withMap: true,
      withSet: true,
      withDate: true,
      withTypedArray: true,
      withNullPrototype: true,
      withSparseArray: true,
    });
    const within = (value: unknown, levels: number): unknown => (levels === 0 ? value : within([value], levels - 1));
    const property = fc.property(values, fc.nat(7), (value, limit) => {
      assert.equal(exceedsDepth(value, limit), exceedsDepth(within(value, 300), limit + 300));
    });
    fc.assert(property, { seed: 20261130, numRuns: 3_000 });
  });

  it('does not look into binary values', () => {
    assert.equal(exceedsDepth({ a: Buffer.alloc(1e7), b: new Uint8Array(1e7), c: new ArrayBuffer(9) }, 1), false);
  });
});
