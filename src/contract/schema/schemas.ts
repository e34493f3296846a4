/** The schemas of the DTO classes of an application, each under its name. */
import { describePayload, textTypes, type Class, type PayloadOptions } from '../../payload/index.js';
import type { JsonSchema } from '../contract.js';
import { propertySchema } from './property.js';

/** Collects the classes that are referred to, and makes a schema of each. */
export class Schemas {
  readonly #names = new Map<PayloadOptions, Map<Class, string>>();
  readonly #schemas: Record<string, JsonSchema> = {};

  /** The name of a class under the options that its payloads are read with. */
  nameOf(type: Class, options: PayloadOptions): string {
    const names = this.#names.get(options) ?? new Map<Class, string>();
    this.#names.set(options, names);
    const known = names.get(type);
    if (known !== undefined) return known;
    const name = this.#free(type.name || 'Anonymous');
    names.set(type, name);
    this.#schemas[name] = {};
    this.#schemas[name] = this.#schemaOf(type, options);
    return name;
  }

  /** A reference to the schema of a class. */
  ref(type: Class, options: PayloadOptions): JsonSchema {
    return { $ref: `#/schemas/${this.nameOf(type, options)}` };
  }

  /** The schema of a class whose values come as texts: a number or a boolean is written as one. */
  ofTexts(type: Class, options: PayloadOptions): JsonSchema {
    const { properties, ...schema } = this.#schemaOf(type, options) as { properties: Record<string, JsonSchema> };
    for (const [name, read] of textTypes(type, options)) {
      if (read !== String) properties[name] = read === Array ? {} : { type: 'string' };
    }
    return { ...schema, properties };
  }

  /** All that were referred to. */
  all(): Readonly<Record<string, JsonSchema>> {
    return this.#schemas;
  }

  #free(name: string): string {
    for (let count = 1; ; count++) {
      const free = count === 1 ? name : `${name}${count}`;
      if (!Object.hasOwn(this.#schemas, free)) return free;
    }
  }

  #schemaOf(type: Class, options: PayloadOptions): JsonSchema {
    const found = describePayload(type, options).map((facts) => ({
      name: facts.name,
      ...propertySchema(facts, (nested) => this.ref(nested, options)),
    }));
    const required = found.filter((each) => each.required).map(({ name }) => name);
    return {
      type: 'object',
      properties: Object.fromEntries(found.map(({ name, schema }) => [name, schema])),
      ...(required.length > 0 ? { required } : {}),
    };
  }
}
