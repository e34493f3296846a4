/** Mistakes in payload classes that can be seen at boot. */
import { ClassFacts, COLLECTIONS, UNKNOWN, type PropertyFacts } from './class-facts.js';
import { isUserClass } from '../nested.js';
import { findCopies } from './copies.js';
import type { PayloadProblem } from './problem.js';
import type { Class, PayloadOptions } from '../payload-options.js';

/** Looks over a payload class and all classes nested in it, and lists what cannot work. Each class is looked at once. */
export function inspectPayload(type: Class, options: PayloadOptions = {}): readonly PayloadProblem[] {
  return [...inspectClasses(type, options)];
}

function* inspectClasses(type: Class, options: PayloadOptions): Generator<PayloadProblem, void, void> {
  const facts = new ClassFacts(options);
  const queue = new Set<Class>([type]);
  for (const next of queue) for (const nested of yield* inspectClass(next, facts, options)) queue.add(nested);
}

/** The class, and the classes that are validated inside of it at any depth, each once. */
export function withNested(type: Class, options: PayloadOptions): ReadonlySet<Class> {
  const facts = new ClassFacts(options);
  const all = new Set<Class>([type]);
  for (const next of all) for (const nested of nestedIn(facts.propertiesOf(next))) all.add(nested);
  return all;
}

function nestedIn(properties: readonly PropertyFacts[]): Class[] {
  return properties.flatMap(({ isNested, types }) => (isNested ? types.filter(isUserClass) : []));
}

/** Yields the problems of one class; returns the classes nested in it. */
function* inspectClass(
  type: Class,
  facts: ClassFacts,
  { validator }: PayloadOptions,
): Generator<PayloadProblem, readonly Class[], void> {
  const copies = findCopies(type);
  if (copies) {
    yield copies;
    return [];
  }
  const properties = facts.propertiesOf(type);
  if (properties.length === 0) {
    if (validator?.forbidUnknownValues !== false) yield withoutRules(type, validator?.groups);
    return [];
  }
  const takesUnknown = validator?.forbidUnknownValues === false && validator.whitelist === false;
  for (const property of properties) {
    const problem = problemOf(property, takesUnknown);
    if (problem) yield { path: `${type.name}.${property.name}`, ...problem };
  }
  return nestedIn(properties);
}

function withoutRules({ name: path }: Class, groups: readonly string[] = []): PayloadProblem {
  const which = groups.length > 0 ? ` of the groups ${groups.join(', ')}` : '';
  return {
    path,
    code: 'no_rules',
    what: `has no class-validator rule${which}, neither its own nor an inherited one, so every payload would be refused`,
    fix: 'put a rule on each property, for example @IsString(); @Allow() lets any value pass',
  };
}

/** @param takesUnknown whether objects of an unknown class pass as they are */
function problemOf(facts: PropertyFacts, takesUnknown: boolean): Omit<PayloadProblem, 'path'> | undefined {
  if (facts.isMade) return undefined;
  if (facts.isNested && !facts.isTyped) return takesUnknown ? undefined : untyped(facts.designType);
  for (const type of facts.isChosenByMessage ? [] : facts.types) {
    if (type === Object && (takesUnknown || facts.types.some(isUserClass))) continue;
    if (COLLECTIONS.has(type) && facts.isOfPrimitives && !facts.isNested) continue;
    const problem = invalidValue(type, facts);
    if (problem) return problem;
  }
  return undefined;
}

function untyped(designType: unknown): Omit<PayloadProblem, 'path'> {
  const isLost = typeof designType === 'function' && UNKNOWN.has(designType);
  return {
    code: 'nested_type',
    what: isLost
      ? `is @ValidateNested() without @Type, and its class was lost in compilation (${designType.name} is left)`
      : `is @ValidateNested() without @Type, so ${COLLECTIONS.has(designType) ? 'the class of the elements is not known' : 'every object would be refused as unknown'}`,
    fix: isLost
      ? 'import the class as a value, not with `import type`, and add @Type(() => TheClass)'
      : 'add @Type(() => TheClass)',
  };
}

/** Built-in classes that class-transformer handles as one expects; bytes arrive as what they are. */
const CONVERTIBLE: ReadonlySet<unknown> = new Set([String, Number, Boolean, Date, Buffer, Uint8Array]);

function invalidValue(
  type: unknown,
  { isNested, designType }: PropertyFacts,
): Omit<PayloadProblem, 'path'> | undefined {
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
  if (!COLLECTIONS.has(type)) {
    return {
      code: 'property_type',
      what: `its type is the built-in ${type.name}, which cannot be made of what a client sends`,
      fix: 'leave @Type out',
    };
  }
  return type === designType && !isNested
    ? {
        code: 'collection_type',
        what: `its @Type gives ${type.name}, the class of the elements: an element that is an object would become ${type.name === 'Array' ? 'an' : 'a'} ${type.name}`,
        fix: 'give the class of the elements instead, for example @Type(() => String)',
      }
    : { code: 'property_type', what: `its @Type gives ${type.name}`, fix: 'give the class of the elements instead' };
}
