import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SmallMap } from '../../src/connections/namespaces/small-map.js';

const values = ['one', 'two', 'three'].map((name) => ({ name }));

/** Does at random what may be done to a map, and notes everything that can be seen. */
function live(random: () => number, map: Map<number, object>): unknown[] {
  const seen: unknown[] = [];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  for (let step = 0; step < 60; step++) {
    const key = pick([1, 2, 3]);
    const does = pick(['set', 'set', 'delete', 'clear', 'walk', 'look']);
    if (does === 'set') seen.push(map.set(key, pick(values)) === map);
    else if (does === 'delete') seen.push(map.delete(key));
    else if (does === 'clear' && random() < 0.3) map.clear();
    else if (does === 'walk') {
      // What is put in and taken out meanwhile is met, or not, as in any map.
      let left = 4;
      for (const [each] of map) {
        seen.push(each);
        if (left-- > 0) map.set(pick([1, 2, 3]), pick(values));
        if (random() < 0.5) map.delete(each);
      }
    }
    map.forEach((value, each, whole) => seen.push([each, value, whole === map]));
    seen.push(map.size, map.has(key), map.get(key), [...map], [...map.keys()], [...map.values()], [...map.entries()]);
  }
  return seen;
}

/** A generator of the same numbers for the same seed; the first ones of small seeds are alike. */
function numbers(seed: number): () => number {
  const next = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  next();
  return next;
}

test('a small map does what any map does', () => {
  for (let seed = 1; seed <= 1_000; seed++) {
    assert.deepEqual(live(numbers(seed), new SmallMap()), live(numbers(seed), new Map()), `seed ${seed}`);
  }
  assert.equal(Object.prototype.toString.call(new SmallMap()), Object.prototype.toString.call(new Map()));
});
