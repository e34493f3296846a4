import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'class-transformer';
import { IsInstance, IsString, ValidateNested } from 'class-validator';
import { inject, injectable } from 'tsyringe';
import {
  Ack,
  Auth,
  Data,
  createApp,
  EventError,
  Header,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  OnError,
  Payload,
  Query,
  Reason,
  Room,
  SetupError,
  SocketId,
  Use,
  type AckFunction,
  type Middleware,
  type MiddlewareObject,
} from '../../../src/index.js';
import { createTestApp } from '../../../src/testing/index.js';
import { assertMistake, mistake, mistakes } from './mistakes.js';

class Item {
  @IsString() name!: string;
}

interface Shape {
  readonly name: string;
}

/** A class as another compiler would leave it: one handler `work` whose parameter has this type at run time. */
function compiled(type: unknown, decorate: (target: object) => void = () => undefined): new () => object {
  @Namespace('/hand')
  class ByHand {
    work() {}
  }
  Reflect.defineMetadata('design:type', Function, ByHand.prototype, 'work');
  Reflect.defineMetadata('design:paramtypes', [type], ByHand.prototype, 'work');
  decorate(ByHand.prototype);
  On(ByHand.prototype as never, 'work', Object.getOwnPropertyDescriptor(ByHand.prototype, 'work')!);
  return ByHand;
}

const marked = (target: object): void => Payload(target, 'work', 0);

test('a DTO that was imported with `import type` is a mistake, whatever the compiler left of it', async () => {
  const where = 'ByHand.work, parameter 1';
  assertMistake(await mistake([compiled(Function)]), where, /import type/, /without `type`.*useImportType/);
  assertMistake(await mistake([compiled(Function, marked)]), where, /import type/, /@Ack\(\)/);
  const unvalidated = await mistake([compiled(Object, marked)], { unvalidated: 'refuse' });
  assertMistake(unvalidated, where, /import type/, /@Payload\({ type: Dto }\)/);
});

test('a type that is lost in a cycle, or is an enum for this compiler, is a mistake', async () => {
  assert.match((await mistake([compiled(undefined)])).what, /cycle of imports/);
  assert.match((await mistake([compiled({ red: 0, 0: 'red' })])).what, /enum/);
  assert.match((await mistake([compiled({ red: 0, 0: 'red' })])).fix, /@Payload\({ type: (String|Number) }\)/);
});

test('`Dto | null`, an interface and unknown are a mistake where unvalidated arguments are refused; with a stated type they are none', async () => {
  @Namespace('/types')
  class Types {
    @On() maybe(@Payload() _item: Item | null) {}
    @On() shape(@Payload() _shape: Shape) {}
    @On() anything(@Payload() _value: unknown) {}
    @On() stated(@Payload({ type: Item, optional: true }) _item: Item | null) {}
    @On() any(@Payload({ type: Object }) _value: unknown) {}
    @On() plain(_value: unknown) {}
  }
  const problems = await mistakes([Types], { unvalidated: 'refuse' });
  assert.deepEqual(
    problems.map(({ where, code }) => [where, code]),
    ['maybe', 'shape', 'anything', 'plain'].map((method) => [`Types.${method}, parameter 1`, 'unvalidated']),
  );
  for (const { what, fix } of problems) {
    assert.match(what, /`Dto \| null`, an interface/);
    assert.match(fix, /optional: true/);
  }
});

test('an array without `each` is a mistake', async () => {
  @Namespace('/types')
  class Types {
    @On() items(_items: Item[]) {}
    @On() strings(@Payload() _texts: readonly string[]) {}
    @On() stated(@Payload({ each: Item }) _items: Item[]) {}
  }
  const problems = await mistakes([Types]);
  assert.equal(problems.length, 2);
  for (const problem of problems) {
    assert.match(problem.what, /elements is lost/);
    assert.match(problem.fix, /@Payload\({ each: Item }\)/);
  }
});

test('a DTO without rules, a nested class without @Type and @Type(() => RegExp) are mistakes', async () => {
  class Empty {
    name!: string;
  }
  class Nested {
    @ValidateNested() item!: Item;
  }
  class Pattern {
    @Type(() => RegExp) @IsInstance(RegExp) pattern!: RegExp;
  }
  @Namespace('/types')
  class Types {
    @On() empty(_value: Empty) {}
    @On() nested(_value: Nested) {}
    @On() pattern(_value: Pattern) {}
    @On() each(@Payload({ each: Empty }) _values: Empty[]) {}
    @OnConnect enter(@Auth() _auth: Empty, @Query() _query: Nested) {}
  }
  const problems = await mistakes([Types]);
  assert.deepEqual(
    problems.map(({ where, what }) => [where, what.split(/[:,]/)[0]]),
    [
      ['Types.empty, parameter 1', 'Empty'],
      ['Types.nested, parameter 1', 'Nested.item'],
      ['Types.pattern, parameter 1', 'Pattern.pattern'],
      ['Types.each, parameter 1', 'Empty'],
      ['Types.enter, parameter 1', 'Empty'],
      ['Types.enter, parameter 2', 'Nested.item'],
    ],
  );
  assert.match(problems[0]!.fix, /@IsString\(\)/);
  assert.match(problems[1]!.fix, /@Type\(\(\) => TheClass\)/);
  assert.match(problems[2]!.fix, /leave @Type out/);
});

test('a class that never comes over the wire is a mistake', async () => {
  @Namespace('/types')
  class Types {
    @On() date(_date: Date) {}
    @On() map(@Payload({ type: Map }) _map: unknown) {}
    @On() big(_big: bigint) {}
    @On() fault(_error: Error) {}
  }
  const problems = await mistakes([Types]);
  assert.deepEqual(
    problems.map(({ what }) => /is (\w+),/.exec(what)?.[1]),
    ['Date', 'Map', 'BigInt', 'Error'],
  );
});

test('a parameter decorator where it means nothing is a mistake', async () => {
  @Namespace('/types')
  class Types {
    @OnConnect enter(@Ack() _ack: AckFunction, @Reason() _reason: string) {}
    @On() work(@Reason() _reason: string, @Room() _room: string) {}
    @OnDisconnect leave(@Reason() _reason: string) {}
  }
  const problems = await mistakes([Types]);
  assert.deepEqual(
    problems.map(({ where, what }) => `${where}: ${what}`),
    [
      'Types.enter, parameter 1: @Ack is not allowed in this handler.',
      'Types.enter, parameter 2: @Reason is not allowed in this handler.',
      'Types.work, parameter 1: @Reason is not allowed in this handler.',
      'Types.work, parameter 2: @Room is not allowed in this handler.',
    ],
  );
});

test('a build without decorator metadata is a mistake; under tsx it is named', async (t) => {
  const bare = () => {
    @Namespace('/hand')
    class Bare {
      work() {}
    }
    On(Bare.prototype as never, 'work', Object.getOwnPropertyDescriptor(Bare.prototype, 'work')!);
    return Bare;
  };
  assertMistake(await mistake([bare()]), 'Bare.work', /design:type is missing/, /emitDecoratorMetadata.*esbuild/);
  const marker = Symbol.for('tsx:global-cjs-loader-count');
  Object.defineProperty(globalThis, marker, { value: 1, configurable: true });
  t.after(() => Reflect.deleteProperty(globalThis, marker));
  assertMistake(await mistake([bare()]), 'Bare.work', /under tsx.*esbuild/, /@oxc-node\/core\/register/);
});

test('the method that has no metadata is the one that is named', async () => {
  @Namespace('/hand')
  class Half {
    @On() whole() {}
    bare() {}
  }
  On(Half.prototype as never, 'bare', Object.getOwnPropertyDescriptor(Half.prototype, 'bare')!);
  assert.equal((await mistake([Half])).where, 'Half.bare');
});

test('a compiler without `experimentalDecorators` is told of by each decorator', () => {
  const method = { kind: 'method', name: 'work', static: false, private: false };
  const uses = [
    () => On('work')(function work() {} as never, method as never, undefined as never),
    () => (On as (...args: unknown[]) => void)(function work() {}, method),
    () => (OnConnect as (...args: unknown[]) => void)(function work() {}, method),
    () => (OnError(EventError) as (...args: unknown[]) => void)(function work() {}, method),
    () => (Namespace('/a') as (...args: unknown[]) => void)(class {}, { kind: 'class', name: 'Chat' }),
  ];
  for (const use of uses) {
    assert.throws(use, (error: SetupError) => {
      assert.ok(error instanceof SetupError);
      assert.match(error.message, /"experimentalDecorators": true/);
      return true;
    });
  }
});

test('a service that was imported with `import type`, or is an interface, is a mistake', async () => {
  @injectable()
  class Service {}
  for (const lost of [Function, Object, undefined]) {
    class Lost {
      constructor(
        readonly service: Service,
        readonly lost: unknown,
      ) {}
    }
    Reflect.defineMetadata('design:paramtypes', [Service, lost], Lost);
    Namespace('/hand')(Lost);
    const problem = await mistake([Lost]);
    assertMistake(problem, 'Lost', /parameter 2 of the constructor .*import type/s, /without `type`.*@inject/);
  }
  @Namespace('/hand')
  class Right {
    constructor(@inject('shape') readonly shape: Shape) {}
  }
  const problem = await mistake([Right]);
  assert.match(problem.what, /the container cannot build it.*shape/s);
});

test("a controller that the container cannot build is a mistake, with the container's own reason", async () => {
  class Plain {
    constructor(readonly name: string) {}
  }
  @injectable()
  class Throwing {
    constructor() {
      throw new Error('no database');
    }
  }
  @Namespace('/one')
  class One {
    constructor(readonly plain: Plain) {}
    @On() work() {}
  }
  @Namespace('/two')
  class Two {
    constructor(readonly throwing: Throwing) {}
    @On() work() {}
  }
  const problems = await mistakes([One, Two]);
  assertMistake(problems[0]!, 'One', /cannot build it.*TypeInfo not known for "Plain"/s, /@injectable\(\)/);
  assertMistake(problems[1]!, 'Two', /no database/, /@injectable\(\)/);
  assert.ok(problems[0]!.cause instanceof Error);
});

test('a handler decorator on a constructor parameter is a mistake', async () => {
  class Wrong {
    constructor(readonly id: string) {}
  }
  Reflect.defineMetadata('design:paramtypes', [Item], Wrong);
  (SocketId as (target: object, method: undefined, index: number) => void)(Wrong, undefined, 0);
  Namespace('/hand')(Wrong as never);
  const problem = (await mistakes([Wrong]))[0]!;
  assertMistake(problem, 'Wrong', /decorator that is meant for handlers/, /move it to a parameter of a handler/);
});

test('a type for @Data that is no class, and text that cannot be read, are fine', async () => {
  @Namespace('/types')
  class Types {
    @On() work(@Data() _data: Shape, @Query('page') _page: number, @Query({ type: Object }) _all: unknown) {}
  }
  await assert.rejects(mistakes([Types]), /a SetupError, not undefined/);
});

test('a handler that is a generator is one: nobody would take what it yields', async () => {
  @Namespace('/a')
  class Streaming {
    @On() async *numbers() {
      yield await Promise.resolve(1);
    }
    @OnConnect *enter() {
      yield 1;
    }
  }
  const found = await mistakes([Streaming]);
  assert.deepEqual(
    found.map(({ where }) => where),
    ['Streaming.numbers', 'Streaming.enter'],
  );
  assertMistake(found[0]!, 'Streaming.numbers', /generator/, /emit each value/);
  const app = await createApp({ controllers: [], logger: false });
  assert.throws(() => app.on('/a', 'numbers', async function* numbers() {}), /numbers: it is a generator/);
  await app.close();
});

test('a type that no text can say is one for a header, a cookie, the query and the path', async () => {
  @Namespace('/a/:id')
  class Textual {
    @On() query(@Query('tags') tags: string[]) {
      return tags;
    }
    @On() header(@Header('bytes') bytes: Buffer) {
      return bytes;
    }
  }
  const found = await mistakes([Textual]);
  assert.equal(found.length, 2);
  assertMistake(found[0]!, 'Textual.query, parameter 1', /one text/, /split it/);
  assertMistake(found[1]!, 'Textual.header, parameter 1', /one text/, /split it/);
});

test('a nested class without @Type is none where types are converted implicitly', async () => {
  class Outer {
    @ValidateNested() item!: Item;
    @IsString({ each: true }) tags!: string[];
  }
  @Namespace('/a')
  class Implicit {
    @On() work(outer: Outer) {
      return outer.item instanceof Item;
    }
  }
  const app = await createTestApp({
    controllers: [Implicit],
    payload: { transform: { enableImplicitConversion: true } },
  });
  const client = await app.connect('/a');
  assert.equal(await client.call('work', { item: { name: 'a' }, tags: ['b'] }), true);
  await app.close();
  assertMistake(await mistake([Implicit]), 'Implicit.work, parameter 1', /Outer\.item.*without @Type/, /@Type/);
});

test('a class that stands for a middleware and has no `use` is one; one that makes it in its constructor is none', async () => {
  class Useless {}
  class Counting implements MiddlewareObject {
    static calls = 0;
    use: Middleware = (_context, next) => {
      Counting.calls++;
      return next();
    };
  }
  @Namespace('/a')
  class Wrapped {
    @On() @Use(Useless as never) one() {}
    @On() @Use(Useless as never) two() {}
  }
  assertMistake(await mistake([Wrapped]), 'Useless', /no method `use`/, /use\(context, next\)/);
  @Namespace('/a')
  class Counted {
    @On() @Use(Counting) work() {
      return 'done';
    }
  }
  const app = await createTestApp({ controllers: [Counted] });
  assert.equal(await (await app.connect('/a')).call('work'), 'done');
  assert.equal(Counting.calls, 1);
  await app.close();
});

test('a middleware that only connections pass is built at boot too, and its mistakes are reported', async () => {
  class Useless {
    static calls = 0;
    constructor() {
      Useless.calls++;
    }
  }
  class Unbuildable implements MiddlewareObject {
    constructor() {
      throw new Error('no');
    }
    use: Middleware = (_context, next) => next();
  }
  @Namespace('/a')
  @Use(Unbuildable)
  class OnlyConnects {
    @OnConnect() enter() {}
  }
  assertMistake(await mistake([OnlyConnects]), 'Unbuildable', /cannot build it: .*no/s, /./);
  @Namespace('/a')
  @Use(Useless as never)
  class OnlyLeaves {
    @OnDisconnect() leave() {}
  }
  assertMistake(await mistake([OnlyLeaves]), 'Useless', /no method `use`/, /./);
  Useless.calls = 0;
  assertMistake(await mistake([], { use: [Useless as never] }), 'Useless', /no method `use`/, /./);
  assert.equal(Useless.calls, 1);
});
