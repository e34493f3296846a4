/** Finds asynchronous validators, for values that must be checked at once. */
import { ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { RuleSelection } from '../compiled/selection.js';
import { validationTables } from '../compiled/storages.js';
import { withNested } from './inspect.js';
import type { PayloadProblem } from './problem.js';
import type { Class, PayloadOptions } from '../payload-options.js';

/**
 * Lists the properties, of a class and all classes nested in it, that have asynchronous rules, for values that must be
 * checked at once. A rule that returns a promise without having said so is not seen here.
 */
export function inspectAsynchronous(type: Class, options: PayloadOptions = {}): readonly PayloadProblem[] {
  const selection = new RuleSelection(options.validator ?? {});
  return [...withNested(type, options)].flatMap((next) => {
    const rules = selection.of(next).filter(isAsynchronous);
    return [...new Set(rules.map((rule) => rule.propertyName))].map((property) => asynchronous(next, property));
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
