/** The shape that a class declares for each of its properties: what TypeScript promises and the libraries do not ask. */
import type { ClassTransformOptions } from 'class-transformer';
import { defaultMetadataStorage as transforms } from 'class-transformer/cjs/storage.js';
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { groupBy } from '../../base/group-by.js';
import { isBuiltIn, isUserClass, PLAIN_TO_CLASS, probeType, typesOf, type Direction } from '../nested.js';
import type { Class, SettledOptions } from '../payload-options.js';

/** Whether a property holds one object or a collection; `any` if the declaration does not say. */
export type Kind = 'object' | 'array' | 'set' | 'map' | 'any';

/** The declared shape of one property. */
export interface DeclaredShape {
  readonly name: string;
  readonly kind: Kind;
  /** Whether the objects in the value are validated: `@ValidateNested`. */
  readonly isNested: boolean;
  /** Whether each element of a collection is one object. Without it arrays may be nested in arrays. */
  readonly isFlat: boolean;
  /** Whether a missing value breaks the shape. */
  readonly isRequired: boolean;
  /** `@IsOptional` and `@ValidateIf`: if one says no, nothing is asked of the value. */
  readonly conditions: readonly Condition[];
  readonly discriminator: Discriminator | undefined;
  /** The class of the nested objects, if it is always the same. */
  readonly nestedType: Class | undefined;
  /** The keys under which a payload may bring the value; none if a `@Transform` makes it. */
  readonly keys: readonly string[];
}

/** Whether the rules of a property are asked for this value. */
export type Condition = (object: object, value: unknown) => boolean;

/** The property that names the class of a nested object. */
export interface Discriminator {
  readonly property: string;
  readonly names: ReadonlySet<unknown>;
  readonly classes: ReadonlySet<unknown>;
  /** Whether the property may be missing: the class of `@Type` is itself one of the choices. */
  readonly hasDefault: boolean;
}

/** Returns the shape of each property that declares one, in the order of their rules. */
export function declaredShapes(
  type: Class,
  rules: readonly ValidationMetadata[],
  { transform }: SettledOptions,
  direction: Direction = PLAIN_TO_CLASS,
): readonly DeclaredShape[] {
  const outlines = groupBy(rules, ({ propertyName }) => propertyName)
    .map((own) => outlineOf(type, own))
    .filter(({ kind, isNested }) => kind !== 'any' || isNested);
  const names = outlines.map(({ name }) => name);
  const keys = names.length > 0 ? keysOf(type, names, transform, direction) : NO_KEYS;
  return outlines.map((outline) => shapeOf(type, outline, keys.get(outline.name)!, direction));
}

const NO_KEYS: ReadonlyMap<string, readonly string[]> = new Map();

/** The part of a shape that is the same in both directions. */
interface Outline extends Pick<DeclaredShape, 'name' | 'kind' | 'isNested' | 'isFlat'> {
  readonly rules: readonly ValidationMetadata[];
  /** The rules of `@ValidateNested`. */
  readonly nested: readonly ValidationMetadata[];
  readonly metadata: TypeMetadata | undefined;
}

function outlineOf(type: Class, rules: readonly ValidationMetadata[]): Outline {
  const { propertyName: name } = rules[0]!;
  const nested = rules.filter((rule) => rule.type === ValidationTypes.NESTED_VALIDATION);
  // The value of a promise is not there yet.
  const isAwaited = rules.some((rule) => rule.type === ValidationTypes.PROMISE_VALIDATION);
  const isNested = nested.length > 0 && !isAwaited;
  const isFlat = nested.some(({ each }) => each);
  const metadata = transforms.findTypeMetadata(type, name) as TypeMetadata | undefined;
  const kind = isAwaited ? 'any' : kindOf(designTypeOf(type, name), metadata, name, isNested, isFlat);
  return { name, kind, isNested, isFlat, rules, nested, metadata };
}

function shapeOf(
  type: Class,
  { name, kind, isNested, isFlat, rules, nested, metadata }: Outline,
  keys: readonly string[],
  direction: Direction,
): DeclaredShape {
  const conditions = rules
    .filter((rule) => rule.type === ValidationTypes.CONDITIONAL_VALIDATION)
    .map(({ constraints }) => constraints[0] as Condition)
    .concat(nested.flatMap(({ validateIf }) => (validateIf ? [validateIf as Condition] : [])));
  const isMade = transforms.findTransformMetadatas(type, name, direction).length > 0;
  return {
    name,
    kind,
    isNested,
    isFlat,
    isRequired: isNested && conditions.length === 0 && keys.length > 0 && !isAccessor(type, name),
    conditions,
    discriminator: isNested && metadata ? discriminatorOf(metadata, name) : undefined,
    nestedType: isNested && metadata ? onlyType(metadata, name) : undefined,
    keys: isMade ? [] : keys,
  };
}

function kindOf(
  designType: unknown,
  metadata: TypeMetadata | undefined,
  name: string,
  isNested: boolean,
  isEach: boolean,
): Kind {
  if (designType === Array) return 'array';
  // Without @Type class-transformer makes neither a Set nor a Map.
  if (designType === Set || designType === Map) return metadata ? (designType === Set ? 'set' : 'map') : 'any';
  const isTyped = isNested || (metadata !== undefined && typesOf(metadata, name).some(isUserClass));
  if (isTyped && isUserClass(designType)) return isExtension(designType) ? 'any' : 'object';
  // `Cat | Dog` is an Object at run time.
  return designType === Object && isNested && !isEach && metadata?.options?.discriminator ? 'object' : 'any';
}

function onlyType(metadata: TypeMetadata, name: string): Class | undefined {
  const { types, isChosenByMessage } = probeType(metadata, name);
  const [type] = types;
  return !isChosenByMessage && types.length === 1 && isUserClass(type) && !isExtension(type) ? type : undefined;
}

/** Whether a class extends Array, Map or another class of the language. */
function isExtension(type: Function): boolean {
  for (
    let next: unknown = Object.getPrototypeOf(type);
    typeof next === 'function';
    next = Object.getPrototypeOf(next)
  ) {
    if (isBuiltIn(next) && next !== Object) return true;
  }
  return false;
}

function discriminatorOf(metadata: TypeMetadata, name: string): Discriminator | undefined {
  const { property, subTypes } = metadata.options?.discriminator ?? {};
  if (!property || !subTypes) return undefined;
  const classes = new Set<unknown>(subTypes.map(({ value }) => value));
  const { types, isChosenByMessage } = probeType(metadata, name);
  const hasDefault = isChosenByMessage || classes.has(types[0]);
  return { property, classes, names: new Set(subTypes.map((each) => each.name)), hasDefault };
}

/** The keys of a plain object that class-transformer reads or writes for each property. */
export function keysOf(
  type: Class,
  names: readonly string[],
  transform: ClassTransformOptions,
  direction: Direction,
): ReadonlyMap<string, readonly string[]> {
  const candidates = new Map(names.map((name) => [name, [...new Set([exposedName(type, name), name])]]));
  const executor = new TransformOperationExecutor(direction, transform) as unknown as {
    getKeys(type: Class, object: object, isMap: boolean): string[];
  };
  const all = Object.fromEntries([...candidates.values()].flat().map((key) => [key, 1]));
  const kept = new Set(executor.getKeys(type, all, false));
  return new Map([...candidates].map(([name, keys]) => [name, keys.filter((key) => kept.has(key))]));
}

function exposedName(type: Class, name: string): string {
  const exposed = transforms.findExposeMetadata(type, name) as { options?: { name?: string } } | undefined;
  return exposed?.options?.name ?? name;
}

function isAccessor(type: Class, name: string): boolean {
  return name in (type.prototype as object);
}

/** The declared type, as the compiler recorded it; reading it must not import reflect-metadata. */
export function designTypeOf(type: Class, property: string): unknown {
  const reflect = Reflect as { getMetadata?: (key: string, target: object, property: string) => unknown };
  return reflect.getMetadata?.('design:type', type.prototype as object, property);
}
