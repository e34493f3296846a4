/** A declared type → what the contract says of a value. */
import { typeLabel } from '../controllers/plan/arguments/check-value.js';
import type { ArgumentOrigin } from '../controllers/plan/arguments/origin.js';
import type { DeclaredArgument } from '../controllers/emits/declared.js';
import type { Class, PayloadOptions } from '../payload/index.js';
import type { JsonSchema, ValueContract } from './contract.js';
import type { Schemas } from './schema/schemas.js';

/** The schemas of the types that are no DTO; bytes, and what only another parser brings, are no JSON; anything passes as `unknown`. */
const schemaOfType = new Map<unknown, JsonSchema>([
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
  [Array, { type: 'array' }],
  [Buffer, { 'x-type': 'binary' }],
  [Uint8Array, { 'x-type': 'binary' }],
  [Object, {}],
  ...[Date, Map, Set, RegExp, Error, BigInt].map((type) => [type, { 'x-type': type.name }] as const),
]);

/** Whether a type is a class with a schema of its own. */
export function isDto(type: unknown): type is Class {
  return typeof type === 'function' && !schemaOfType.has(type);
}

/** A value that a parameter takes. */
export function valueOf(
  { type, each, optional, options }: Pick<ArgumentOrigin, 'type' | 'each' | 'optional' | 'options'>,
  schemas: Schemas,
): ValueContract {
  const known = isDto(type) ? undefined : (schemaOfType.get(type) ?? {});
  const one = known ?? schemas.ref(type as Class, options);
  const schema = each ? { type: 'array', ...(Object.keys(one).length > 0 ? { items: one } : {}) } : one;
  return {
    type: known ? typeLabel(type) : schemas.nameOf(type as Class, options),
    each,
    optional,
    schema: optional && Object.keys(schema).length > 0 ? { anyOf: [schema, { type: 'null' }] } : schema,
  };
}

/** A value of an emission or an answer. */
export function declaredValue(declared: DeclaredArgument, options: PayloadOptions, schemas: Schemas): ValueContract {
  return valueOf({ ...declared, optional: false, options }, schemas);
}
