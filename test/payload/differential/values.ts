import fc from 'fast-check';
import type { Class } from '../../../src/payload/payload-options.js';
import { NAMES, once, pick } from './world.js';
import type { Draw, Hint, World } from './world.js';

/** Makes the same value anew each time; `shared` holds what occurs twice in it. */
export type Make = (shared: Map<number, object>) => unknown;

const constant =
  (value: unknown): Make =>
  () =>
    value;

/** A random input for a class: mostly what its rules want, sometimes what no client could send. */
export function makeInput(draw: Draw, world: World, type: Class): () => object {
  const make = objectFor(draw, world, type, 0);
  return () => make(new Map()) as object;
}

function objectFor(draw: Draw, world: World, type: Class, depth: number): Make {
  const entries: [string, Make][] = [];
  const hints = [...(world.hints.get(type) ?? [])].filter(([name]) => name !== '__proto__');
  if (once(draw, 4)) hints.reverse();
  for (const [name, hint] of hints) if (!once(draw, 6)) entries.push([name, valueFor(draw, world, hint, depth + 1)]);
  if (once(draw, 3)) entries.push([pick(draw, NAMES), valueFor(draw, world, 'any', depth + 1)]);
  if (once(draw, 4)) entries.push(['kind', constant(pick(draw, ['zero', 'one', 'two', 1]))]);
  if (once(draw, 25))
    entries.push([pick(draw, ['constructor', 'toString', 'hasOwnProperty', 'unknown']), any(draw, world, depth + 1)]);
  const hasProto = once(draw, 40);
  const isBare = once(draw, 40);
  return (shared) => {
    const object = (isBare ? Object.create(null) : {}) as Record<string, unknown>;
    for (const [name, make] of entries) object[name] = make(shared);
    if (hasProto)
      Object.defineProperty(object, '__proto__', {
        value: { evil: 1 },
        enumerable: true,
        configurable: true,
        writable: true,
      });
    return object;
  };
}

function valueFor(draw: Draw, world: World, hint: Hint, depth: number): Make {
  if (once(draw, 10)) return any(draw, world, depth);
  if (world.flavour === 'promises' && once(draw, 6)) {
    const value = pick(draw, ['text', 5, true, undefined]);
    return () => Promise.resolve(value);
  }
  if (typeof hint === 'function') {
    if (depth > 3) return constant(undefined);
    return once(draw, 3)
      ? arrayOf(draw, () => (once(draw, 8) ? any(draw, world, depth) : objectFor(draw, world, hint, depth)))
      : objectFor(draw, world, hint, depth);
  }
  if (hint === 'string') return once(draw, 5) ? arrayOf(draw, () => string(draw)) : string(draw);
  if (hint === 'number') return constant(pick(draw, [0, 1, 3, 7.5, 12, -4]));
  return any(draw, world, depth);
}

function string(draw: Draw): Make {
  return constant(pick(draw, ['', 'abc', 'abcd', 'a', '12', 'a@b.de', '2020-01-01', 'B', '$value', 'true']));
}

function arrayOf(draw: Draw, item: () => Make): Make {
  const items = Array.from({ length: draw(fc.nat, { max: 3 }) }, item);
  const hasHole = once(draw, 10);
  return (shared) => {
    const array = items.map((make) => make(shared));
    if (hasHole) array.length += 1;
    return array;
  };
}

function any(draw: Draw, world: World, depth: number): Make {
  if (depth > 4) return constant(null);
  const kinds: (() => Make)[] = [
    ...[null, undefined, true, 0, NaN, -0, 5, '', 'abc', 12n, Symbol.iterator, isNaN].map(
      (value) => () => constant(value),
    ),
    () => arrayOf(draw, () => any(draw, world, depth + 1)),
    () => objectFor(draw, world, pick(draw, world.classes), depth + 1),
    () => constant(pick(draw, ['abc', 'x', '7'])),
    () => pick<Make>(draw, [() => new Date(1e12), () => new Date(NaN), () => Buffer.from('b'), () => /x/]),
    () =>
      pick<Make>(draw, [
        () => ({ constructor: 1 }),
        () => ({ toString: 1 }),
        () => ({ then: 1 }),
        () => ({ x: { constructor: 1 } }),
      ]),
    () => collection(draw, world, depth),
    () => instance(draw, world),
    () => common(draw, world, depth),
  ];
  return pick(draw, kinds)();
}

function collection(draw: Draw, world: World, depth: number): Make {
  const item = any(draw, world, depth + 1);
  const key = pick(draw, ['a', 'b', 1]);
  return once(draw, 2)
    ? (shared) => new Set([item(shared)])
    : (shared) => new Map<unknown, unknown>([[key, item(shared)]]);
}

function instance(draw: Draw, world: World): Make {
  const type = pick(draw, world.classes);
  return () => Object.create(type.prototype as object) as object;
}

/** An object that occurs in several places. */
function common(draw: Draw, world: World, depth: number): Make {
  const slot = draw(fc.nat, { max: 1 });
  const make = objectFor(draw, world, pick(draw, world.classes), depth + 1);
  return (shared) => {
    let found = shared.get(slot);
    if (!found) {
      found = make(shared) as object;
      shared.set(slot, found);
    }
    return found;
  };
}
