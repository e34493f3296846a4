/** One transformation while it runs, and the compiled transformation of one property. */
import type { ClassTransformOptions } from 'class-transformer';
import { defaultOptions } from 'class-transformer/cjs/constants/default-options.constant.js';
import type { TransformMetadata, TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { BoundedExecutor } from '../../buffers.js';
import { withoutStrangers } from '../../library.js';
import { PLAIN_TO_CLASS, type Direction } from '../../nested.js';

/** An object seen as its properties. */
export type Bag = Record<string, unknown>;

/** One transformation on its way. All user functions of it are handed the same options object, as the library does. */
export class Call {
  readonly #given: ClassTransformOptions;
  #options: ClassTransformOptions | undefined;
  #executor: BoundedExecutor | undefined;

  constructor(
    given: ClassTransformOptions,
    readonly direction: Direction = PLAIN_TO_CLASS,
  ) {
    this.#given = given;
  }

  /** The options with the library's defaults. */
  get options(): ClassTransformOptions {
    return (this.#options ??= { ...defaultOptions, ...this.#given });
  }

  /** Leaves a value and all that is in it to the library. */
  library(value: unknown, type: unknown, arrayType: unknown, isMap: boolean): unknown {
    const executor = (this.#executor ??= new BoundedExecutor(this.direction, this.options));
    return withoutStrangers(
      () => executor.transform(undefined, value, type as Function, arrayType as Function, isMap) as unknown,
    );
  }
}

/** Makes the value of one place: `type` is a class, a discriminated @Type (for the elements of an array) or nothing. */
export type Convert = (call: Call, value: unknown, type: unknown, arrayType: unknown, isMap: boolean) => unknown;

/** Makes an instance of one class. */
export type Build = (call: Call, source: Bag) => Bag;

/** The facts of one key of the input that are known before any message arrives. */
export interface Property {
  /** The key in the input. */
  readonly key: string;
  /** The property of the instance; another than the key if `@Expose({ name })` says so. */
  readonly name: string;
  /** Its @Type. */
  readonly metadata: TypeMetadata | undefined;
  /** Its type as the compiler recorded it, if values are converted implicitly. */
  readonly designType: unknown;
  /** Its @Transforms that apply under the plan's options, in the order in which they run. */
  readonly transforms: readonly TransformMetadata[];
  /** Whether the class has a method or a getter in its place. */
  readonly isTaken: boolean;
}

/** Sets one property of the instance. `isUsual`: the instance's constructor is the class that was compiled. */
export type Setter = (call: Call, instance: Bag, source: Bag, isUsual: boolean) => void;

/** Compiles the handling of one key. */
export function compileProperty(property: Property, options: ClassTransformOptions, convert: Convert): Setter {
  const { key, name, metadata, designType, transforms, isTaken } = property;
  const { exposeDefaultValues, exposeUnsetFields } = options;
  const typeOf = metadata && compileType(metadata, name);
  const reflectedType: unknown = metadata?.reflectedType;
  return (call, instance, source, isUsual) => {
    const value = source[key];
    const type = typeOf ? typeOf(instance, source, value) : designType;
    if (isUsual ? isTaken || instance[name] instanceof Function : isBlocked(instance, name)) return;
    let made = value;
    if (value === undefined && exposeDefaultValues) {
      made = instance[name];
    } else {
      if (type || (typeof value === 'object' && value !== null)) {
        const arrayType = Array.isArray(value) ? reflectedType : undefined;
        made = convert(call, value, type, arrayType, reflectedType === Map || value instanceof Map);
      }
      if (transforms.length > 0) made = applyTransforms(transforms, name, call, made, source);
    }
    if (made !== undefined || exposeUnsetFields) instance[name] = made;
  };
}

/** Runs the @Transforms of a property, in their order. */
export function applyTransforms(
  transforms: readonly TransformMetadata[],
  key: string,
  call: Call,
  value: unknown,
  source: object,
): unknown {
  let made = value;
  for (const transform of transforms) {
    const params = { value: made, key, obj: source, type: call.direction, options: call.options };
    made = transform.transformFn(params) as unknown;
  }
  return made;
}

/** Sets a property that no decorator of class-transformer speaks of. */
export type OtherSetter = (call: Call, instance: Bag, source: Bag, key: string, designType?: unknown) => void;

/** Compiles the handling of all other keys. */
export function compileOther(options: ClassTransformOptions, convert: Convert): OtherSetter {
  const { exposeDefaultValues, exposeUnsetFields } = options;
  return (call, instance, source, key, designType) => {
    if (isBlocked(instance, key)) return;
    const value = source[key];
    let made = value;
    if (value === undefined && exposeDefaultValues) made = instance[key];
    else if (designType || (typeof value === 'object' && value !== null)) {
      made = convert(call, value, designType, undefined, value instanceof Map);
    }
    if (made !== undefined || exposeUnsetFields) instance[key] = made;
  };
}

/** Whether an instance has a method, or a property without a setter, where a value should go. */
export function isBlocked(instance: Bag, name: string): boolean {
  const prototype = (instance['constructor'] as { prototype?: object }).prototype;
  if (!prototype) return false;
  return isTakenIn(prototype, name) || instance[name] instanceof Function;
}

/** Whether a prototype has a property of its own that cannot be set. */
export function isTakenIn(prototype: object, name: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  return descriptor !== undefined && !descriptor.set;
}

/** The library asks a type function for every message: it may answer by what is in it. */
function compileType(
  metadata: TypeMetadata,
  property: string,
): (instance: Bag, source: Bag, value: unknown) => unknown {
  const { typeFunction } = metadata;
  const typeOf = (newObject: Bag, object: Bag): unknown =>
    typeFunction ? typeFunction({ newObject, object, property }) : metadata.reflectedType;
  const discriminator = discriminatorOf(metadata);
  if (!discriminator) return typeOf;
  return (instance, source, value) => {
    const type = typeOf(instance, source);
    if (value instanceof Array) return metadata;
    const isMarked = value instanceof Object && discriminator.property in value;
    const subType = discriminator.subTypes.find(
      (candidate) => isMarked && candidate.name === (value as Bag)[discriminator.property],
    );
    if (!metadata.options.keepDiscriminatorProperty && isMarked) delete (value as Bag)[discriminator.property];
    return subType === undefined ? type : subType.value;
  };
}

/** The discriminator of a @Type, if it has a complete one. */
export function discriminatorOf(metadata: TypeMetadata | undefined): TypeMetadata['options']['discriminator'] {
  const discriminator = metadata?.options?.discriminator;
  return discriminator?.property && discriminator.subTypes ? discriminator : undefined;
}
