/** Checks what is nested in a value. */
import type { ValidationError } from 'class-validator';
import { addContexts, isBroken } from './rules.js';
import type { Rule } from './rules.js';
import type { ErrorMaker } from './error-maker.js';
import { isCollection } from './checks.js';
import type { Validation } from './checks.js';

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

/** A value that holds others, and where it is: a property, or an index or key of a collection. */
interface Nested {
  readonly object: object;
  readonly value: unknown;
  readonly property: unknown;
}

/** Validates what is nested in a value. Returns the value's error: the given one, or a new one if there is any. */
export function checkNested(
  nesting: Nesting,
  run: Validation,
  rules: readonly Rule[],
  place: Nested,
  error: ValidationError | undefined,
): ValidationError | undefined {
  const { value } = place;
  if (value === undefined) return error;
  for (const { metadata } of rules) {
    if (run.isSpent) return error;
    if (nesting.stopAtFirstError && isBroken(error)) continue;
    if (isCollection(value)) {
      error = checkItems(nesting, run, rules, place, value, error);
    } else if (value instanceof Object) {
      error = checkObject(nesting, run, place, value, error);
    } else {
      error ??= make(nesting, place);
      nesting.errors.record(run, error, metadata.target as object, value, metadata, undefined);
    }
  }
  return error;
}

function make({ errors }: Nesting, { object, value, property }: Nested): ValidationError {
  return errors.make(object, value, (property as string).toString());
}

function checkObject(
  nesting: Nesting,
  run: Validation,
  place: Nested,
  value: object,
  error: ValidationError | undefined,
): ValidationError | undefined {
  const children = nesting.validateObject(run, value, error?.children);
  if (!children) return error;
  error ??= make(nesting, place);
  error.children = children;
  return error;
}

function checkItems(
  nesting: Nesting,
  run: Validation,
  rules: readonly Rule[],
  place: Nested,
  value: readonly unknown[] | Set<unknown> | Map<unknown, unknown>,
  error: ValidationError | undefined,
): ValidationError | undefined {
  const visit = (item: unknown, property: unknown): void => {
    if (run.isSpent || nesting.skips(item)) return;
    const found = checkItem(nesting, run, rules, { object: value, value: item, property });
    if (found) ((error ??= make(nesting, place)).children as ValidationError[]).push(found);
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
  place: Nested,
): ValidationError | undefined {
  const error = checkNested(nesting, run, rules, place, undefined);
  if (error) addContexts(error, rules);
  return error;
}
