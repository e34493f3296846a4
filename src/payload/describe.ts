/** The rules of a payload class as plain facts, for those that write a schema or a type of it. */
import { defaultMetadataStorage as transforms } from 'class-transformer/cjs/storage.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import type { ValidationArguments } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { lineage, transformTables } from './compiled/storages.js';
import { RuleSelection } from './compiled/selection.js';
import { isWrapper } from './compiled/validate/wrapper.js';
import { compileRules, ruleName, type Rule } from './compiled/validate/rules.js';
import { isUserClass, PLAIN_TO_CLASS, typesOf } from './nested.js';
import { MAX_ISSUES } from './invalid.js';
import { declaredShapes, designTypeOf, type DeclaredShape } from './shape/declared-shape.js';
import { settle, type Class, type PayloadOptions, type SettledOptions } from './payload-options.js';

/** One rule of a property. */
export interface RuleFacts {
  /** As class-validator names it: `isString`. */
  readonly name: string;
  readonly constraints: readonly unknown[];
  /** Whether each element of an array is checked. */
  readonly each: boolean;
  /** Whether the rule holds for every payload: it has no `validateIf`. */
  readonly isFirm: boolean;
  /** Asks the rule itself, if it is a plain function: a name alone does not prove what a rule checks. */
  readonly accepts: ((value: unknown) => unknown) | undefined;
}

/** One property of a payload class. */
export interface PropertyFacts {
  readonly name: string;
  readonly rules: readonly RuleFacts[];
  /** Whether a missing or `null` value passes because of `@IsOptional` or an option. */
  readonly optional: { readonly undefined: boolean; readonly null: boolean };
  /** Whether something else than the value decides if the rules are asked, or what value they see. */
  readonly isOpen: boolean;
  /** The rules that name what is left open: `transform`, `validateIf`. */
  readonly openBy: readonly string[];
  /** Whether an instance has a value here before any payload. */
  readonly hasDefault: boolean;
  /** The classes of `@ValidateNested`; several if a discriminator chooses. */
  readonly nested: readonly Class[];
  readonly isNested: boolean;
  /** The property that a discriminator reads. */
  readonly discriminator: string | undefined;
  /** The declared type, as the compiler recorded it. */
  readonly designType: unknown;
  /** The shape that values are held to; `undefined` if the rules alone decide. */
  readonly shape: DeclaredShape | undefined;
}

/** Describes the properties of a payload class, in the order of their first rule. */
export function describePayload(type: Class, options: PayloadOptions = {}): readonly PropertyFacts[] {
  const settled = settle(options, MAX_ISSUES);
  const groups = new Map<string, ValidationMetadata[]>();
  for (const rule of new RuleSelection(settled.validator).of(type)) {
    groups.set(rule.propertyName, [...(groups.get(rule.propertyName) ?? []), rule]);
  }
  const instance = sampleOf(type);
  const isWholeOpen = isReshaped(type, settled);
  return [...groups].map(([name, metadatas]) => propertyFacts(type, name, metadatas, settled, instance, isWholeOpen));
}

function propertyFacts(
  type: Class,
  name: string,
  metadatas: readonly ValidationMetadata[],
  settled: SettledOptions,
  instance: object | undefined,
  isWholeOpen: boolean,
): PropertyFacts {
  const rules = compileRules(name, metadatas);
  const isOptional = rules.conditions.some((condition) => condition.name === 'isOptional');
  const isConditional = rules.conditions.some((condition) => condition.name !== 'isOptional');
  const typed = transforms.findTypeMetadata(type, name) as TypeMetadata | undefined;
  const designType = designTypeOf(type, name);
  const preset = (instance as Record<string, unknown> | undefined)?.[name];
  const reshaped =
    isWholeOpen ||
    instance === undefined ||
    typeof preset === 'function' ||
    isTransformed(type, name) ||
    !isPlainType(typed, name, designType);
  const { validator } = settled;
  const skips = validator.skipMissingProperties === true;
  return {
    name,
    rules: [...rules.defined, ...rules.custom].flatMap(ruleFacts),
    optional: {
      undefined: isOptional || skips || validator.skipUndefinedProperties === true,
      null: isOptional || skips || validator.skipNullProperties === true,
    },
    isOpen: isConditional || rules.awaitsValue || reshaped,
    openBy: [
      ...(isConditional ? ['validateIf'] : []),
      ...(rules.awaitsValue ? ['validatePromise'] : []),
      ...(reshaped ? ['transform'] : []),
    ],
    hasDefault: preset !== undefined,
    isNested: rules.nested.length > 0,
    nested: rules.nested.length > 0 && typed ? typesOf(typed, name).filter(isUserClass) : [],
    discriminator: typed?.options?.discriminator?.property,
    designType,
    shape: settled.shape === 'declared' ? declaredShapes(type, metadatas, settled)[0] : undefined,
  };
}

function ruleFacts({ metadata, checks }: Rule): RuleFacts[] {
  return checks.map((check) => {
    const { wrapper } = check;
    const args = { constraints: metadata.constraints, object: {}, property: '', targetName: '', value: undefined };
    return {
      name: ruleName(metadata, check),
      constraints: (metadata.constraints as unknown[] | undefined) ?? [],
      each: metadata.each,
      isFirm: !metadata.validateIf,
      accepts: wrapper && isWrapper(check.metadata.target) ? accepts : undefined,
    };
    function accepts(value: unknown): unknown {
      return check.ask(value, { ...args, value } as ValidationArguments);
    }
  });
}

/** An instance as a payload's is before its values are set; `undefined` if the constructor needs more. */
function sampleOf(type: Class): object | undefined {
  try {
    return new (type as new () => object)();
  } catch {
    return undefined;
  }
}

/** Whether options or decorators of the whole class decide which keys come in, or what is made of them. */
function isReshaped(type: Class, { transform }: SettledOptions): boolean {
  const { enableImplicitConversion, excludeExtraneousValues, version, groups, strategy, ...others } = transform;
  if (enableImplicitConversion || excludeExtraneousValues || version !== undefined || groups?.length) return true;
  if (strategy !== undefined || Object.keys(others).some((key) => !harmless.has(key))) return true;
  const { _exposeMetadatas, _excludeMetadatas } = transformTables();
  return lineage(type).some(
    (each) => _exposeMetadatas.get(each)?.has(undefined) || _excludeMetadatas.get(each)?.has(undefined),
  );
}

const harmless: ReadonlySet<string> = new Set(['exposeDefaultValues', 'exposeUnsetFields', 'enableCircularCheck']);

/** Whether a decorator of class-transformer renames, leaves out or makes the value. */
function isTransformed(type: Class, name: string): boolean {
  const { _exposeMetadatas, _excludeMetadatas } = transformTables();
  if (transforms.findTransformMetadatas(type, name, PLAIN_TO_CLASS).length > 0) return true;
  return lineage(type).some((each) => {
    const exposed = _exposeMetadatas.get(each);
    const isTarget = [...(exposed?.values() ?? [])].some(({ options }) => options?.name === name);
    return isTarget || exposed?.has(name) || _excludeMetadatas.get(each)?.has(name) || isAccessor(each, name);
  });
}

function isAccessor(type: Function, name: string): boolean {
  return Object.getOwnPropertyDescriptor(type.prototype as object, name) !== undefined;
}

/** Whether `@Type` only says of which class a nested value is. */
function isPlainType(typed: TypeMetadata | undefined, name: string, designType: unknown): boolean {
  if (!typed) return true;
  if (designType === Map || designType === Set || typed.typeFunction.length > 0) return false;
  const types = typesOf(typed, name);
  return types.length > 0 && types.every(isUserClass);
}
