/** Compiled transformation to plain: the part of class-transformer that flattens instances. */
import type { ClassTransformOptions } from 'class-transformer';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { CLASS_TO_PLAIN } from '../../nested.js';
import { namesMisfit, typeMisfit } from '../compilable.js';
import { namesOf } from '../transform/transform-class.js';
import { Call, discriminatorOf, type Bag } from '../transform/transform-property.js';
import type { Watch } from '../watch.js';
import type { Class } from '../../payload-options.js';
import { compileFlatten, nameClass, plainOther, type Flatten, type ToPlain } from './plain-class.js';
import { compileFlattenMap, type FlattenMap } from './plain-map.js';

/**
 * What `instanceToPlain` does, with each class compiled when it is first met. What it does not know as well as the library
 * (promises, classes that extend built-ins) it leaves to the library, value by value.
 */
export class PlainMaker {
  /** `null` for a class that is left to the library. */
  readonly #classes = new Map<unknown, Flatten | null>();
  /** The same by the type of the values of Maps. */
  readonly #maps = new Map<unknown, FlattenMap | null>();

  constructor(
    private readonly options: ClassTransformOptions,
    private readonly watch: Watch,
  ) {}

  /** The plain value of an instance. */
  make(instance: object): object {
    return this.#toPlain(new Call(this.options, CLASS_TO_PLAIN), instance, undefined, false) as object;
  }

  readonly #toPlain: ToPlain = (call, value, type, isMap) => {
    if (Array.isArray(value))
      return value.forEach === Array.prototype.forEach
        ? this.#list(call, value, type)
        : call.library(value, type, undefined, isMap);
    if (value instanceof Set) return this.#list(call, [...value], type);
    if (isMap || value instanceof Map) return this.#map(call, value, type, isMap);
    if (type === Buffer) return call.library(value, type, undefined, false);
    if (CONVERTED.has(type)) return converted(value, type);
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Date) return new Date(value.valueOf());
    if (value instanceof Buffer) return Buffer.from(value);
    if (typeof (value as Bag)['then'] === 'function') return call.library(value, type, undefined, false);
    if (!type && value.constructor === Object) return this.#copy(call, value as Bag);
    const flatten = this.#flattenOf(type || value.constructor);
    return flatten ? flatten(call, value as Bag) : call.library(value, type, undefined, false);
  };

  /** A plain object that no @Type speaks of. */
  #copy(call: Call, source: Bag): Bag {
    const copy: Bag = {};
    for (const key of Object.keys(source)) {
      if (key === '__proto__' || key === 'constructor') continue;
      const made = plainOther(key, call, source, this.#toPlain);
      if (made !== undefined || call.options.exposeUnsetFields) copy[key] = made;
    }
    return copy;
  }

  #list(call: Call, values: readonly unknown[], type: unknown): unknown[] {
    const made: unknown[] = [];
    const isMixed = typeof type === 'object' && type !== null && discriminatorOf(type as TypeMetadata) !== undefined;
    values.forEach((value) => {
      if (isMixed) nameClass(type as TypeMetadata, value as Bag);
      made.push(this.#toPlain(call, value, isMixed ? undefined : type, value instanceof Map));
    });
    return made;
  }

  /** A value that is a Map, or stands where one is declared. */
  #map(call: Call, value: unknown, type: unknown, isMap: boolean): unknown {
    const isBoth = isMap && value instanceof Map && value.constructor !== Object;
    const flatten = isBoth ? this.#flattenMapOf(type || value.constructor) : null;
    return flatten ? flatten(call, value as Map<unknown, unknown>) : call.library(value, type, undefined, isMap);
  }

  #flattenMapOf(type: unknown): FlattenMap | null {
    const known = this.#maps.get(type);
    if (known !== undefined) return known;
    const flatten = compileFlattenMap(type, new Call(this.options, CLASS_TO_PLAIN), this.#toPlain);
    if (flatten) this.watch.add(type as Class);
    this.#maps.set(type, flatten);
    return flatten;
  }

  #flattenOf(type: unknown): Flatten | null {
    const known = this.#classes.get(type);
    if (known !== undefined) return known;
    // The library takes Map for the class of what an untyped Map holds.
    const names = type !== Map && typeMisfit(type) ? undefined : namesOf(type as Class);
    const isFit = names && !namesMisfit(names);
    if (isFit) this.watch.add(type as Class);
    const flatten = isFit
      ? compileFlatten(type as Class, names, new Call(this.options, CLASS_TO_PLAIN), this.#toPlain)
      : null;
    this.#classes.set(type, flatten);
    return flatten;
  }
}

/** Types that values are converted to. */
const CONVERTED: ReadonlySet<unknown> = new Set([String, Number, Boolean, Date]);

function converted(value: unknown, type: unknown): unknown {
  if (type === Date && value instanceof Date) return new Date(value.valueOf());
  if (value === null || value === undefined) return value;
  if (type === Date) return new Date(value as string);
  return (type as (value: unknown) => unknown)(value);
}
