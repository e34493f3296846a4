/** A JSON Schema as people read it: a line for each property, with its rules. */
import type { JsonSchema } from '../../contract/contract.js';

/** Keywords that say nothing about the value. */
const silent: ReadonlySet<string> = new Set(['x-rules', 'x-shape', 'x-type', 'type', 'properties', 'required', '$ref']);

/** Rules that the schema says well enough for people: only variation selectors are counted otherwise. */
const lengths: ReadonlySet<string> = new Set(['isLength', 'minLength', 'maxLength']);

/** Returns the properties of a DTO, each with its rules: `text  string, maxLength 200`. */
export function propertyLines(schema: JsonSchema): string[] {
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>);
  const required = (schema['required'] ?? []) as readonly string[];
  const lines = properties.map(([name, each]) => [required.includes(name) ? name : `${name}?`, rulesOf(each)] as const);
  const width = Math.max(0, ...lines.map(([name]) => name.length));
  return lines.map(([name, rules]) => `${name.padEnd(width)}  ${rules}`);
}

/** Returns the rules of a value in one line. */
export function rulesOf(schema: JsonSchema): string {
  const parts = [typeOf(schema), ...Object.entries(schema).flatMap(([keyword, value]) => ruleOf(keyword, value))];
  const named = (schema['x-rules'] as readonly string[] | undefined) ?? [];
  const rules = named.filter((rule) => !lengths.has(rule));
  return [...parts, ...rules].filter((part) => part !== '').join(', ') || 'anything';
}

function typeOf({ type, $ref }: JsonSchema): string {
  if (typeof $ref === 'string') return $ref.slice($ref.lastIndexOf('/') + 1);
  return [(type ?? []) as string | readonly string[]].flat().join(' or ');
}

function ruleOf(keyword: string, value: unknown): string[] {
  if (silent.has(keyword)) return [];
  if (keyword === 'enum') return [`one of ${(value as unknown[]).map((each) => JSON.stringify(each)).join(' ')}`];
  const most = keyword === 'anyOf' && (value as JsonSchema[]).find((each) => 'maxLength' in each);
  if (most) return [`maxLength ${JSON.stringify(most['maxLength'])}`];
  if (keyword === 'anyOf') return [(value as JsonSchema[]).map(rulesOf).join(' or ')];
  if (keyword === 'allOf') return [(value as JsonSchema[]).map(rulesOf).join(' and ')];
  if (keyword === 'items') return [`each ${rulesOf(value as JsonSchema)}`];
  if (keyword === 'not') return [`not ${rulesOf(value as JsonSchema)}`];
  if (keyword === 'if') return [];
  if (keyword === 'then') return [`if a list, ${rulesOf(value as JsonSchema)}`];
  if (keyword === 'else') return [`else ${rulesOf(value as JsonSchema)}`];
  return [`${keyword} ${typeof value === 'string' ? value : JSON.stringify(value)}`];
}
