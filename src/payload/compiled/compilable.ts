/** Which classes can be compiled, and why the others cannot. */
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { ValidationTypes } from 'class-validator';
import { isBuiltIn } from '../nested.js';
import { validationTables } from './storages.js';

/** Why instances of a type cannot be made by compiled code, whatever its properties; `undefined` if they can. */
export function typeMisfit(type: unknown): string | undefined {
  if (typeof type !== 'function') return 'its type is no class';
  const prototype: unknown = type.prototype;
  if (typeof prototype !== 'object' || prototype === null) return 'its type is no class';
  if ((prototype as { constructor?: unknown }).constructor !== type) return 'its prototype has another constructor';
  if (type === Object) return undefined;
  for (let next: unknown = type; typeof next === 'function'; next = Object.getPrototypeOf(next)) {
    if (isBuiltIn(next)) return `it is or extends the built-in ${next.name}`;
  }
  return undefined;
}

/** Why a class with properties of these names cannot be compiled; `undefined` if it can. */
export function namesMisfit(names: readonly string[]): string | undefined {
  const strange = names.find(isStrangeName);
  return strange === undefined ? undefined : strangeName(strange);
}

/** Why instances of a class cannot be validated by compiled code; `undefined` if they can. */
export function validationMisfit(type: unknown, rules: readonly ValidationMetadata[]): string | undefined {
  if (typeof type !== 'function') return 'its type is no class';
  if (typeof type.prototype !== 'object' || type.prototype === null) return 'its type is no class';
  const targets = new Set<unknown>([type, ...rules.map(({ target }) => target)]);
  for (const target of targets) {
    if (typeof target === 'function' && hasNameAccessor(target)) return 'its static name is an accessor';
  }
  for (const rule of rules) {
    if (isStrangeName(rule.propertyName)) return strangeName(rule.propertyName);
    if (!KNOWN_TYPES.has(rule.type)) return `it has a rule of the unknown type ${rule.type}`;
    const isCustom = rule.type === ValidationTypes.CUSTOM_VALIDATION || rule.type === ValidationTypes.IS_DEFINED;
    if (!isCustom) continue;
    const constraints = validationTables().constraintMetadatas.get(rule.constraintCls);
    if (!constraints) return `the constraint of ${rule.propertyName} is not registered`;
    const strange = constraints.find((constraint) => isStrangeName(constraint.name ?? ''));
    if (strange) return `a constraint is named ${strange.name}`;
  }
  return undefined;
}

const KNOWN_TYPES: ReadonlySet<unknown> = new Set([
  ValidationTypes.CUSTOM_VALIDATION,
  ValidationTypes.NESTED_VALIDATION,
  ValidationTypes.PROMISE_VALIDATION,
  ValidationTypes.CONDITIONAL_VALIDATION,
  ValidationTypes.WHITELIST,
  ValidationTypes.IS_DEFINED,
]);

/** The libraries keep names in plain objects, where these mean something else. */
function isStrangeName(name: unknown): boolean {
  return typeof name !== 'string' || name in Object.prototype;
}

function strangeName(name: unknown): string {
  return `it has a property ${String(name)}, which every object has`;
}

function hasNameAccessor(type: Function): boolean {
  for (let next: unknown = type; typeof next === 'function'; next = Object.getPrototypeOf(next)) {
    const descriptor = Object.getOwnPropertyDescriptor(next, 'name');
    if (descriptor) return descriptor.get !== undefined;
  }
  return true;
}
