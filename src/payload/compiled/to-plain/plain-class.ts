/** Compiled transformation of the instances of one class into plain objects. */
import { defaultMetadataStorage as storage } from 'class-transformer/cjs/storage.js';
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import type { ExposeMetadata, TransformMetadata, TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { CLASS_TO_PLAIN } from '../../nested.js';
import type { Class } from '../../payload-options.js';
import { OTHER, transformsOf, type Decisions } from '../transform/transform-class.js';
import { applyTransforms, discriminatorOf, type Bag, type Call } from '../transform/transform-property.js';

/** Makes a plain object of an instance. */
export type Flatten = (call: Call, source: Bag) => Bag;

/** Makes the plain value of one place: `type` is a class, a discriminated @Type (for the elements of an array) or nothing. */
export type ToPlain = (call: Call, value: unknown, type: unknown, isMap: boolean) => unknown;

/** The facts of one property. */
interface PlainProperty {
  readonly key: string;
  /** Its name in the plain object. */
  readonly name: string;
  readonly metadata: TypeMetadata | undefined;
  readonly transforms: readonly TransformMetadata[];
}

/** Compiles what `instanceToPlain` does with an instance of a class. `call` holds the plan's options. */
export function compileFlatten(type: Class, names: readonly string[], call: Call, toPlain: ToPlain): Flatten {
  const { options } = call;
  const decisions = new TransformOperationExecutor(CLASS_TO_PLAIN, options) as unknown as Decisions;
  const kept = new Set(decisions.getKeys(type, Object.fromEntries([...names, OTHER].map((name) => [name, 1])), false));
  const takesOthers = kept.has(OTHER);
  const exposed = decisions.getKeys(type, {}, false);
  const properties = new Map(
    names.filter((name) => kept.has(name)).map((name) => [name, propertyOf(type, name, call, decisions)] as const),
  );
  const known = new Set(names);
  const { exposeUnsetFields } = options;
  return (current, source) => {
    const plain: Bag = {};
    const set = (key: string): void => {
      if (key === '__proto__' || key === 'constructor') return;
      const property = properties.get(key);
      const made = property
        ? ofProperty(property, current, source, plain, toPlain)
        : plainOther(key, current, source, toPlain);
      if (made !== undefined || exposeUnsetFields) plain[property?.name ?? key] = made;
    };
    const own = takesOthers ? Object.keys(source) : [];
    for (const key of own) if (properties.has(key) || !known.has(key)) set(key);
    for (const key of exposed) if (!own.includes(key)) set(key);
    return plain;
  };
}

/** The value of a property that no decorator speaks of; a method is called. */
export function plainOther(key: string, call: Call, source: Bag, toPlain: ToPlain): unknown {
  const given = source[key];
  const value = given instanceof Function ? (source[key] as () => unknown)() : given;
  return toPlain(call, value, undefined, value instanceof Map);
}

function ofProperty(
  { key, metadata, transforms }: PlainProperty,
  call: Call,
  source: Bag,
  plain: Bag,
  toPlain: ToPlain,
): unknown {
  const given = source[key];
  const value = given instanceof Function ? (source[key] as () => unknown)() : given;
  const type = metadata && typeOf(metadata, key, source, plain, value);
  const isMap = value instanceof Map || (metadata?.reflectedType as unknown) === Map;
  let made: unknown = value;
  if (transforms.length > 0) {
    made = applyTransforms(transforms, key, call, given, source);
    if (made === source[key]) made = value;
  }
  return toPlain(call, made, type, isMap);
}

/** The class that the property declares; a discriminated object keeps its own class, which its discriminator names. */
function typeOf(metadata: TypeMetadata, property: string, source: Bag, plain: Bag, value: unknown): unknown {
  const { typeFunction } = metadata;
  const type: unknown = (typeFunction as unknown)
    ? typeFunction({ newObject: plain, object: source, property })
    : (metadata.reflectedType as unknown);
  if (!discriminatorOf(metadata)) return type;
  if (source[property] instanceof Array) return metadata;
  if (value) nameClass(metadata, value as Bag);
  return undefined;
}

/** Writes the name of an object's class into its discriminator. */
export function nameClass(metadata: TypeMetadata, value: Bag): void {
  const { property, subTypes } = discriminatorOf(metadata)!;
  value[property] = subTypes.find((subType) => (subType.value as unknown) === value.constructor)!.name;
}

/** The facts of a property on its way out. */
export function propertyOf(type: Class, key: string, call: Call, decisions: Decisions): PlainProperty {
  const exposed = storage.findExposeMetadata(type, key) as ExposeMetadata | undefined;
  return {
    key,
    name: (exposed?.options as ExposeMetadata['options'] | undefined)?.name || key,
    metadata: storage.findTypeMetadata(type, key) as TypeMetadata | undefined,
    transforms: transformsOf(type, key, call, decisions, CLASS_TO_PLAIN),
  };
}
