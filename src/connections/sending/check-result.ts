/** Results that JSON would turn into an empty object: the caller would read `{}` without a sign. */
import { Reply } from '../../base/context.js';

/** @throws TypeError that says what to return instead */
export function checkResult(value: unknown): void {
  if (value instanceof Reply) for (const each of value.values) checkValue(each);
  else checkValue(value);
}

function checkValue(value: unknown): void {
  if (typeof value === 'function' || typeof value === 'symbol') throw lost(`a ${typeof value}`, 'return data');
  if (typeof value !== 'object' || value === null) return;
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return;
  const found = kinds.find(({ is }) => is(value));
  if (found) throw lost(found.name, found.instead);
}

function lost(name: string, instead: string): TypeError {
  return new TypeError(`a handler returned ${name}, of which nothing would reach the client: ${instead}`);
}

interface Kind {
  readonly name: string;
  readonly instead: string;
  readonly is: (value: object) => boolean;
}

const has = (value: object, key: PropertyKey): boolean =>
  typeof (value as Record<PropertyKey, unknown>)[key] === 'function';

const kinds: readonly Kind[] = [
  { name: 'an Error', instead: 'throw it, or throw an EventError', is: (value) => value instanceof Error },
  { name: 'a Map', instead: 'return Object.fromEntries(map), or [...map]', is: (value) => value instanceof Map },
  { name: 'a Set', instead: 'return [...set]', is: (value) => value instanceof Set },
  {
    name: 'a WeakMap or a WeakSet',
    instead: 'return data',
    is: (value) => value instanceof WeakMap || value instanceof WeakSet,
  },
  { name: 'a RegExp', instead: 'return its source', is: (value) => value instanceof RegExp },
  {
    name: 'an Observable',
    instead: 'return await firstValueFrom(observable), or emit each value',
    is: (value) => has(value, 'subscribe') && has(value, 'pipe'),
  },
  {
    name: 'an async iterable',
    instead: 'emit each value, and return the last one',
    is: (value) => has(value, Symbol.asyncIterator),
  },
  {
    name: 'an iterator',
    instead: 'return [...iterator]',
    is: (value) => has(value, Symbol.iterator) && has(value, 'next'),
  },
];
