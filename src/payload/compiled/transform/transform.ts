/** Compiled transformation: the part of class-transformer that makes instances. */
import type { Class } from '../../payload-options.js';
import type { ClassTransformOptions } from 'class-transformer';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { namesMisfit, typeMisfit } from '../compilable.js';
import { compileClass, namesOf } from './transform-class.js';
import { compileMap, type BuildMap } from './transform-map.js';
import { Call, compileOther, discriminatorOf } from './transform-property.js';
import type { Bag, Build, Convert, OtherSetter } from './transform-property.js';
import type { Watch } from '../watch.js';

/**
 * Does the work of `plainToInstance`, with each class compiled when it is first met. A case that it does not know as well as the
 * library (values that JSON cannot make, Maps, classes that extend built-ins) it leaves to the library, value by
 * value, before any user code has seen them.
 */
export class Transformer {
  readonly #options: ClassTransformOptions;
  readonly #watch: Watch;
  /** `null` for a class that is left to the library. */
  readonly #classes = new Map<unknown, Build | null>();
  readonly #maps = new Map<unknown, BuildMap>();
  readonly #setOther: OtherSetter;

  constructor(options: ClassTransformOptions, watch: Watch) {
    this.#options = options;
    this.#watch = watch;
    this.#setOther = compileOther(new Call(options).options, this.#convert);
  }

  /** Returns the function that makes instances of a class. */
  of(type: Class): (value: object) => object {
    return (value) => this.#convert(new Call(this.#options), value, type, undefined, false) as object;
  }

  readonly #convert: Convert = (call, value, type, arrayType, isMap) => {
    if (typeof value !== 'object' || value === null) return isMap ? value : primitive(call, value, type);
    if (Array.isArray(value)) {
      return value.forEach === Array.prototype.forEach
        ? this.#array(call, value, type, arrayType)
        : call.library(value, type, arrayType, isMap);
    }
    const isPlain = Object.getPrototypeOf(value) === Object.prototype;
    if (isMap) {
      const build = isPlain ? this.#mapOf(type) : undefined;
      return build ? build(call, value as Bag) : call.library(value, type, arrayType, isMap);
    }
    if (!isPlain || typeof (value as Bag)['then'] === 'function') {
      return call.library(value, type, arrayType, isMap);
    }
    if (!type) {
      const maker: unknown = value.constructor;
      if (typeof maker === 'function' && maker !== Object) return call.library(value, type, arrayType, isMap);
      // The library takes the value of a key `constructor` for the class to make, and fails.
      if (maker && maker !== Object) throw new TypeError('a key named constructor stands where a class is looked for');
      return this.#copy(call, value as Bag);
    }
    const build = this.#buildOf(type);
    return build ? build(call, value as Bag) : call.library(value, type, arrayType, isMap);
  };

  #buildOf(type: unknown): Build | null {
    const known = this.#classes.get(type);
    if (known !== undefined) return known;
    const names = typeMisfit(type) ? undefined : namesOf(type as Class);
    const isFit = names && !namesMisfit(names);
    const build = isFit ? compileClass(type as Class, names, new Call(this.#options), this.#convert) : null;
    this.#classes.set(type, build);
    if (isFit) this.#watch.add(type as Class);
    return build;
  }

  /** The function that makes Maps of a class; without a class the library looks for one in the value. */
  #mapOf(type: unknown): BuildMap | undefined {
    if (typeof type !== 'function') return undefined;
    let build = this.#maps.get(type);
    if (!build) {
      build = compileMap(type as Class, new Call(this.#options), this.#convert);
      this.#maps.set(type, build);
      this.#watch.add(type);
    }
    return build;
  }

  #copy(call: Call, source: Bag): Bag {
    const copy: Bag = {};
    for (const key of Object.keys(source)) {
      if (key !== '__proto__' && key !== 'constructor') this.#setOther(call, copy, source, key);
    }
    return copy;
  }

  #array(call: Call, values: readonly unknown[], type: unknown, arrayType: unknown): unknown {
    const made = emptyCollection(arrayType);
    const { length } = values;
    const isMixed = isDiscriminated(type);
    for (let index = 0; index < length; index++) {
      const value = values[index];
      if (value === undefined && !(index in values)) continue;
      const itemType = isMixed ? subTypeOf(type, made, value) : type;
      const item =
        itemType || (typeof value === 'object' && value !== null)
          ? this.#convert(call, value, itemType, undefined, value instanceof Map)
          : value;
      if (made instanceof Set) made.add(item);
      else made.push(item);
    }
    return made;
  }
}

function primitive(call: Call, value: unknown, type: unknown): unknown {
  if (type === undefined || value === undefined || value === null) return value;
  if (type === String) return String(value as string);
  if (type === Number) return Number(value);
  if (type === Boolean) return Boolean(value);
  if (type === Date) return new Date(value as string);
  return type === Buffer ? call.library(value, type, undefined, false) : value;
}

/** The collection that the library makes: of the declared type, if elements can be put into it. */
function emptyCollection(arrayType: unknown): unknown[] | Set<unknown> {
  if (!arrayType || arrayType === Array) return [];
  const made = new (arrayType as new () => object)();
  return made instanceof Set || 'push' in made ? (made as unknown[] | Set<unknown>) : [];
}

function isDiscriminated(type: unknown): type is TypeMetadata {
  return typeof type === 'object' && type !== null && discriminatorOf(type as TypeMetadata) !== undefined;
}

function subTypeOf(metadata: TypeMetadata, newObject: unknown, value: unknown): unknown {
  const discriminator = discriminatorOf(metadata);
  if (!discriminator) return metadata;
  const element = value as Bag;
  const subType = discriminator.subTypes.find((candidate) => candidate.name === element[discriminator.property]);
  const help = { newObject, object: element, property: undefined as unknown as string };
  const type: unknown = metadata.typeFunction(help as Parameters<TypeMetadata['typeFunction']>[0]);
  if (!metadata.options.keepDiscriminatorProperty) delete element[discriminator.property];
  return subType === undefined ? type : subType.value;
}
