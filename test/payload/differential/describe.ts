import { types } from 'node:util';

/** Writes a value down so that two values are the same text exactly if nobody could tell them apart. */
export function describeValue(value: unknown, seen = new Map<object, number>()): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return `function ${nameOf(value)}`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  const known = seen.get(value);
  if (known !== undefined) return `#${known}`;
  seen.set(value, seen.size);
  const inner = (item: unknown) => describeValue(item, seen);
  // What the engine says of a mistake is worded by where it is made.
  if (value instanceof TypeError) return 'TypeError';
  if (value instanceof Error) return `${value.constructor.name}(${value.message})`;
  const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
  const maker = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor');
  let text = prototype === null ? 'null' : nameOf(maker?.value);
  if (types.isDate(value)) text += `(${value.getTime()})`;
  if (types.isPromise(value)) return `${text}(…)`;
  if (Buffer.isBuffer(value)) return `${text}(${value.toString('hex')})`;
  if (value instanceof RegExp) text += `(${value.source})`;
  if (types.isMap(value)) text += `(${[...value].map(([key, item]) => `${inner(key)}=>${inner(item)}`).join()})`;
  if (types.isSet(value)) text += `(${[...value].map(inner).join()})`;
  const properties = Reflect.ownKeys(value).map((key) => {
    const property = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
    return `${property.enumerable ? '' : '!'}${String(key)}:${'get' in property ? 'getter' : inner(property.value)}`;
  });
  return `${text}{${properties.join()}}`;
}

/** The name of a class or function, without running an accessor that stands in its place. */
function nameOf(type: unknown): string {
  if (typeof type !== 'function') return '?';
  const name: unknown = Object.getOwnPropertyDescriptor(type, 'name')?.value;
  return typeof name === 'string' ? name : 'unnamed';
}
