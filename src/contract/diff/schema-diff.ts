/** Two schemas of one value → where the new one takes less than the old one, and where it takes more. */
import type { JsonSchema } from '../contract.js';
import type { Direction, Report } from './changes.js';

type SchemasByName = Readonly<Record<string, JsonSchema>>;

/** The bounds of values, and on which side each lies. */
const bounds: Readonly<Record<string, 'lower' | 'upper'>> = {
  minimum: 'lower',
  exclusiveMinimum: 'lower',
  minLength: 'lower',
  minItems: 'lower',
  maximum: 'upper',
  exclusiveMaximum: 'upper',
  maxLength: 'upper',
  maxItems: 'upper',
};

/** Keywords that are compared as a whole: another value of them takes other values. */
const opaque = ['pattern', 'not', 'contains', 'allOf', 'x-type', 'x-shape'];

export class SchemaDiff {
  /** The pairs of DTOs that were compared at one place: recursive ones end here. */
  readonly #seen = new Set<string>();

  constructor(
    private readonly before: SchemasByName,
    private readonly after: SchemasByName,
    private readonly report: Report,
  ) {}

  compare(where: string, before: JsonSchema, after: JsonSchema, direction: Direction): void {
    this.#seen.clear();
    this.#compare(where, before, after, direction);
  }

  #compare(where: string, oldSchema: JsonSchema, newSchema: JsonSchema, direction: Direction): void {
    const pair = JSON.stringify([oldSchema['$ref'], newSchema['$ref']]);
    if (oldSchema['$ref'] ?? newSchema['$ref']) {
      if (this.#seen.has(pair)) return;
      this.#seen.add(pair);
    }
    const [a, b] = [plain(resolve(oldSchema, this.before)), plain(resolve(newSchema, this.after))];
    const place = new Place(where, direction, this.report);
    compareTypes(place, a, b);
    compareValues(place, a, b);
    for (const [keyword, side] of Object.entries(bounds)) compareBound(place, keyword, side, a[keyword], b[keyword]);
    for (const keyword of opaque) compareWhole(place, keyword, a[keyword], b[keyword]);
    compareRules(place, a, b);
    this.#properties(place, a, b);
    for (const keyword of ['items', 'then', 'else']) {
      const [x, y] = [a[keyword], b[keyword]] as [JsonSchema | undefined, JsonSchema | undefined];
      if (x && y) this.#compare(keyword === 'items' ? `${where}[]` : where, x, y, direction);
      else if (x ?? y)
        place.tell(
          x ? 'wider' : 'narrower',
          keyword === 'items' ? 'elements' : 'rules',
          'the elements are checked otherwise',
        );
    }
    this.#alternatives(place, a, b);
  }

  #properties(place: Place, a: JsonSchema, b: JsonSchema): void {
    const [old, fresh] = [record(a['properties']), record(b['properties'])];
    const [needed, needs] = [list(a['required']), list(b['required'])];
    for (const name of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
      const at = place.inside(name);
      const [x, y] = [old[name], fresh[name]];
      const isNeeded = needs.includes(name);
      if (x && y) {
        if (needed.includes(name) && !isNeeded) at.tell('wider', 'required_removed', 'it may be missing now');
        if (!needed.includes(name) && isNeeded) at.tell('narrower', 'required_added', 'it is required now');
        this.#compare(at.where, x, y, place.direction);
      } else if (x) at.say('property_removed', 'the property was removed', place.direction === 'out');
      else
        at.say(
          'property_added',
          isNeeded ? 'the property is new, and required' : 'the property is new',
          isNeeded && place.direction === 'in',
        );
    }
  }

  #alternatives(place: Place, a: JsonSchema, b: JsonSchema): void {
    const [old, fresh] = [schemas(a['anyOf']), schemas(b['anyOf'])];
    if (old.length === fresh.length)
      old.forEach((each, index) => this.#compare(place.where, each, fresh[index]!, place.direction));
    else if (old.length === 0) place.tell('narrower', 'alternatives', 'only some kinds of values are taken now');
    else
      place.tell(
        fresh.length === 0 || fresh.length > old.length ? 'wider' : 'narrower',
        'alternatives',
        'other kinds of values are taken now',
      );
  }
}

/** The place of a change, and its meaning there. */
class Place {
  constructor(
    readonly where: string,
    readonly direction: Direction,
    private readonly report: Report,
  ) {}

  /** A value that clients send may only get wider, one that they receive only narrower. */
  tell(how: 'wider' | 'narrower' | 'other', kind: string, message: string): void {
    this.say(kind, message, how === 'other' || (how === 'narrower') === (this.direction === 'in'));
  }

  say(kind: string, message: string, breaking: boolean): void {
    this.report(kind, this.where, message, breaking);
  }

  inside(name: string): Place {
    return new Place(`${this.where}${this.where.includes(': ') ? '.' : ': '}${name}`, this.direction, this.report);
  }
}

function compareTypes(place: Place, a: JsonSchema, b: JsonSchema): void {
  const [old, fresh] = [list(a['type']), list(b['type'])];
  if (old.length === 0 && fresh.length === 0) return;
  const includes = (types: readonly string[], type: string): boolean =>
    types.length === 0 || types.includes(type) || (type === 'integer' && types.includes('number'));
  const lost = old.length === 0 ? [] : old.filter((type) => !includes(fresh, type));
  const won = fresh.length === 0 ? [] : fresh.filter((type) => !includes(old, type));
  if (lost.length > 0 || old.length === 0)
    place.tell('narrower', 'type_narrowed', `it must be ${fresh.join(' or ')} now`);
  if (won.length > 0 || fresh.length === 0)
    place.tell('wider', 'type_widened', `it may be ${fresh.join(' or ') || 'anything'} now`);
}

function compareValues(place: Place, a: JsonSchema, b: JsonSchema): void {
  const [old, fresh] = [valuesOf(a), valuesOf(b)];
  if (!old && !fresh) return;
  const lost = old?.filter((value) => fresh && !fresh.includes(value)) ?? [];
  const won = fresh?.filter((value) => old && !old.includes(value)) ?? [];
  if (lost.length > 0 || !old)
    place.tell(
      'narrower',
      'values_removed',
      lost.length > 0 ? `${lost.join(', ')} is not one of the values any more` : 'only some values are taken now',
    );
  if (won.length > 0 || !fresh)
    place.tell(
      'wider',
      'values_added',
      won.length > 0 ? `${won.join(', ')} is one of the values now` : 'any value is taken now',
    );
}

function valuesOf(schema: JsonSchema): string[] | undefined {
  if ('const' in schema) return [JSON.stringify(schema['const'])];
  return Array.isArray(schema['enum']) ? schema['enum'].map((each) => JSON.stringify(each)) : undefined;
}

function compareBound(place: Place, keyword: string, side: 'lower' | 'upper', a: unknown, b: unknown): void {
  if (a === b) return;
  const isTighter =
    a === undefined ? true : b === undefined ? false : side === 'lower' ? Number(b) > Number(a) : Number(b) < Number(a);
  const message = b === undefined ? `${keyword} is not asked any more` : `${keyword} is ${Number(b)} now`;
  place.tell(isTighter ? 'narrower' : 'wider', isTighter ? 'bound_narrowed' : 'bound_widened', message);
}

function compareWhole(place: Place, keyword: string, a: unknown, b: unknown): void {
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  const how = a === undefined ? 'narrower' : b === undefined ? 'wider' : 'other';
  place.tell(how, `${keyword.replace('x-', '')}_changed`, `${keyword} changed`);
}

function compareRules(place: Place, a: JsonSchema, b: JsonSchema): void {
  const [old, fresh] = [list(a['x-rules']), list(b['x-rules'])];
  const won = fresh.filter((rule) => !old.includes(rule));
  const lost = old.filter((rule) => !fresh.includes(rule));
  const isBound = (rule: string): boolean => ['minLength', 'maxLength', 'isLength'].includes(rule);
  if (won.some((rule) => !isBound(rule))) place.tell('narrower', 'rule_added', `the rule ${won.join(', ')} is new`);
  if (lost.some((rule) => !isBound(rule)))
    place.tell('wider', 'rule_removed', `the rule ${lost.join(', ')} was removed`);
}

/** The same without the forms that say one thing with several keywords: a longest length, and `null` as an alternative. */
function plain(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  const alternatives = schemas(anyOf);
  const longest = alternatives[0]?.['maxLength'];
  if (alternatives.length === 2 && longest !== undefined) return { ...rest, maxLength: longest };
  const [first, second] = alternatives;
  if (alternatives.length !== 2 || second!['type'] !== 'null') return schema;
  const inner = plain(first!);
  if (inner['type'] !== undefined) return { ...rest, ...inner, type: [...list(inner['type']), 'null'] };
  return Array.isArray(inner['enum']) ? { ...rest, ...inner, enum: [...inner['enum'], null] } : schema;
}

function resolve(schema: JsonSchema, all: SchemasByName): JsonSchema {
  const { $ref, ...rest } = schema;
  return typeof $ref === 'string' ? { ...all[$ref.slice('#/schemas/'.length)], ...rest } : schema;
}

function list(value: unknown): readonly string[] {
  return value === undefined ? [] : [value].flat().map(String);
}

function record(value: unknown): Readonly<Record<string, JsonSchema>> {
  return (value ?? {}) as Readonly<Record<string, JsonSchema>>;
}

function schemas(value: unknown): readonly JsonSchema[] {
  return Array.isArray(value) ? (value as JsonSchema[]) : [];
}
