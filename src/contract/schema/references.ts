/** The targets of references between schemas: each kind of document has its own place for them. */
import type { Contract, JsonSchema } from '../contract.js';

/** The same schema, its references to `#/schemas/` at another place of the document. */
export function referringTo<Schema extends JsonSchema>(place: string, schema: Schema): Schema {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) =>
        key === '$ref' && typeof each === 'string' ? [key, each.replace('#/schemas/', place)] : [key, walk(each)],
      ),
    );
  };
  return walk(schema) as Schema;
}

/** All schemas of a contract as one document of JSON Schema; with a name, the document is the schema of that DTO. */
export function schemaDocument({ schemas }: Contract, name?: string): JsonSchema {
  const here = '#/$defs/';
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(name === undefined ? {} : { $ref: `${here}${name}` }),
    $defs: referringTo(here, schemas),
  };
}
