import { plainToInstance } from 'class-transformer';
import type { ClassConstructor } from 'class-transformer';
import { getFromContainer, Validator } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { ValidationExecutor } from 'class-validator/cjs/validation/ValidationExecutor.js';
import type { Class, SettledOptions } from './options.js';

/** The two steps that make a payload of a value. Both may throw what user code throws. */
export interface Steps {
  /** Makes the instance: what `plainToInstance` returns. */
  transform(value: object): object;
  /** The error tree that `validate` resolves to, empty if all is well; a promise only if a validator returned one. */
  validate(instance: object): ValidationError[] | Promise<ValidationError[]>;
}

/** The steps as the libraries themselves take them. */
export function librarySteps(type: Class, options: SettledOptions): Steps {
  return {
    transform: (value) => plainToInstance(type as ClassConstructor<object>, value, options.transform),
    validate: (instance) => validate(instance, options),
  };
}

/**
 * What `validate` does, except that the result comes at once when there is nothing to wait for. A container that gives
 * out a validator of its own is obeyed, and then there always is.
 */
function validate(instance: object, options: SettledOptions): ValidationError[] | Promise<ValidationError[]> {
  const validator = getFromContainer(Validator);
  if (validator.constructor !== Validator) return validator.validate(instance, options.validator);
  const executor = new ValidationExecutor(validator, options.validator);
  executor.awaitingPromises = new Awaited();
  const errors: ValidationError[] = [];
  executor.execute(instance, undefined as unknown as string, errors);
  if (executor.awaitingPromises.length === 0) return executor.stripEmptyErrors(errors);
  return Promise.all(executor.awaitingPromises).then(() => executor.stripEmptyErrors(errors));
}

/**
 * The promises that a validation waits for. If another validator throws meanwhile nobody waits for them any more, and
 * a later rejection would end the process; so each is given a handler as it comes in.
 */
export class Awaited extends Array<Promise<unknown>> {
  static override readonly [Symbol.species] = Array;

  override push(...promises: Promise<unknown>[]): number {
    for (const promise of promises) if (promise instanceof Promise) promise.catch(() => undefined);
    return super.push(...promises);
  }
}
