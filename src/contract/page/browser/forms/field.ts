/** A JSON Schema → the field of a form that asks for such a value. Loose parts of a schema become a field for JSON. */
import type { ArgumentContract, JsonSchema, ValueContract } from '../../../contract.js';
import { schemaType, valueType } from '../../../types/schema-type.js';

export type Schemas = Readonly<Record<string, JsonSchema>>;

/** A value that a form asks for. */
export interface Field {
  readonly kind: 'text' | 'number' | 'boolean' | 'choice' | 'object' | 'list' | 'tuple' | 'bytes' | 'json';
  /** The type of the value as TypeScript writes it. */
  readonly type: string;
  /** The rules, for people. */
  readonly rules: readonly string[];
  readonly options?: readonly unknown[];
  /** Asked for when the field is opened: classes may contain themselves. */
  readonly properties?: () => readonly Property[];
  readonly item?: () => Field;
  /** Whether a tuple takes more values than it names. */
  readonly rest?: boolean;
}

export interface Property {
  readonly name: string;
  readonly required: boolean;
  readonly field: Field;
}

type Part = Readonly<Record<string, unknown>> & {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  readonly items?: JsonSchema;
  readonly properties?: Schemas;
  readonly required?: readonly string[];
};

/** The field of a value. */
export function fieldOf(value: ValueContract, schemas: Schemas): Field {
  return { ...schemaField(value.schema, schemas), type: valueType(value) };
}

/** The arguments of an event, one after the other. */
export function tupleField(values: readonly ArgumentContract[], rest: boolean, schemas: Schemas): Field {
  const properties = values.map((each) => ({
    name: String(each.position),
    required: !each.optional,
    field: fieldOf(each, schemas),
  }));
  return { kind: 'tuple', type: 'array', rules: [], properties: () => properties, rest };
}

/** An object of named values, such as what a handshake takes by name. */
export function objectField(values: readonly (ValueContract & { readonly key: string })[], schemas: Schemas): Field {
  const properties = values.map((each) => ({
    name: each.key,
    required: !each.optional,
    field: fieldOf(each, schemas),
  }));
  return { kind: 'object', type: 'object', rules: [], properties: () => properties };
}

/** The field of a schema. */
export function schemaField(given: JsonSchema, schemas: Schemas): Field {
  const schema = withoutNull(given) as Part;
  const base = { type: schemaType(given), rules: rulesOf(schema) };
  const of = (kind: Field['kind'], more: Partial<Field> = {}): Field => ({ kind, ...base, ...more });
  const inner = innerOf(schema);
  if (inner) return { ...schemaField(inner, schemas), type: base.type };
  if (schema.$ref) return { ...schemaField(referred(schema.$ref, schemas), schemas), type: base.type };
  if ('const' in schema) return of('choice', { options: [schema['const']] });
  if (schema.enum) return of('choice', { options: schema.enum.filter((each) => each !== null) });
  if ('x-type' in schema) return of(kinds[schema['x-type'] as string] ?? 'json');
  const [type] = [schema.type].flat().filter((each) => each !== 'null');
  if (type === 'array' && schema.items) return of('list', { item: () => schemaField(schema.items!, schemas) });
  if (schema.properties) return of('object', { properties: () => propertiesOf(schema, schemas) });
  return of(kinds[type ?? ''] ?? 'json');
}

const kinds: Readonly<Record<string, Field['kind']>> = {
  string: 'text',
  date: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  binary: 'bytes',
};

function referred(ref: string, schemas: Schemas): JsonSchema {
  const name = ref.slice('#/schemas/'.length);
  return Object.hasOwn(schemas, name) ? schemas[name]! : {};
}

function propertiesOf({ properties = {}, required = [] }: Part, schemas: Schemas): Property[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    required: required.includes(name),
    field: schemaField(schema, schemas),
  }));
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const { anyOf } = schema as Part;
  const isOrNull = anyOf?.length === 2 && anyOf[1]!['type'] === 'null';
  const { anyOf: _, ...rest } = schema;
  return isOrNull ? { ...rest, ...anyOf[0] } : schema;
}

/** The schema that counts if rules allow an object and an array of such: `x-shape` says which one is declared. */
function innerOf(schema: Part): JsonSchema | undefined {
  const isArray = schema['x-shape'] === 'array';
  if (schema.then) return isArray ? { ...schema.then, type: 'array' } : schema.else;
  const parts = (schema.anyOf ?? []).filter((each) => '$ref' in each || 'items' in each || each['type'] === 'object');
  const found = parts.find((each) => 'items' in each === isArray) ?? parts[0];
  return found ?? schema.allOf?.find((each) => each['type'] !== undefined || '$ref' in each || 'enum' in each);
}

/** The keywords of a schema in words. */
function rulesOf(schema: Part): string[] {
  const all = [schema, ...(schema.anyOf ?? []), ...(schema.allOf ?? [])];
  const find = (keyword: string): number | undefined =>
    all.find((each) => each[keyword] !== undefined)?.[keyword] as number | undefined;
  const length = range(find('minLength'), find('maxLength'), 'characters');
  const others = ((schema['x-rules'] as readonly string[] | undefined) ?? []).filter(
    (rule) => !length || !/^(?:isLength|minLength|maxLength)$/.test(rule),
  );
  const pattern = schema['pattern'] as string | undefined;
  return [
    length,
    range(find('minimum'), find('maximum'), ''),
    range(find('minItems'), find('maxItems'), 'items'),
    find('exclusiveMinimum') !== undefined && `more than ${find('exclusiveMinimum')}`,
    find('exclusiveMaximum') !== undefined && `less than ${find('exclusiveMaximum')}`,
    schema.type === 'integer' && 'integer',
    pattern !== undefined && `/${pattern}/`,
    schema['x-type'] === 'date' && 'a date as text',
    ...others,
  ].filter((each): each is string => typeof each === 'string');
}

function range(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  if (least === undefined && most === undefined) return undefined;
  if (most === undefined) return `at least ${least} ${unit}`.trim();
  return `${least === undefined ? 'at most' : `${least} to`} ${most} ${unit}`.trim();
}
