/** Checks what is nested in a value. */
import type { ValidationError } from 'class-validator';
import { addContexts, isBroken } from './rules.js';
import type { Rule } from './rules.js';
import type { ErrorMaker } from './error-maker.js';
import { isCollection } from './checks.js';
import type { CheckedValue, Validation } from './checks.js';

/** Adds the errors inside of an object to a list, which is made when the first comes up. */
export type ValidateObject = (
  run: Validation,
  object: object,
  errors: ValidationError[] | undefined,
) => ValidationError[] | undefined;

/** The context of validation of nested values. */
export interface Nesting {
  readonly errors: ErrorMaker;
  readonly stopAtFirstError: boolean;
  readonly validateObject: ValidateObject;
  /** Whether the options say that a missing value is not checked. */
  readonly skips: (value: unknown) => boolean;
}

/** Validates what is nested in a value. Returns the value's error: the given one, or a new one if there is any. */
export function checkNested(
  nesting: Nesting,
  run: Validation,
  rules: readonly Rule[],
  place: CheckedValue,
  error: ValidationError | undefined,
): ValidationError | undefined {
  const { value } = place;
  if (value === undefined) return error;
  const make = () => nesting.errors.make(place.object, place.value, place.property);
  for (const { metadata } of rules) {
    if (run.isSpent) return error;
    if (nesting.stopAtFirstError && isBroken(error)) continue;
    if (isCollection(value)) {
      error = checkItems(nesting, run, rules, value, error, make);
    } else if (value instanceof Object) {
      const children = nesting.validateObject(run, value, error?.children);
      if (children) (error ??= make()).children = children;
    } else {
      error ??= make();
      nesting.errors.record(run, error, metadata.target as object, value, metadata, undefined);
    }
  }
  return error;
}

function checkItems(
  nesting: Nesting,
  run: Validation,
  rules: readonly Rule[],
  value: readonly unknown[] | Set<unknown> | Map<unknown, unknown>,
  error: ValidationError | undefined,
  make: () => ValidationError,
): ValidationError | undefined {
  const visit = (item: unknown, index: unknown): void => {
    if (run.isSpent) return;
    const found = checkItem(nesting, run, rules, value, item, index);
    if (found) ((error ??= make()).children as ValidationError[]).push(found);
  };
  const items = value instanceof Set ? [...value] : value;
  if (items instanceof Map || items.forEach !== Array.prototype.forEach) items.forEach(visit);
  else {
    const { length } = items;
    for (let index = 0; index < length; index++) {
      const item = items[index];
      if (item !== undefined || index in items) visit(item, index);
    }
  }
  return error;
}

/** An element is validated like a property that has the same nested rules and no others. */
function checkItem(
  nesting: Nesting,
  run: Validation,
  rules: readonly Rule[],
  container: object,
  value: unknown,
  index: unknown,
): ValidationError | undefined {
  const property = (index as string).toString();
  if (nesting.skips(value)) return undefined;
  const error = checkNested(nesting, run, rules, { object: container, value, property }, undefined);
  if (error) addContexts(error, rules);
  return error;
}
