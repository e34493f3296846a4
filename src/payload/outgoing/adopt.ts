/** Takes a value that is to be sent as an instance of its class: a copy, so that the given value stays as it is. */
import type { ClassTransformOptions } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { isPlainObject } from '../bounds.js';
import { discriminatorOf } from '../compiled/transform/transform-property.js';
import { isUserClass } from '../nested.js';
import type { Class } from '../payload-options.js';

type Bag = Record<string, unknown>;

/** Keys that class-transformer never reads. */
const UNREAD: ReadonlySet<string> = new Set(['__proto__', 'constructor']);

/**
 * Copies a value as an instance of `type`. An instance keeps its class, and its accessors and methods read the given
 * instance. A plain object is taken as the properties of `type`; no transform runs.
 */
export function adopt(value: unknown, type: Class, options: ClassTransformOptions): unknown {
  return new Adoption(options).value(value, type, undefined);
}

class Adoption {
  readonly #allowsCircles: boolean;
  /** The copies of the objects around the current value. */
  readonly #open = new Map<object, unknown>();

  constructor(options: ClassTransformOptions) {
    this.#allowsCircles = options.enableCircularCheck === true;
  }

  value(value: unknown, type: unknown, metadata: TypeMetadata | undefined): unknown {
    if (typeof value !== 'object' || value === null || value instanceof Date || Buffer.isBuffer(value)) return value;
    if (value instanceof ArrayBuffer) return Buffer.from(value);
    if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (typeof (value as { then?: unknown }).then === 'function') return value;
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') return this.value(toJSON.call(value), type, metadata);
    const open = this.#open.get(value);
    if (open !== undefined) {
      if (this.#allowsCircles) return open;
      throw new Error('The value contains itself.');
    }
    try {
      return this.#object(value, type, metadata);
    } finally {
      this.#open.delete(value);
    }
  }

  #object(value: object, type: unknown, metadata: TypeMetadata | undefined): unknown {
    if (Array.isArray(value) || value instanceof Set) return this.#list(value, type, metadata);
    if (value instanceof Map) return this.#map(value, value, type, metadata);
    const asked = discriminatorOf(metadata) ? subTypeOf(value as Bag, type, metadata!) : type;
    const isOwn = !isPlainObject(value) && (!isUserClass(asked) || (value as object) instanceof (asked as Function));
    if (isOwn) return this.#copy(value as Bag);
    if (isUserClass(asked)) return this.#build(value as Bag, asked, metadata);
    return this.#plain(value as Bag);
  }

  #list(list: readonly unknown[] | Set<unknown>, type: unknown, metadata: TypeMetadata | undefined): unknown {
    const copy: unknown[] = [];
    this.#open.set(list, copy);
    for (const item of list) copy.push(this.value(item, type, metadata));
    return list instanceof Set ? new Set(copy) : copy;
  }

  #map(
    source: object,
    entries: Iterable<readonly [unknown, unknown]>,
    type: unknown,
    metadata: TypeMetadata | undefined,
  ) {
    const copy = new Map<unknown, unknown>();
    this.#open.set(source, copy);
    for (const [key, item] of entries) copy.set(key, this.value(item, type, metadata));
    return copy;
  }

  #plain(source: Bag): Bag {
    const copy = Object.create(Object.getPrototypeOf(source) as object | null) as Bag;
    this.#open.set(source, copy);
    for (const key of Object.keys(source)) define(copy, key, this.value(source[key], undefined, undefined));
    return copy;
  }

  /** Accessors and methods of the copy run on the given instance, whose private fields a copy has not. */
  #copy(source: Bag): Bag {
    const copy = Object.create(Object.getPrototypeOf(source) as object) as Bag;
    this.#open.set(source, copy);
    const type = source.constructor;
    for (const key of Object.keys(source)) {
      define(copy, key, this.#property(type, source, key, source[key]));
    }
    for (const [key, isMethod] of membersOf(copy)) {
      if (Object.hasOwn(copy, key)) continue;
      const get = isMethod ? boundOnce(source, key) : () => this.#property(type, source, key, source[key]);
      Object.defineProperty(copy, key, { configurable: true, enumerable: false, get });
    }
    return copy;
  }

  #build(source: Bag, type: Class, metadata: TypeMetadata | undefined): Bag {
    const instance = new type() as Bag;
    this.#open.set(source, instance);
    const discriminator = discriminatorOf(metadata);
    for (const key of Object.keys(source)) {
      if (UNREAD.has(key)) continue;
      if (key === discriminator?.property && !metadata?.options.keepDiscriminatorProperty) continue;
      const member = memberOf(instance, key);
      if (member === 'fixed') continue;
      const value = this.#property(type, source, key, source[key]);
      if (member) instance[key] = value;
      else define(instance, key, value);
    }
    return instance;
  }

  #property(type: Function, source: Bag, property: string, value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const metadata = defaultMetadataStorage.findTypeMetadata(type, property) as TypeMetadata | undefined;
    if (!metadata) return this.value(value, undefined, undefined);
    const asked: unknown = metadata.typeFunction
      ? metadata.typeFunction({ newObject: {}, object: source, property })
      : (metadata.reflectedType as unknown);
    const reflected: unknown = metadata.reflectedType;
    if (reflected === Map && isPlainObject(value)) return this.#map(value, Object.entries(value), asked, metadata);
    const adopted = this.value(value, asked, metadata);
    return reflected === Set && Array.isArray(adopted) ? new Set(adopted as unknown[]) : adopted;
  }
}

function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Returns the same function each time: class-transformer compares what it reads. */
function boundOnce(source: Bag, key: string): () => unknown {
  let bound: unknown;
  return () => (bound ??= (source[key] as Function).bind(source));
}

/** The class of a value in a discriminated place. */
function subTypeOf(value: Bag, base: unknown, metadata: TypeMetadata): unknown {
  const { property, subTypes } = discriminatorOf(metadata)!;
  if (subTypes.some((subType) => (subType.value as unknown) === value.constructor)) return value.constructor;
  const named = subTypes.find((subType) => subType.name === value[property]);
  if (named) return named.value;
  if (subTypes.some((subType) => (subType.value as unknown) === base)) return base;
  throw new Error(`${property}: must be one of ${subTypes.map(({ name }) => name).join(', ')}`);
}

/** The kind of a property in the class of an object: `settable`, or `fixed` for a method or a lone getter. */
function memberOf(object: object, key: string): 'settable' | 'fixed' | undefined {
  for (let proto = Object.getPrototypeOf(object) as object | null; proto; proto = Object.getPrototypeOf(proto)) {
    const found = Object.getOwnPropertyDescriptor(proto, key);
    if (!found) continue;
    if (Object.hasOwn(found, 'get')) return 'set' in found && found.set !== undefined ? 'settable' : 'fixed';
    return typeof found.value === 'function' && proto !== Object.prototype ? 'fixed' : undefined;
  }
  return undefined;
}

const members = new WeakMap<object, ReadonlyMap<string, boolean>>();

/** The accessors (`false`) and methods (`true`) that the class of an object and its ancestors have. */
function membersOf(object: object): ReadonlyMap<string, boolean> {
  const proto = Object.getPrototypeOf(object) as object;
  const known = members.get(proto);
  if (known) return known;
  const found = new Map<string, boolean>();
  for (
    let next: object | null = proto;
    next && next !== Object.prototype;
    next = Object.getPrototypeOf(next) as object | null
  ) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(next))) {
      if (key === 'constructor' || found.has(key)) continue;
      const isMethod = typeof descriptor.value === 'function';
      if (isMethod || Object.hasOwn(descriptor, 'get')) found.set(key, isMethod);
    }
  }
  members.set(proto, found);
  return found;
}
