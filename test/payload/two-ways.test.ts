import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Transform, Type } from 'class-transformer';
import { IsInt, ValidateNested } from 'class-validator';
import { Namespace, On } from '../../src/index.js';
import { planOutgoing } from '../../src/payload/index.js';
import { startInMemory } from '../support/kit.js';

const times100 = ({ value }: { value: unknown }): unknown => Number(value) * 100;

class Price {
  @IsInt() @Transform(times100) cents!: number;
  @IsInt() @Transform(times100, { toClassOnly: true }) once!: number;
}
class Offer {
  @ValidateNested() @Type(() => Price) price!: Price;
}

@Namespace('/shop')
class Shop {
  @On() offer(_offer: Offer): void {}
  @On('price', { returns: Price }) price(): Price {
    return Object.assign(new Price(), { cents: 1, once: 1 });
  }
}

test('boot says once which properties are transformed on both ways, and what helps', async (t) => {
  const { log } = await startInMemory(t, [Shop], { emits: { offered: Offer } });
  const lines = log.at('warn').filter(({ message }) => message.includes('toClassOnly'));
  assert.deepEqual(
    lines.map(({ facts }) => facts['properties']),
    [['Price.cents']],
  );
  @Namespace('/other')
  class Other {
    @On() ping(): void {}
  }
  const other = await startInMemory(t, [Other], { emits: { offered: Offer } });
  assert.deepEqual(
    other.log.at('warn').filter(({ message }) => message.includes('toClassOnly')),
    [],
  );
});

test('the way out is compiled: the library is asked for nothing that it knows', () => {
  const plan = planOutgoing(Offer);
  assert.equal(plan.mode, 'compiled');
  const price = Object.assign(new Price(), { cents: 5, once: 7 });
  assert.deepEqual(plan.run(Object.assign(new Offer(), { price })), { price: { cents: 500, once: 7 } });
  assert.deepEqual(plan.run({ price: { cents: 5, once: 7 } }), { price: { cents: 500, once: 7 } });
});
