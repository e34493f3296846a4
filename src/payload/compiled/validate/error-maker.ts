/** The errors of compiled validation, as class-validator makes them. */
import type { ValidationArguments, ValidationError, ValidatorOptions } from 'class-validator';
import { ValidationError as ErrorNode } from 'class-validator';
import { ValidationUtils } from 'class-validator/cjs/validation/ValidationUtils.js';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import type { ValidatorConstraintInterface } from 'class-validator/types/validation/ValidatorConstraintInterface.js';
import type { Budget } from '../../bounds.js';
import { keepMessage } from '../../issue-texts.js';
import { ruleName } from './rules.js';
import type { Check, WrittenMessage } from './rules.js';

/** Makes the errors of one plan: what they show depends on its options. */
export class ErrorMaker {
  readonly #showsTarget: boolean;
  readonly #showsValue: boolean;
  readonly #hasDefaults: boolean;

  constructor(options: ValidatorOptions) {
    const { target, value } = options.validationError ?? {};
    this.#showsTarget = target === undefined || target === true;
    this.#showsValue = value === undefined || value === true;
    this.#hasDefaults = !options.dismissDefaultMessages;
  }

  /** An error that says nothing yet. */
  make(object: object, value: unknown, property: string): ValidationError {
    const error = new ErrorNode();
    if (this.#showsTarget) error.target = object;
    if (this.#showsValue) error.value = value;
    error.property = property;
    error.children = [];
    error.constraints = {};
    return error;
  }

  /** The error of an object without any rule. */
  unknown(object: object): ValidationError {
    const error = new ErrorNode();
    if (this.#showsTarget) error.target = object;
    error.value = undefined;
    error.property = undefined as unknown as string;
    error.children = [];
    error.constraints = { unknownValue: 'an unknown value was passed to the validate function' };
    return error;
  }

  /** Records a broken rule, unless the budget is spent. */
  record(
    budget: Budget,
    error: ValidationError,
    object: object,
    value: unknown,
    metadata: ValidationMetadata,
    check: Check | undefined,
  ): boolean {
    if (!budget.spend()) return false;
    const message = this.#messageOf(object, value, metadata, check);
    (error.constraints as Record<string, string>)[ruleName(metadata, check)] = message;
    return true;
  }

  #messageOf(object: object, value: unknown, metadata: ValidationMetadata, check: Check | undefined): string {
    const { name: targetName } = (object.constructor as Function | undefined) ?? { name: undefined };
    const constraints = (metadata as { readonly constraints: readonly unknown[] | undefined }).constraints ?? [];
    const last = writtenFor(check, targetName, constraints);
    if (last && last.message === undefined) return last.text;
    const { propertyName: property } = metadata;
    const args = { targetName: targetName as string, property, object, value, constraints: metadata.constraints };
    const message = metadata.message || this.#defaultOf(check, args);
    if (last && last.message === message) return last.text;
    const text = ValidationUtils.replaceMessageSpecialTokens(message, args);
    if (check && typeof message === 'string' && !message.includes('$value') && arePrimitive(metadata.constraints)) {
      const isFixed =
        Boolean(metadata.message) || (check.decide !== undefined && check.metadata.name !== WORDED_BY_VALUE);
      if (isFixed || check.decide) keepMessage(ruleName(metadata, check), text);
      check.written = { message: isFixed ? undefined : message, targetName, constraints: [...constraints], text };
    }
    return text;
  }

  #defaultOf(check: Check | undefined, args: ValidationArguments): string {
    if (!this.#hasDefaults || !(check?.instance().defaultMessage instanceof Function)) return '';
    return (check.instance() as Required<ValidatorConstraintInterface>).defaultMessage(args);
  }
}

/** What was written last, if its tokens stood for the same. */
function writtenFor(
  check: Check | undefined,
  targetName: unknown,
  constraints: readonly unknown[],
): WrittenMessage | undefined {
  const written = check?.written;
  return written?.targetName === targetName && areSame(written!.constraints, constraints) ? written : undefined;
}

/** The one of the rules that are decided whose message depends on the value. */
const WORDED_BY_VALUE = 'isLength';

/** Whether constraints are few, and always written alike: a token in one of them stands for what the message is about. */
function arePrimitive(constraints: unknown): boolean {
  if (constraints === undefined) return true;
  if (!Array.isArray(constraints) || constraints.length > 3) return false;
  return constraints.every((each) =>
    typeof each === 'string' ? !each.includes('$') : typeof each === 'number' || typeof each === 'boolean',
  );
}

function areSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((each, index) => Object.is(each, other[index]));
}
