/** What is sent of a class is what class-transformer's `instanceToPlain` makes of an instance, once it is checked. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Exclude, Expose, instanceToPlain, Transform, Type } from 'class-transformer';
import type { ClassTransformOptions } from 'class-transformer';
import { Allow, IsInt, IsNumber, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Invalid, planOutgoing } from '../../src/payload/index.js';
import type { Class } from '../../src/payload/index.js';

class User {
  @IsString() name = 'Ann';
  @Exclude({ toPlainOnly: true }) @IsString() password = 'secret';
  @Exclude({ toClassOnly: true }) @IsInt() id = 7;
}

class Price {
  @Transform(({ value }) => Number(value) * 100, { toClassOnly: true })
  @Transform(({ value }) => Number(value) / 100, { toPlainOnly: true })
  @IsNumber()
  cents = 500;
}

class Undirected {
  @Transform(({ value }) => `${String(value)}!`) @IsString() text = 'a';
}

class Named {
  @Expose({ name: 'first_name' }) @IsString() firstName = 'Ann';
  @Expose({ groups: ['admin'] }) @IsString() role = 'owner';
  @Expose({ since: 2 }) @IsString() since = 'two';
  @Expose({ until: 2 }) @IsString() until = 'one';
}

class Temperature {
  readonly #celsius: number;
  constructor(celsius = 20) {
    this.#celsius = celsius;
  }
  @IsNumber() @Expose() get fahrenheit(): number {
    return this.#celsius * 2 + 30;
  }
  @Expose() label(): string {
    return `${this.#celsius} C`;
  }
}

class Base {
  @Exclude() @IsString() hidden = 'h';
  @IsInt() base = 1;
}

class Derived extends Base {
  @Expose({ name: 'd' }) @IsInt() derived = 2;
}

abstract class Shape {
  @IsString() id = 's';
}
class Circle extends Shape {
  @Exclude({ toPlainOnly: true }) @IsInt() secret = 1;
  @IsInt() radius = 2;
}
class Square extends Shape {
  @IsInt() side = 3;
}
const subTypes = [
  { name: 'circle', value: Circle },
  { name: 'square', value: Square },
];

class Drawing {
  @ValidateNested()
  @Type(() => Shape, { discriminator: { property: 'kind', subTypes } })
  main: Shape = new Circle();

  @ValidateNested({ each: true })
  @Type(() => Shape, { discriminator: { property: 'kind', subTypes } })
  others: Shape[] = [new Square(), new Circle()];
}

class Holder {
  @ValidateNested() @Type(() => User) one = new User();
  @ValidateNested({ each: true }) @Type(() => User) list = [new User(), new User()];
  @ValidateNested({ each: true }) @Type(() => User) grid: Set<User> = new Set([new User()]);
  @ValidateNested({ each: true }) @Type(() => User) byName: Map<string, User> = new Map([['a', new User()]]);
  @Allow() untyped: unknown = new User();
  @Allow() at = new Date(0);
  @Allow() bytes = Buffer.from([1]);
  @IsOptional() @IsString() missing?: string;
}

/** Maps of everything: what they hold is sent as class-transformer has it, which names and transforms keys as properties. */
class Maps {
  @Allow() @Type(() => User) users = new Map<string, unknown>([
    ['password', new User()],
    ['b', Object.assign(new User(), { name: 'b' })],
    ['c', null],
    ['d', [new User(), undefined]],
  ]);
  @Allow() @Type(() => Named) named = new Map<unknown, unknown>([
    ['label', new Named()],
    ['other', 1],
    [3, new Named()],
    ['__proto__', 1],
    ['constructor', 2],
    ['size', 3],
    ['get', 4],
  ]);
  @Allow() @Type(() => Price) prices = new Map<string, unknown>([
    ['cents', new Price()],
    ['both', 1],
  ]);
  @Allow() @Type(() => String) texts = new Map<string, unknown>([
    ['a', 1],
    ['b', null],
    ['c', [1, new Date(0)]],
  ]);
  @Allow() @Type(() => Number) numbers = new Map<string, unknown>([['a', '1']]);
  @Allow() @Type(() => Boolean) flags = new Map<string, unknown>([['a', 1]]);
  @Allow() @Type(() => Date) dates = new Map<string, unknown>([
    ['a', new Date(1)],
    ['b', '2020-01-01'],
  ]);
  @Allow() untyped = new Map<string, unknown>([
    ['a', new User()],
    ['b', { c: new Map([['d', new Set([1, new User()])]]), undefined: undefined }],
    ['e', undefined],
    ['f', Buffer.from([1])],
  ]);
  @Allow() @Type(() => User) deep = new Map([['a', new Map([['b', new User()]])]]);
  @Allow() @Type(() => Circle) closed = new Map([['secret', new Circle()]]);
}

@Exclude()
class Closed {
  @Expose() @IsString() open = 'o';
  @IsString() closed = 'c';
}

const classes: (new () => object)[] = [
  User,
  Price,
  Undirected,
  Named,
  Temperature,
  Base,
  Derived,
  Circle,
  Drawing,
  Holder,
  Maps,
  Closed,
];

const optionSets: ClassTransformOptions[] = [
  {},
  { groups: ['admin'] },
  { version: 1 },
  { version: 3 },
  { excludeExtraneousValues: true },
  { exposeUnsetFields: false },
  { strategy: 'excludeAll' },
  { excludePrefixes: ['b'] },
  { ignoreDecorators: true },
  { enableCircularCheck: true },
  { enableImplicitConversion: true },
];

function send(type: Class, value: unknown, transform: ClassTransformOptions = {}): unknown {
  const sent = planOutgoing(type, { transform }).run(value);
  if (sent instanceof Invalid) throw sent.cause ?? new Error(JSON.stringify(sent.issues));
  return sent;
}

describe('what is sent', () => {
  for (const type of classes) {
    for (const options of optionSets) {
      it(`of an instance is what instanceToPlain makes of it: ${type.name} ${JSON.stringify(options)}`, () => {
        const instance = new type();
        assert.deepEqual(send(type, instance, options), instanceToPlain(new type(), options));
        assert.deepEqual(instance, new type(), 'what was given is as it was');
      });
    }
  }

  for (const type of [User, Price, Undirected, Named, Base, Derived, Circle, Closed]) {
    it(`of a plain object is the same as of the instance with its properties: ${type.name}`, () => {
      assert.deepEqual(send(type, { ...new type() }), instanceToPlain(new type()));
    });
  }

  it('of plain objects in each other is the same as of instances', () => {
    const user = { name: 'Bob', password: 'p', id: 8 };
    const expected = { name: 'Bob', id: 8 };
    const given = { one: user, list: [user], grid: [user], byName: { a: user }, untyped: 1, at: new Date(1) };
    assert.deepEqual(send(Holder, given), {
      one: expected,
      list: [expected],
      grid: [expected],
      byName: { a: expected },
      untyped: 1,
      at: new Date(1),
      bytes: Buffer.from([1]),
      missing: undefined,
    });
    const drawing = { main: { kind: 'circle', radius: 9, secret: 1 }, others: [{ kind: 'square', side: 1 }] };
    assert.deepEqual(send(Drawing, drawing), {
      main: { id: 's', radius: 9, kind: 'circle' },
      others: [{ id: 's', side: 1, kind: 'square' }],
    });
    assert.throws(() => send(Drawing, { main: { kind: 'none' }, others: [] }), /kind: must be one of circle, square/);
  });

  it('has what a private field holds, also beside a key without a rule, which is left out', () => {
    assert.deepEqual(send(Temperature, Object.assign(new Temperature(5), { cache: 1 })), {
      fahrenheit: 40,
      label: '5 C',
    });
  });

  it('is of frozen instances too', () => {
    assert.deepEqual(send(Drawing, Object.freeze({ main: Object.freeze(new Circle()), others: [] })), {
      main: { id: 's', radius: 2, kind: 'circle' },
      others: [],
    });
  });

  it('is checked before any transform runs', () => {
    const refused = planOutgoing(Price).run({ cents: 'a' });
    assert.ok(refused instanceof Invalid);
    assert.deepEqual(
      refused.issues.map(({ path, rule }) => [path, rule]),
      [['cents', 'isNumber']],
    );
    for (const value of [null, undefined, 1, 'a', [], new Date(), new Map(), Promise.resolve({})]) {
      assert.ok(planOutgoing(User).run(value) instanceof Invalid);
    }
  });
});
