/** Mistakes in payload classes that can be seen at boot. */
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { RuleSelection } from '../compiled/selection.js';
import { COLLECTIONS, isMade, propertiesOf, UNKNOWN, type PropertyFacts } from './class-facts.js';
import { isUserClass } from '../nested.js';
import { findCopies } from './copies.js';
import type { PayloadProblem } from './problem.js';
import { designTypeOf } from '../shape/declared-shape.js';
import type { Class, PayloadOptions } from '../payload-options.js';

/** What boot sees of a payload class. */
export interface Inspection {
  /** The mistakes in the class and in those nested in it. */
  readonly problems: readonly PayloadProblem[];
  /** The rules of the class, and of those that are validated inside of it at any depth. */
  readonly rules: ReadonlyMap<Class, readonly ValidationMetadata[]>;
}

/** Looks over a payload class and all classes nested in it, each once. */
export function inspectPayload(
  type: Class,
  options: PayloadOptions = {},
  selection: RuleSelection = new RuleSelection(options.validator ?? {}),
): Inspection {
  const found = new Map<Class, readonly ValidationMetadata[]>();
  const properties = new Map<Class, readonly PropertyFacts[]>();
  const queue = new Set<Class>([type]);
  for (const next of queue) {
    const rules = selection.of(next);
    const own = propertiesOf(next, rules, options.transform ?? {});
    found.set(next, rules);
    properties.set(next, own);
    for (const { isNested, types } of own)
      if (isNested) for (const nested of types.filter(isUserClass)) queue.add(nested);
  }
  return { problems: [...properties].flatMap(([next, own]) => problemsIn(next, own, options)), rules: found };
}

function problemsIn(
  type: Class,
  properties: readonly PropertyFacts[],
  { validator, transform = {} }: PayloadOptions,
): readonly PayloadProblem[] {
  const copies = findCopies(type);
  if (copies) return [copies];
  if (properties.length === 0) {
    return validator?.forbidUnknownValues === false ? [] : [withoutRules(type, validator?.groups)];
  }
  const takesUnknown = validator?.forbidUnknownValues === false && validator.whitelist === false;
  return properties.flatMap((property) => {
    const problem = problemOf(property, takesUnknown);
    return problem && !isMade(property, transform) ? [{ path: `${type.name}.${property.name}`, ...problem }] : [];
  });
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
  if (facts.isNested && !facts.isTyped)
    return takesUnknown ? undefined : untyped(designTypeOf(facts.owner, facts.name));
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
  { owner, name, isNested }: PropertyFacts,
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
  return type === designTypeOf(owner, name) && !isNested
    ? {
        code: 'collection_type',
        what: `its @Type gives ${type.name}, the class of the elements: an element that is an object would become ${type.name === 'Array' ? 'an' : 'a'} ${type.name}`,
        fix: 'give the class of the elements instead, for example @Type(() => String)',
      }
    : { code: 'property_type', what: `its @Type gives ${type.name}`, fix: 'give the class of the elements instead' };
}
