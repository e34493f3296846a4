/** A schema → the type that TypeScript has for it. */
import type { JsonSchema, ValueContract } from '../contract.js';

type Shape = 'array' | 'object' | undefined;

/** Names that a generated file uses for something else. */
const taken: ReadonlySet<string> = new Set(['Contract', 'ArrayBuffer', 'Uint8Array', 'Call', 'Json']);

/** The name of a DTO's interface. */
export function interfaceName(name: string): string {
  return taken.has(name) ? `${name}Dto` : name;
}

/** The type of a value, as a client writes it. */
export function valueType({ type, each, schema, optional }: ValueContract): string {
  const one = type === 'Buffer' || type === 'Uint8Array' ? BYTES : undefined;
  if (one) return each ? listOf(one) : one;
  return schemaType(optional && isOrNull(schema) ? (schema['anyOf'] as JsonSchema[])[0]! : schema);
}

function isOrNull({ anyOf }: JsonSchema): boolean {
  return Array.isArray(anyOf) && anyOf.length === 2 && (anyOf[1] as JsonSchema)['type'] === 'null';
}

const BYTES = 'ArrayBuffer | Uint8Array';

/** The type of a schema. `x-shape` says which of an object and an array the DTO declares, if its rules take both. */
export function schemaType(schema: JsonSchema, shape = schema['x-shape'] as Shape): string {
  const { $ref, anyOf, allOf, then, type } = schema as Readonly<Record<string, JsonSchema & string>>;
  if ($ref) return interfaceName($ref.slice('#/schemas/'.length));
  if ('x-type' in schema) return declared[schema['x-type'] as string] ?? 'unknown';
  if ('const' in schema) return JSON.stringify(schema['const']);
  if ('enum' in schema) return union((schema['enum'] as unknown[]).map((each) => JSON.stringify(each)));
  if (type && anyOf && shape) {
    const orNull = ([type].flat() as readonly string[]).includes('null') ? ['null'] : [];
    return union([unionOf(anyOf as unknown as JsonSchema[], shape), ...orNull]);
  }
  if (type) return union([type].flat().map((each) => typeOf(each, schema, shape)));
  if (then) return shape === 'array' ? schemaType(then) : schemaType(schema['else'] as JsonSchema, shape);
  if (anyOf) return unionOf(anyOf as unknown as JsonSchema[], shape);
  if (allOf) {
    const types = (allOf as unknown as JsonSchema[]).map((each) => schemaType(each, shape));
    return types.find((each) => each !== 'unknown') ?? 'unknown';
  }
  return 'properties' in schema ? objectType(schema) : 'unknown';
}

const declared: Readonly<Record<string, string>> = {
  date: 'string',
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  binary: BYTES,
  Date: 'Date',
  Map: 'Map<unknown, unknown>',
  Set: 'Set<unknown>',
  RegExp: 'RegExp',
  Error: 'Error',
  BigInt: 'bigint',
};

function unionOf(schemas: readonly JsonSchema[], shape: Shape): string {
  const kept = shape
    ? schemas.filter((each) => each['type'] === 'null' || isArray(each) === (shape === 'array'))
    : schemas;
  return union((kept.length > 0 ? kept : schemas).map((each) => schemaType(each, each['anyOf'] ? shape : undefined)));
}

function isArray({ type, anyOf }: JsonSchema): boolean {
  return type === 'array' || (Array.isArray(anyOf) && anyOf.some(isArray));
}

function typeOf(type: string, schema: JsonSchema, shape: Shape): string {
  if (type === 'integer') return 'number';
  if (type === 'object') return 'properties' in schema ? objectType(schema) : '{ [key: string]: unknown }';
  if (type !== 'array') return type;
  const { items } = schema;
  return items === undefined ? 'unknown[]' : listOf(elementType(items as JsonSchema, shape));
}

/** Arrays in the place of an element pass the rules; the declared type has none. */
function elementType(items: JsonSchema, shape: Shape): string {
  const { anyOf } = items;
  if (shape === undefined && !Array.isArray(anyOf)) return schemaType(items);
  return Array.isArray(anyOf) ? schemaType(anyOf[0] as JsonSchema) : schemaType(items);
}

function listOf(element: string): string {
  return /[|&]/.test(element) && !element.startsWith('{') ? `(${element})[]` : `${element}[]`;
}

function union(types: readonly string[]): string {
  const distinct = [...new Set(types)];
  return distinct.includes('unknown') ? 'unknown' : distinct.join(' | ');
}

/** An object's type, its properties on lines of their own. */
export function objectType(schema: JsonSchema, indent = '  '): string {
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>);
  const required = (schema['required'] ?? []) as readonly string[];
  if (properties.length === 0) return '{ [key: string]: unknown }';
  const lines = properties.map(
    ([name, each]) => `${indent}${propertyName(name)}${required.includes(name) ? '' : '?'}: ${schemaType(each)};`,
  );
  return `{\n${lines.join('\n')}\n${indent.slice(2)}}`;
}

/** A property's name as it stands in an object type. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
