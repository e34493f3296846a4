/** Mistakes in payload classes that can be seen at boot. */
import { lineage, validationTables } from './compiled/storages.js';
import { defaultMetadataStorage as transforms } from 'class-transformer/cjs/storage.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import { ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import type { BootErrorCode } from '../base/boot-errors.js';
import { isUserClass, PLAIN_TO_CLASS, typesOf } from './nested.js';
import type { Class, PayloadOptions } from './payload-options.js';

/** A mistake in a payload class that can be seen before any message arrives. */
export interface PayloadProblem {
  /** The class, or the class and its property: `Order.items`. */
  readonly path: string;
  readonly code: BootErrorCode;
  readonly what: string;
  /** How to fix it. */
  readonly fix: string;
}

/** Looks over a payload class and all classes nested in it, and lists what cannot work. Each class is looked at once. */
export function inspectPayload(type: Class, options: PayloadOptions = {}): readonly PayloadProblem[] {
  const problems: PayloadProblem[] = [];
  visitClasses(type, (next) => inspectClass(next, options, problems));
  return problems;
}

/** Visits a class, then those that a visit gives, each once. */
export function visitClasses(type: Class, visit: (type: Class) => readonly Class[]): void {
  const queue = new Set<Class>([type]);
  for (const next of queue) for (const nested of visit(next)) queue.add(nested);
}

/** The classes that are validated inside of a class. */
export function nestedClasses(type: Class, options: PayloadOptions): readonly Class[] {
  return nestedIn(propertiesOf(type, rulesOf(type), options));
}

function nestedIn(properties: readonly PropertyFacts[]): Class[] {
  return properties.flatMap(({ isNested, types }) => (isNested ? types.filter(isUserClass) : []));
}

/** Adds the problems of one class; returns the classes nested in it. */
function inspectClass(type: Class, options: PayloadOptions, problems: PayloadProblem[]): readonly Class[] {
  const rules = rulesOf(type);
  if (rules.length === 0) {
    problems.push({
      path: type.name,
      code: 'no_rules',
      what: 'has no class-validator rule, neither its own nor an inherited one, so every payload would be refused',
      fix: 'put a rule on each property, for example @IsString(); @Allow() lets any value pass',
    });
    return [];
  }
  if (lacksDesignTypes(type, rules)) {
    problems.push({
      path: type.name,
      code: 'no_design_types',
      what: 'has rules, but no property types were recorded with them',
      fix: `import 'reflect-metadata' before the file of the class, and compile with emitDecoratorMetadata (tsx and esbuild never emit it)`,
    });
    return [];
  }
  const properties = propertiesOf(type, rules, options);
  for (const facts of properties) {
    const problem = problemOf(facts);
    if (problem) problems.push({ path: `${type.name}.${facts.property}`, ...problem });
  }
  return nestedIn(properties);
}

interface PropertyFacts {
  readonly property: string;
  /** The class that the compiler recorded. */
  readonly designType: unknown;
  /** Whether @ValidateNested is on it. */
  readonly isNested: boolean;
  /** Whether @ValidateNested says `each`. */
  readonly isEach: boolean;
  /** Whether a @Transform makes its value. */
  readonly isTransformed: boolean;
  /** Whether class-transformer knows what to make of it. */
  readonly isTyped: boolean;
  /** The types that class-transformer may make of it. */
  readonly types: readonly unknown[];
}

/** The properties of a class that have rules. */
function propertiesOf(type: Class, rules: readonly ValidationMetadata[], options: PayloadOptions): PropertyFacts[] {
  const implicit = options.transform?.enableImplicitConversion === true;
  return [...new Set(rules.map((rule) => rule.propertyName))].map((property) =>
    factsOf(type, property, rules, implicit),
  );
}

function factsOf(
  type: Class,
  property: string,
  rules: readonly ValidationMetadata[],
  implicit: boolean,
): PropertyFacts {
  const nestedRules = rules.filter(
    (rule) => rule.propertyName === property && rule.type === ValidationTypes.NESTED_VALIDATION,
  );
  const metadata = transforms.findTypeMetadata(type, property) as TypeMetadata | undefined;
  const designType: unknown = designTypeOf(type, property);
  return {
    property,
    designType,
    isNested: nestedRules.length > 0,
    isEach: nestedRules.some((rule) => rule.each),
    isTransformed: transforms.findTransformMetadatas(type, property, PLAIN_TO_CLASS).length > 0,
    isTyped: metadata !== undefined || implicit,
    types: metadata ? typesOf(metadata, property) : implicit && isConvertible(designType) ? [designType] : [],
  };
}

/** A collection stays what it is; where the compiler recorded nothing, nothing is converted. */
function isConvertible(designType: unknown): boolean {
  return designType !== undefined && !COLLECTIONS.has(designType);
}

function problemOf(facts: PropertyFacts): Omit<PayloadProblem, 'path'> | undefined {
  const { isNested, isTransformed } = facts;
  if (isNested && !isTransformed && !facts.isTyped) return untyped(facts.designType);
  for (const type of facts.types) {
    const problem = isTransformed ? undefined : invalidValue(type, isNested);
    if (problem) return problem;
  }
  if (isNested && facts.designType === Array && !facts.isEach) {
    return {
      code: 'nested_array',
      what: 'is an array, but its @ValidateNested() speaks of one object',
      fix: 'write @ValidateNested({ each: true })',
    };
  }
  return undefined;
}

function untyped(designType: unknown): Omit<PayloadProblem, 'path'> {
  const isLost = typeof designType === 'function' && UNKNOWN.has(designType);
  return {
    code: 'nested_type',
    what: isLost
      ? `is @ValidateNested() without @Type, and its class was lost in compilation (${designType.name} is left)`
      : 'is @ValidateNested() without @Type, so every object would be refused as unknown',
    fix: isLost
      ? 'import the class as a value, not with `import type`, and add @Type(() => TheClass)'
      : 'add @Type(() => TheClass)',
  };
}

/** Built-in classes that class-transformer handles as one expects. */
const CONVERTIBLE: ReadonlySet<unknown> = new Set([String, Number, Boolean, Date]);
/** Left by the compiler where it knows nothing better; class-transformer then copies the value as it is. */
const UNKNOWN: ReadonlySet<unknown> = new Set([Object, Function]);
/** Design types of properties that hold what the value says: the values inside have a type of their own or none. */
const COLLECTIONS: ReadonlySet<unknown> = new Set([Array, Map, Set]);

function invalidValue(type: unknown, isNested: boolean): Omit<PayloadProblem, 'path'> | undefined {
  if (typeof type !== 'function') {
    return {
      code: 'property_type',
      what: `its @Type gives ${String(type)}`,
      fix: 'give a class; undefined comes of files that import each other',
    };
  }
  if (UNKNOWN.has(type) && (isNested || type === Function)) {
    return {
      code: 'property_type',
      what: `its type is ${type.name}, which has no rules`,
      fix: 'name the class in @Type(() => TheClass), and import it as a value, not with `import type`',
    };
  }
  if (UNKNOWN.has(type) || isUserClass(type)) return undefined;
  if (CONVERTIBLE.has(type) && !isNested) return undefined;
  return COLLECTIONS.has(type)
    ? { code: 'property_type', what: `its @Type gives ${type.name}`, fix: 'give the class of the elements instead' }
    : {
        code: 'property_type',
        what: `its type is the built-in ${type.name}, which cannot be made of what a client sends`,
        fix:
          type === Buffer
            ? 'leave @Type out: a Buffer arrives as one; check it with @IsInstance(Buffer)'
            : 'leave @Type out',
      };
}

/** All rules of a class, own and inherited, in every group. */
function rulesOf(type: Class): ValidationMetadata[] {
  const { validationMetadatas } = validationTables();
  return lineage(type).flatMap((each) => validationMetadatas.get(each) ?? []);
}

/** Whether the class has rules of its own, and no type was recorded with any of them. */
function lacksDesignTypes(type: Class, rules: readonly ValidationMetadata[]): boolean {
  const own = rules.filter((rule) => rule.target === type);
  return own.length > 0 && own.every((rule) => designTypeOf(type, rule.propertyName) === undefined);
}

/** The design type of a property; reading it must not import reflect-metadata. */
function designTypeOf(type: Class, property: string): unknown {
  const reflect = Reflect as { getMetadata?: (key: string, target: object, property: string) => unknown };
  return reflect.getMetadata?.('design:type', type.prototype as object, property);
}
