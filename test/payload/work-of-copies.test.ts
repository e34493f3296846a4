import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Expose, Transform, Type } from 'class-transformer';
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import { Allow, IsInt, IsString, ValidateNested } from 'class-validator';
import { Invalid, planPayload } from '../../src/payload/index.js';
import { Copies, noCopy } from '../../src/payload/compiled/transform/copy.js';

class Leaf {
  @IsInt() n!: number;
}
class Cat {
  @ValidateNested() @Type(() => Leaf) leaf!: Leaf;
}
class Dog {
  @IsString() name!: string;
}
const choice = {
  discriminator: {
    property: 'kind',
    subTypes: [
      { name: 'cat', value: Cat },
      { name: 'dog', value: Dog },
    ],
  },
};
class Pets {
  @ValidateNested() @Type(() => Object, choice) pet!: Cat | Dog;
  @ValidateNested({ each: true }) @Type(() => Object, choice) pets!: (Cat | Dog)[];
  @ValidateNested({ each: true }) @Type(() => Leaf) leaves!: Leaf[];
}
class Owner {
  @Expose({ name: 'all' }) @ValidateNested() @Type(() => Pets) pets!: Pets;
  @Allow() bulk!: unknown[];
}

test('a discriminator that is taken out costs a copy of its object, and of those around it', () => {
  const sent = {
    all: { pet: { kind: 'dog', name: 'a' }, pets: [{ kind: 'cat', leaf: { n: 1 } }], leaves: [{ n: 2 }] },
    bulk: [{ a: [1] }],
  };
  const before = structuredClone(sent);
  const copied = new Copies().of(Owner)(sent) as typeof sent;
  assert.deepEqual(copied, sent);
  assert.equal(copied.bulk, sent.bulk);
  assert.equal(copied.all.leaves, sent.all.leaves);
  assert.equal(copied.all.pets[0]!.leaf, sent.all.pets[0]!.leaf);
  for (const pick of [
    (each: typeof sent) => each.all,
    (each: typeof sent) => each.all.pet,
    (each: typeof sent) => each.all.pets[0],
  ]) {
    assert.notEqual(pick(copied), pick(sent));
  }
  assert.equal(new Copies().of(Leaf), noCopy);
  const made = planPayload(Owner).run(sent);
  assert.ok(made instanceof Owner && made.pets.pet instanceof Dog && made.pets.pets[0] instanceof Cat);
  assert.deepEqual(sent, before, 'whoever gave the value may use it again');
});

class Named {
  @ValidateNested({ each: true }) @Type(() => Leaf) leaves!: Map<string, Leaf>;
  @IsString({ each: true }) @Type(() => String) @Transform(({ value }) => value as unknown) words!: Map<string, string>;
}

test('a Map is made by a compiled plan, without the library', (t) => {
  const plan = planPayload(Named);
  assert.deepEqual([plan.mode, plan.reasons], ['compiled', []]);
  const asked = t.mock.method(TransformOperationExecutor.prototype, 'transform');
  const made = plan.run({ leaves: { a: { n: 1 }, size: { n: 2 } }, words: { b: 5 } });
  assert.equal(asked.mock.callCount(), 0);
  assert.ok(made instanceof Named && made.leaves instanceof Map);
  assert.deepEqual([...made.leaves.keys(), ...made.words], ['a', ['b', '5']]);
  assert.ok(made.leaves.get('a') instanceof Leaf);
  assert.ok(plan.run({ leaves: { a: { n: 'x' } }, words: {} }) instanceof Invalid);
});
