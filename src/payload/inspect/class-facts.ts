/** The properties of a payload class, as both libraries see them at boot. */
import type { ClassTransformOptions } from 'class-transformer';
import { defaultMetadataStorage as transforms } from 'class-transformer/cjs/storage.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { groupBy } from '../../base/group-by.js';
import { PLAIN_TO_CLASS, probeType } from '../nested.js';
import type { Class } from '../payload-options.js';
import { designTypeOf, keysOf } from '../shape/declared-shape.js';

/** Left by the compiler if it knows nothing better; class-transformer then copies the value as it is. */
export const UNKNOWN: ReadonlySet<unknown> = new Set([Object, Function]);
/** Design types of properties that hold what the value says: the values inside have a type of their own or none. */
export const COLLECTIONS: ReadonlySet<unknown> = new Set([Array, Map, Set]);

export interface PropertyFacts {
  readonly owner: Class;
  readonly name: string;
  /** Whether @ValidateNested is on it. */
  readonly isNested: boolean;
  /** Whether a rule lets pass no other elements than texts, numbers and booleans. */
  readonly isOfPrimitives: boolean;
  /** Whether class-transformer knows what to make of it. */
  readonly isTyped: boolean;
  /** The types that class-transformer may make of it. */
  readonly types: readonly unknown[];
  /** Whether each message decides its type, so that `types` are only some of them. */
  readonly isChosenByMessage: boolean;
}

/** Returns the facts of the properties that have rules. */
export function propertiesOf(
  owner: Class,
  rules: readonly ValidationMetadata[],
  transform: ClassTransformOptions,
): readonly PropertyFacts[] {
  return groupBy(rules, ({ propertyName }) => propertyName).map((own) => {
    const name = own[0]!.propertyName;
    return {
      owner,
      name,
      isNested: own.some((rule) => rule.type === ValidationTypes.NESTED_VALIDATION),
      isOfPrimitives: own.some((rule) => rule.each && !rule.validateIf && OF_PRIMITIVES.has(rule.name)),
      ...typesOf(owner, name, transform),
    };
  });
}

/** Whether the class makes the value itself: by @Transform or an accessor, or because clients cannot set it. */
export function isMade({ owner, name }: PropertyFacts, transform: ClassTransformOptions): boolean {
  if (transforms.findTransformMetadatas(owner, name, PLAIN_TO_CLASS).length > 0) return true;
  if (name in (owner.prototype as object)) return true;
  return keysOf(owner, [name], transform, PLAIN_TO_CLASS).get(name)!.length === 0;
}

type Types = Pick<PropertyFacts, 'isTyped' | 'types' | 'isChosenByMessage'>;

function typesOf(owner: Class, name: string, transform: ClassTransformOptions): Types {
  const metadata = transforms.findTypeMetadata(owner, name) as TypeMetadata | undefined;
  if (metadata) return { isTyped: true, ...probeType(metadata, name) };
  const type = mappedType(owner, name, transform) ?? convertedType(owner, name, transform);
  return { isTyped: type !== undefined, types: type === undefined ? [] : [type], isChosenByMessage: false };
}

function mappedType(owner: Class, name: string, { targetMaps = [] }: ClassTransformOptions): unknown {
  return targetMaps.findLast(({ target, properties }) => target === owner && properties[name])?.properties[name];
}

/** A collection stays what it is; if the compiler recorded no class, nothing is converted. */
function convertedType(owner: Class, name: string, transform: ClassTransformOptions): unknown {
  if (transform.enableImplicitConversion !== true || transform.targetMaps) return undefined;
  const type = designTypeOf(owner, name);
  return typeof type === 'function' && !COLLECTIONS.has(type) ? type : undefined;
}

const OF_PRIMITIVES: ReadonlySet<string | undefined> = new Set(
  `isString isNumber isInt isBoolean isEmail isUuid isUrl isLength minLength maxLength matches min max isPositive
   isNegative isDateString isIso8601 isNumberString isAlpha isAlphanumeric contains isMongoId`.split(/\s+/),
);
