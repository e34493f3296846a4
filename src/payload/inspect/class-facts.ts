/** The properties of a payload class, as both libraries see them at boot. */
import { defaultMetadataStorage as transforms } from 'class-transformer/cjs/storage.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { RuleSelection } from '../compiled/selection.js';
import { PLAIN_TO_CLASS, probeType } from '../nested.js';
import type { Class, PayloadOptions } from '../payload-options.js';

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
  /** Whether the class makes the value itself: by @Transform or a setter, or because clients cannot set it. */
  readonly isMade: boolean;
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

  constructor(private readonly options: PayloadOptions) {
    this.#selection = new RuleSelection(options.validator ?? {});
  }

  /** The properties of a class that have rules under these options. */
  propertiesOf(type: Class): PropertyFacts[] {
    const rules = this.#selection.of(type);
    const excluded = new Set(transforms.getExcludedProperties(type, PLAIN_TO_CLASS));
    return [...new Set(rules.map((rule) => rule.propertyName))].map((name) => {
      const isMade = excluded.has(name) || isTransformed(type, name);
      return { name, isMade, isNested: isNested(name, rules), ...this.#typesOf(type, name) };
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

function isNested(name: string, rules: readonly ValidationMetadata[]): boolean {
  return rules.some((rule) => rule.propertyName === name && rule.type === ValidationTypes.NESTED_VALIDATION);
}

function isTransformed(type: Class, name: string): boolean {
  if (transforms.findTransformMetadatas(type, name, PLAIN_TO_CLASS).length > 0) return true;
  for (let next = type.prototype as object | null; next; next = Object.getPrototypeOf(next) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(next, name);
    if (descriptor) return descriptor.set !== undefined;
  }
  return false;
}

/** The design type of a property; reading it must not import reflect-metadata. */
function designTypeOf(type: Class, property: string): unknown {
  const reflect = Reflect as { getMetadata?: (key: string, target: object, property: string) => unknown };
  return reflect.getMetadata?.('design:type', type.prototype as object, property);
}
