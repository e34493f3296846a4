/** The properties of a payload class, as both libraries see them at boot. */
import { defaultMetadataStorage as transforms } from 'class-transformer/cjs/storage.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { ValidationTypes } from 'class-validator';
import { RuleSelection } from '../compiled/selection.js';
import { PLAIN_TO_CLASS, probeType } from '../nested.js';
import { MAX_ISSUES } from '../invalid.js';
import { settle, type Class, type PayloadOptions, type SettledOptions } from '../payload-options.js';
import { designTypeOf, keysOf } from '../shape/declared-shape.js';

/** Left by the compiler if it knows nothing better; class-transformer then copies the value as it is. */
export const UNKNOWN: ReadonlySet<unknown> = new Set([Object, Function]);
/** Design types of properties that hold what the value says: the values inside have a type of their own or none. */
export const COLLECTIONS: ReadonlySet<unknown> = new Set([Array, Map, Set]);

export interface PropertyFacts {
  readonly name: string;
  /** The class that the compiler recorded. */
  readonly designType: unknown;
  /** Whether @ValidateNested is on it. */
  readonly isNested: boolean;
  /** Whether the class makes the value itself: by @Transform or an accessor, or because clients cannot set it. */
  readonly isMade: boolean;
  /** Whether a rule lets pass no other elements than texts, numbers and booleans. */
  readonly isOfPrimitives: boolean;
  /** Whether class-transformer knows what to make of it. */
  readonly isTyped: boolean;
  /** The types that class-transformer may make of it. */
  readonly types: readonly unknown[];
  /** Whether each message decides its type, so that `types` are only some of them. */
  readonly isChosenByMessage: boolean;
}

/** Reads classes under the options of their payload. */
export class ClassFacts {
  readonly #selection: RuleSelection;
  readonly #settled: SettledOptions;

  constructor(private readonly options: PayloadOptions) {
    this.#selection = new RuleSelection(options.validator ?? {});
    this.#settled = settle(options, MAX_ISSUES);
  }

  /** The properties of a class that have rules under these options. */
  propertiesOf(type: Class): PropertyFacts[] {
    const rules = this.#selection.of(type);
    return [...new Set(rules.map((rule) => rule.propertyName))].map((name) => {
      const own = rules.filter((rule) => rule.propertyName === name);
      const isMade = isTransformed(type, name) || keysOf(type, name, this.#settled, PLAIN_TO_CLASS).length === 0;
      return {
        name,
        isMade,
        isNested: own.some((rule) => rule.type === ValidationTypes.NESTED_VALIDATION),
        isOfPrimitives: own.some((rule) => rule.each && !rule.validateIf && OF_PRIMITIVES.has(rule.name)),
        ...this.#typesOf(type, name),
      };
    });
  }

  #typesOf(type: Class, name: string): Pick<PropertyFacts, 'designType' | 'isTyped' | 'types' | 'isChosenByMessage'> {
    const metadata = transforms.findTypeMetadata(type, name) as TypeMetadata | undefined;
    const designType = designTypeOf(type, name);
    if (metadata) return { designType, isTyped: true, ...probeType(metadata, name) };
    const type_ = this.#mappedType(type, name) ?? (this.#isConverted(designType) ? designType : undefined);
    const types = type_ === undefined ? [] : [type_];
    return { designType, isTyped: types.length > 0, types, isChosenByMessage: false };
  }

  #mappedType(type: Class, name: string): unknown {
    const maps = this.options.transform?.targetMaps ?? [];
    return maps.findLast(({ target, properties }) => target === type && properties[name])?.properties[name];
  }

  /** A collection stays what it is; if the compiler recorded no class, nothing is converted. */
  #isConverted(designType: unknown): boolean {
    const { enableImplicitConversion, targetMaps } = this.options.transform ?? {};
    return (
      enableImplicitConversion === true &&
      !targetMaps &&
      typeof designType === 'function' &&
      !COLLECTIONS.has(designType)
    );
  }
}

const OF_PRIMITIVES: ReadonlySet<string | undefined> = new Set(
  `isString isNumber isInt isBoolean isEmail isUuid isUrl isLength minLength maxLength matches min max isPositive
   isNegative isDateString isIso8601 isNumberString isAlpha isAlphanumeric contains isMongoId`.split(/\s+/),
);

/** Whether a transform or a member of the class stands between the value and the property. */
function isTransformed(type: Class, name: string): boolean {
  if (transforms.findTransformMetadatas(type, name, PLAIN_TO_CLASS).length > 0) return true;
  for (let next = type.prototype as object | null; next; next = Object.getPrototypeOf(next) as object | null) {
    if (Object.hasOwn(next, name)) return true;
  }
  return false;
}
