/** The schema of one property of a DTO: what its rules say together. */
import { guardRejection } from '../../base/thenable.js';
import type { Class, PropertyFacts, RuleFacts } from '../../payload/index.js';
import type { JsonSchema } from '../contract.js';
import { fits } from './check.js';
import { expressRule, type RuleSchema } from './rules.js';

/** Returns the schema that stands for a class: a reference. */
export type RefOf = (type: Class) => JsonSchema;

/** A property of an object's schema. */
export interface PropertySchema {
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** Says what the server accepts for a property, or more. What is left out is named in `x-rules`. */
export function propertySchema(facts: PropertyFacts, refOf: RefOf): PropertySchema {
  if (facts.isOpen) return { schema: openSchema(facts), required: false };
  const said = facts.rules.map((rule) => ({ rule, expressed: rule.isFirm ? proven(rule) : undefined }));
  const isArray = said.some(({ rule, expressed }) => !rule.each && expressed?.schema['type'] === 'array');
  const isList = facts.shape?.kind === 'array';
  const partsOf = (each: boolean): JsonSchema[] =>
    said.flatMap(({ rule, expressed }) => (expressed && rule.each === each ? [expressed.schema] : []));
  const parts = [...partsOf(false), eachOf(join(partsOf(true)), isArray || (isList && !takesNull(facts)))];
  if (facts.isNested) parts.push(nestedSchema(facts, refOf));
  else if (isList && !isArray) parts.unshift({ type: takesNull(facts) ? ['array', 'null'] : 'array' });
  const rest = said.filter(({ expressed }) => !expressed?.exact).map(({ rule }) => rule.name);
  const schema = orNull(join(parts), facts.optional.null);
  const notes = { ...shapeNote(facts), ...(rest.length > 0 ? { 'x-rules': [...new Set(rest)] } : {}) };
  const refusesMissing = said.some(({ rule, expressed }) => expressed && refuses(rule, undefined));
  return {
    schema: { ...schema, ...notes },
    required: (refusesMissing || facts.shape?.isRequired === true) && !facts.optional.undefined && !facts.hasDefault,
  };
}

function openSchema({ openBy, rules, designType }: PropertyFacts): JsonSchema {
  const declared = declaredTypes.get(designType);
  return {
    ...(declared === undefined ? {} : { 'x-type': declared }),
    'x-rules': [...new Set([...openBy, ...rules.map(({ name }) => name)])],
  };
}

const declaredTypes = new Map<unknown, string>([
  [Date, 'date'],
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
]);

/** The type that TypeScript declares: whether one object or an array is meant, which the rules do not ask. */
function shapeNote({ designType, isNested, rules }: PropertyFacts): JsonSchema {
  if (designType === Array) return { 'x-shape': 'array' };
  return isNested && designType !== Object && rules.every(({ each }) => !each) ? { 'x-shape': 'object' } : {};
}

/** The schema of a rule, if it is the rule that its name says: a foreign rule may have the name of a known one. */
function proven(rule: RuleFacts): RuleSchema | undefined {
  const said = rule.accepts && expressRule(rule.name, rule.constraints);
  return said && samples.every((value) => fits(said.schema, value) || refuses(rule, value)) ? said : undefined;
}

function refuses({ accepts }: RuleFacts, value: unknown): boolean {
  try {
    const answer = accepts!(value);
    guardRejection(answer);
    return answer === false;
  } catch {
    return true;
  }
}

/** Values of every kind that JSON carries. */
const samples: readonly unknown[] = [
  [null, true, false, 0, 1, -1, 0.5, 7, -0.5, 1e21, -1e21],
  ['', 'a', 'A', 'abc', '1', 'true', 'false', '0', 'a b', 'ä', '😀', 'x'.repeat(50), 'a@b.co', '2026-01-01'],
  [[], [1], ['a'], [1, 2, 3], [null], {}, { a: 1 }],
].flat();

/** A rule with `each` looks at the elements of an array, and at anything else itself. */
function eachOf(schema: JsonSchema, isArray: boolean): JsonSchema {
  if (Object.keys(schema).length === 0) return {};
  return isArray ? { items: schema } : { if: { type: 'array' }, then: { items: schema }, else: schema };
}

/** Whether no rule refuses `null` in the place of an array. */
function takesNull({ rules }: PropertyFacts): boolean {
  return !rules.some((rule) => rule.isFirm && rule.accepts && refuses(rule, null));
}

/** The declared shape decides between an object and an array; without it, `@ValidateNested` looks into both. */
function nestedSchema(facts: PropertyFacts, refOf: RefOf): JsonSchema {
  const one = oneSchema(facts, refOf);
  const { kind, isFlat } = facts.shape ?? {};
  if (kind === 'object') return one;
  const items = kind === 'array' && isFlat ? one : { anyOf: [one, { type: 'array' }] };
  return kind === 'array' ? { type: 'array', items } : { anyOf: [one, { type: 'array', items }] };
}

function oneSchema({ nested, discriminator, shape }: PropertyFacts, refOf: RefOf): JsonSchema {
  if (nested.length === 1 && discriminator === undefined) return refOf(nested[0]!);
  if (!shape?.discriminator) return { type: 'object' };
  const { property, names, hasDefault } = shape.discriminator;
  return {
    type: 'object',
    properties: { [property]: { enum: [...names] } },
    ...(hasDefault ? {} : { required: [property] }),
  };
}

/** Keywords that say nothing about `null` if `type` allows it. */
const aboutValues: ReadonlySet<string> = new Set(
  'type minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength pattern minItems maxItems items'.split(
    ' ',
  ),
);

function orNull(schema: JsonSchema, isNull: boolean): JsonSchema {
  const keywords = Object.keys(schema);
  if (!isNull || keywords.length === 0) return schema;
  const { type } = schema;
  if (type !== undefined && keywords.every((keyword) => aboutValues.has(keyword))) {
    return { ...schema, type: [...[type].flat(), 'null'] };
  }
  return { anyOf: [schema, { type: 'null' }] };
}

/** All of them in one: keywords beside each other if none is said twice, else under `allOf`. */
function join(parts: readonly JsonSchema[]): JsonSchema {
  let joined: JsonSchema = {};
  const others: JsonSchema[] = [];
  for (const part of parts) {
    const merged = merge(joined, part);
    if (merged) joined = merged;
    else others.push(part);
  }
  if (others.length === 0) return joined;
  return 'allOf' in joined ? { allOf: [joined, ...others] } : { ...joined, allOf: others };
}

function merge(a: JsonSchema, b: JsonSchema): JsonSchema | undefined {
  const merged: Record<string, unknown> = { ...a };
  for (const [keyword, value] of Object.entries(b)) {
    if (!(keyword in a)) merged[keyword] = value;
    else if (keyword === 'type' && isNarrowed(a['type'], value)) merged['type'] = 'integer';
    else if (a[keyword] !== value) return undefined;
  }
  return merged;
}

function isNarrowed(a: unknown, b: unknown): boolean {
  return (a === 'integer' && b === 'number') || (a === 'number' && b === 'integer');
}
