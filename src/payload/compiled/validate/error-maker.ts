/** The errors of compiled validation, as class-validator makes them. */
import type { ValidationArguments, ValidationError, ValidatorOptions } from 'class-validator';
import { ValidationError as ErrorNode } from 'class-validator';
import { ValidationUtils } from 'class-validator/cjs/validation/ValidationUtils.js';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import type { ValidatorConstraintInterface } from 'class-validator/types/validation/ValidatorConstraintInterface.js';
import type { Budget } from '../../budget.js';
import { ruleName } from './rules.js';
import type { Check } from './rules.js';

/** Makes the errors of one plan: what they show depends on its options. */
export class ErrorMaker {
  readonly #showsTarget: boolean;
  readonly #showsValue: boolean;
  readonly #hasDefaults: boolean;
  readonly #messages = new WeakMap<ValidationMetadata, WrittenMessage>();

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
    const constructor = object.constructor as Function | undefined;
    const args = {
      targetName: (constructor ? constructor.name : undefined) as string,
      property: metadata.propertyName,
      object,
      value,
      constraints: metadata.constraints,
    };
    let message = metadata.message || '';
    if (!metadata.message && this.#hasDefaults && check && check.instance().defaultMessage instanceof Function) {
      message = (check.instance() as Required<ValidatorConstraintInterface>).defaultMessage(args);
    }
    return this.#replaceTokens(metadata, message, args);
  }

  /** Replaces the tokens of a message as the library does. Each rule remembers the last one, with its sources. */
  #replaceTokens(
    metadata: ValidationMetadata,
    message: Exclude<ValidationMetadata['message'], undefined>,
    args: ValidationArguments,
  ): string {
    if (typeof message !== 'string' || message.includes('$value') || !arePrimitive(args.constraints)) {
      return ValidationUtils.replaceMessageSpecialTokens(message, args);
    }
    const { targetName } = args;
    const constraints = (args.constraints ?? []) as readonly unknown[];
    const last = this.#messages.get(metadata);
    if (last?.message === message && last.targetName === targetName && areSame(last.constraints, constraints)) {
      return last.text;
    }
    const text = ValidationUtils.replaceMessageSpecialTokens(message, args);
    this.#messages.set(metadata, { message, targetName, constraints: [...constraints], text });
    return text;
  }
}

/** A message without tokens, and what its tokens stood for. */
interface WrittenMessage {
  readonly message: string;
  readonly targetName: string;
  readonly constraints: readonly unknown[];
  readonly text: string;
}

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
