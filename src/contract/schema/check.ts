/** Whether a value fits a schema of one rule: as much of JSON Schema as those schemas use. */
import type { JsonSchema } from '../contract.js';

/** Whether the value fits; keywords that rules do not use are not looked at. */
export function fits(schema: JsonSchema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, operand]) => checks[keyword]?.(value, operand as never) ?? true);
}

const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  array: isArray,
  object: (value) => typeof value === 'object' && value !== null && !isArray(value),
  null: (value) => value === null,
};

const checks: Readonly<Record<string, (value: unknown, operand: never) => boolean>> = {
  type: (value, type: string | readonly string[]) => [type].flat().some((each) => types[each]!(value)),
  enum: (value, values: readonly unknown[]) => values.includes(value),
  const: (value, only: unknown) => value === only,
  not: (value, schema: JsonSchema) => !fits(schema, value),
  anyOf: (value, schemas: readonly JsonSchema[]) => schemas.some((each) => fits(each, value)),
  allOf: (value, schemas: readonly JsonSchema[]) => schemas.every((each) => fits(each, value)),
  minimum: (value, least: number) => typeof value !== 'number' || value >= least,
  maximum: (value, most: number) => typeof value !== 'number' || value <= most,
  exclusiveMinimum: (value, bound: number) => typeof value !== 'number' || value > bound,
  exclusiveMaximum: (value, bound: number) => typeof value !== 'number' || value < bound,
  multipleOf: (value, divisor: number) => typeof value !== 'number' || Number.isInteger(value / divisor),
  minLength: (value, least: number) => typeof value !== 'string' || [...value].length >= least,
  maxLength: (value, most: number) => typeof value !== 'string' || [...value].length <= most,
  pattern: (value, source: string) => typeof value !== 'string' || new RegExp(source, 'u').test(value),
  minItems: (value, least: number) => !isArray(value) || value.length >= least,
  maxItems: (value, most: number) => !isArray(value) || value.length <= most,
  contains: (value, schema: JsonSchema) => !isArray(value) || value.some((each) => fits(schema, each)),
};
