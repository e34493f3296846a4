import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsIn,
  IsInstance,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
} from 'class-validator';
import {
  Invalid,
  planArray,
  planOutgoing,
  planPayload,
  type Class,
  type PayloadOptions,
} from '../../src/payload/index.js';

class Pos {
  @IsOptional() @IsInt() x?: number;
}
class Move {
  @ValidateNested() @Type(() => Pos) to!: Pos;
}
class List {
  @ValidateNested({ each: true }) @Type(() => Pos) items!: Pos[];
}
class Tags {
  @IsString({ each: true }) tags!: string[];
}
class Sets {
  @ValidateNested({ each: true }) @Type(() => Pos) places!: Set<Pos>;
  @ValidateNested({ each: true }) @Type(() => Pos) named!: Map<string, Pos>;
  @IsString({ each: true }) @Type(() => String) words!: Set<string>;
}
class Deep {
  @ValidateNested({ each: true }) @Type(() => Move) moves!: Move[];
}

@ValidatorConstraint({ name: 'late', async: true })
class Late {
  validate(): Promise<boolean> {
    return Promise.resolve(true);
  }
}
class MoveLater extends Move {
  @Validate(Late) @IsOptional() name?: string;
}

/** `path rule` of each issue; none if the value was accepted. */
async function broken(type: Class, value: unknown, options?: PayloadOptions): Promise<string[]> {
  const result = await planPayload(type, options).run(value);
  return result instanceof Invalid ? result.issues.map(({ path, rule }) => `${path} ${rule}`) : [];
}

/** The engines that a plan may use. */
const engines: readonly [name: string, options: PayloadOptions][] = [
  ['compiled', {}],
  ['library', { transform: { enableCircularCheck: true } }],
];

const wrong: readonly [Class, value: object, expected: readonly string[]][] = [
  [Move, { to: [] }, ['to shape']],
  [Move, { to: [{ x: 1 }] }, ['to shape']],
  [Move, {}, ['to shape']],
  [Move, { to: null }, ['to shape']],
  [Move, { to: 5 }, ['to shape']],
  [Move, { to: 'abc' }, ['to shape']],
  [Move, { to: Buffer.from('a') }, ['to shape']],
  [Move, { to: { x: 'a' } }, ['to.x isInt']],
  [List, { items: [[{ x: 1 }]] }, ['items.0 shape']],
  [List, { items: [{ x: 1 }, []] }, ['items.1 shape']],
  [List, { items: [{ x: 'a' }, []] }, ['items.1 shape', 'items.0.x isInt']],
  [List, { items: { x: 1 } }, ['items shape']],
  [List, { items: [null] }, ['items.0 shape']],
  [List, {}, ['items shape']],
  [Tags, { tags: 'abc' }, ['tags shape']],
  [Tags, { tags: {} }, ['tags shape']],
  [Tags, {}, ['tags isString']],
  [Tags, { tags: [1] }, ['tags isString']],
  [Sets, { places: [{ x: 1 }], named: { a: [] }, words: [] }, ['named.a shape']],
  [Sets, { places: [[]], named: {}, words: [] }, ['places.0 shape']],
  [Sets, { places: { x: 1 }, named: [], words: 'abc' }, ['places shape', 'named shape', 'words shape']],
  [Deep, { moves: [{ to: { x: 1 } }, { to: [] }, {}] }, ['moves.1.to shape', 'moves.2.to shape']],
  [MoveLater, { to: [], name: 'a' }, ['to shape']],
];

describe('the declared shape', () => {
  for (const [name, options] of engines) {
    it(`is held (${name})`, async () => {
      for (const [type, value, expected] of wrong) {
        const plan = planPayload(type, options);
        assert.equal(plan.mode, name, plan.reasons.join());
        assert.deepEqual(await broken(type, value, options), expected, `${type.name} ${JSON.stringify(value)}`);
      }
    });

    it(`can be left to the libraries (${name})`, async () => {
      const lax: PayloadOptions = { ...options, shape: 'library' };
      for (const value of [{ to: [] }, { to: [{ x: 1 }] }, {}]) assert.deepEqual(await broken(Move, value, lax), []);
      assert.deepEqual(await broken(Tags, { tags: 'abc' }, lax), []);
    });
  }

  it('is held for each element of an argument that is an array', () => {
    const result = planArray(planPayload(Move)).run([{ to: { x: 1 } }, { to: [] }]);
    assert.ok(result instanceof Invalid);
    assert.deepEqual(result.issues, [{ path: '1.to', rule: 'shape', message: 'to must be an object' }]);
  });

  it('is told instead of what a rule throws at another shape', async () => {
    class Fragile {
      @Type(() => Pos) @ValidateNested() to!: Pos;
      @IsIn([1]) @Transform(({ value }) => value as unknown) @Validate(Throws) n!: string[];
    }
    assert.deepEqual(await broken(Fragile, { n: 1 }), ['to shape', 'n shape']);
  });

  it('tells of no more than an answer has room for, and looks no further', async () => {
    const moves = Array.from({ length: 100_000 }, () => ({ to: [] }));
    assert.equal((await broken(Deep, { moves })).length, 20);
  });

  it('is what an emission has', () => {
    const plan = planOutgoing(Move);
    assert.ok(plan.run({ to: [] }) instanceof Invalid);
    assert.ok(plan.run({}) instanceof Invalid);
    assert.deepEqual(plan.run({ to: { x: 1 } }), { to: { x: 1 } });
  });
});

@ValidatorConstraint({ name: 'throws' })
class Throws {
  validate(value: string[]): boolean {
    return value.every(Boolean);
  }
}

class Cat {
  @IsString() kind!: string;
  @IsInt() lives!: number;
}
class Dog {
  @IsString() kind!: string;
  @IsString() name!: string;
}
class Pet {
  @IsOptional() @IsString() kind!: string;
}
const choice = {
  property: 'kind',
  subTypes: [
    { name: 'cat', value: Cat },
    { name: 'dog', value: Dog },
  ],
};
const withBase = { property: 'kind', subTypes: [...choice.subTypes, { name: 'pet', value: Pet }] };

class Kept {
  @ValidateNested() @Type(() => Pet, { discriminator: choice, keepDiscriminatorProperty: true }) pet!: Pet;
}
class Taken {
  @ValidateNested() @Type(() => Pet, { discriminator: choice }) pet!: Pet;
}
class WithBase {
  @ValidateNested() @Type(() => Pet, { discriminator: withBase }) pet!: Pet;
}
class Union {
  @ValidateNested() @Type(() => Pet, { discriminator: choice, keepDiscriminatorProperty: true }) pet!: Cat | Dog;
}
class Pets {
  @ValidateNested({ each: true })
  @Type(() => Pet, { discriminator: choice, keepDiscriminatorProperty: true })
  pets!: Pet[];
}

describe('a discriminator', () => {
  for (const [name, options] of engines) {
    it(`that names no class is refused, kept or not (${name})`, async () => {
      for (const type of [Kept, Taken, WithBase, Union]) {
        for (const kind of ['bird', 5, null, '__proto__', ['cat']]) {
          assert.deepEqual(await broken(type, { pet: { kind, lives: 1 } }, options), ['pet.kind shape'], type.name);
        }
      }
      assert.deepEqual(await broken(Kept, { pet: {} }, options), ['pet.kind shape']);
      assert.deepEqual(await broken(Union, { pet: [] }, options), ['pet shape']);
      assert.deepEqual(await broken(Pets, { pets: [{ kind: 'cat', lives: 1 }, { kind: 'x' }] }, options), [
        'pets.1.kind shape',
      ]);
    });

    it(`that names one of them is taken (${name})`, async () => {
      for (const type of [Kept, Union]) {
        assert.deepEqual(await broken(type, { pet: { kind: 'cat', lives: 1 } }, options), []);
      }
      assert.deepEqual(await broken(WithBase, { pet: { kind: 'pet' } }, options), []);
      assert.deepEqual(await broken(WithBase, { pet: {} }, options), []);
      assert.deepEqual(await broken(Pets, { pets: [] }, options), []);
    });
  }
});

class Words extends Array<string> {}

/** DTOs whose rules accept more than one shape, and payloads that are as they declare. */
class Correct {
  @IsOptional() @ValidateNested() @Type(() => Pos) maybe?: Pos;
  @ValidateIf((object: Correct) => object.flag === true) @ValidateNested() @Type(() => Pos) conditional!: Pos;
  @ValidateNested() @Type(() => Pos) preset: Pos = new Pos();
  @Exclude({ toClassOnly: true }) @ValidateNested() @Type(() => Pos) ours!: Pos;
  @ValidateNested() @Type(() => Pos) grid!: Pos[][];
  @IsString({ each: true })
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',') : (value as unknown)))
  words!: string[];
  @ValidateNested() @Transform(({ value }) => Object.assign(new Pos(), { x: Number(value) })) made!: Pos;
  @IsInstance(Buffer) bytes!: Buffer;
  @IsArray() @IsInstance(Buffer, { each: true }) chunks!: Buffer[];
  @Type(() => Date) @IsArray() dates!: Date[];
  @IsNotEmpty() id!: Pos;
  @Allow() list!: string[] | null;
  @Allow() either!: Pos | Pos[];
  @ValidateNested() @Type(() => Pos) one!: Pos | Pos[];
  @IsArray() @Transform(({ value }) => Words.from(value as string[])) own!: Words;
  @Expose({ name: 'other' }) @ValidateNested() @Type(() => Pos) renamed!: Pos;
  @IsOptional() flag?: boolean;
}

const correct: readonly object[] = [
  {
    grid: [[{ x: 1 }], []],
    words: 'a,b',
    made: '5',
    bytes: Buffer.from('a'),
    chunks: [Buffer.from('a')],
    dates: ['2026-01-01'],
    id: 'abc',
    list: null,
    either: [{ x: 1 }],
    one: [{ x: 1 }],
    own: ['a'],
    other: { x: 1 },
  },
];

describe('a payload as its class declares it', () => {
  for (const [name, options] of engines) {
    it(`passes (${name})`, async () => {
      for (const value of correct) {
        assert.deepEqual(await broken(Correct, value, { ...options, shape: 'library' }), []);
        assert.deepEqual(await broken(Correct, value, options), []);
        assert.deepEqual(
          await broken(Correct, { ...value, maybe: null, conditional: [], one: {}, either: {} }, options),
          [],
        );
      }
      assert.deepEqual(await broken(Correct, { ...correct[0], flag: true, conditional: [] }, options), [
        'conditional shape',
      ]);
    });
  }

  it('passes without nested objects where the options skip what is missing', async () => {
    assert.deepEqual(await broken(Move, {}, { validator: { skipMissingProperties: true } }), []);
    assert.deepEqual(await broken(Move, { to: null }, { validator: { skipNullProperties: true } }), []);
  });

  it('passes where its property is not in the groups or the version that are read', async () => {
    class Grouped {
      @IsInt() n!: number;
      @ValidateNested({ groups: ['g'] }) @Type(() => Pos) @Expose({ groups: ['g'] }) to!: Pos;
      @ValidateNested() @Type(() => Pos) @Expose({ since: 2 }) later!: Pos;
    }
    assert.deepEqual(await broken(Grouped, { n: 1 }, { transform: { version: 1 } }), []);
    const both = { transform: { groups: ['g'], version: 2 }, validator: { groups: ['g'], always: true } };
    assert.deepEqual(await broken(Grouped, { n: 1 }, both), ['to shape', 'later shape'].slice(0, 2));
  });
});
