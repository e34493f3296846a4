/** Finds asynchronous validators, for values that must be checked at once. */
import { ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { validationTables } from '../compiled/storages.js';
import type { Inspection } from './inspect.js';
import type { PayloadProblem } from './problem.js';
import type { Class } from '../payload-options.js';

/**
 * Lists the properties, of a class and all classes nested in it, that have asynchronous rules, for values that must be
 * checked at once. A rule that returns a promise without having said so is not seen here.
 */
export function inspectAsynchronous({ rules }: Inspection): readonly PayloadProblem[] {
  return [...rules].flatMap(([type, own]) => {
    const properties = own.filter(isAsynchronous).map((rule) => rule.propertyName);
    return [...new Set(properties)].map((property) => asynchronous(type, property));
  });
}

function asynchronous({ name }: Class, property: string): PayloadProblem {
  return {
    path: `${name}.${property}`,
    code: 'asynchronous_rule',
    what: 'has an asynchronous rule, for which nobody can wait here',
    fix: 'take a class without that rule, and check before',
  };
}

function isAsynchronous({ type, constraintCls }: ValidationMetadata): boolean {
  if (type === ValidationTypes.PROMISE_VALIDATION) return true;
  const constraints = validationTables().constraintMetadatas.get(constraintCls) ?? [];
  return constraints.some(({ async }) => async);
}
