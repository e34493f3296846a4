/** The steps of a plan that the libraries do. */
import { instanceToPlain, plainToInstance } from 'class-transformer';
import type { ClassConstructor } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getFromContainer, Validator } from 'class-validator';
import type { MetadataStorage, ValidationError } from 'class-validator';
import { ValidationExecutor as Executor } from 'class-validator/cjs/validation/ValidationExecutor.js';
import type { ValidationExecutor } from 'class-validator/types/validation/ValidationExecutor.js';
import { makesBuffers, refuseClaims } from './buffers.js';
import { Awaited, Budget, BUDGET_EXCEEDED } from './bounds.js';
import type { Class, ConstraintOf, SettledOptions } from './payload-options.js';

/** The steps that make a payload of a value, and what is sent of an instance. All may throw what user code throws. */
export interface Steps {
  /** Makes the instance: what `plainToInstance` returns. */
  transform(value: object): object;
  /** Makes what is sent of an instance: what `instanceToPlain` returns. */
  toPlain(instance: object): object;
  /**
   * The error tree that `validate` resolves to, empty if all is well, cut off at the end of the budget of broken rules.
   * A promise only if a validator returned one.
   */
  validate(instance: object): ValidationError[] | Promise<ValidationError[]>;
}

/** The steps as the libraries themselves take them. */
export function librarySteps(type: Class, options: SettledOptions): Steps {
  const mayClaim = makesBuffers(type, options.transform);
  return {
    transform(value) {
      if (mayClaim) refuseClaims(value);
      return withoutStrangers(() => plainToInstance(type as ClassConstructor<object>, value, options.transform));
    },
    toPlain: (instance) => withoutStrangers(() => instanceToPlain(instance, options.transform)),
    validate: (instance) => validate(instance, options),
  };
}

/**
 * Runs the library's transformation. For an object with a key `constructor` it takes the value of that key for a class,
 * and may remember it for good before it throws; a client could fill the memory so. What is no class is forgotten.
 */
export function withoutStrangers<T>(transform: () => T): T {
  try {
    return transform();
  } catch (cause) {
    const { _ancestorsMap: remembered } = defaultMetadataStorage as unknown as { _ancestorsMap: Map<unknown, unknown> };
    for (const type of remembered.keys()) if (typeof type !== 'function') remembered.delete(type);
    throw cause;
  }
}

/**
 * Does the work of `validate`, except that the result comes at once when there is nothing to wait for. A container that gives
 * out a validator of its own is obeyed, and then there always is.
 */
function validate(instance: object, options: SettledOptions): ValidationError[] | Promise<ValidationError[]> {
  const validator = getFromContainer(Validator);
  if (validator.constructor !== Validator) return validator.validate(instance, options.validator);
  const budget = new Budget(options.maxIssues);
  const executor = budgetedExecutor(validator, options, budget);
  executor.awaitingPromises = new Awaited();
  const errors: ValidationError[] = [];
  execute(executor, instance, errors);
  return settleErrors(executor, executor.awaitingPromises, errors, budget);
}

/** Runs an executor until it is done or its budget is spent. */
export function execute(executor: ValidationExecutor, object: object, errors: ValidationError[]): void {
  try {
    // The name of a schema, which only matters if schemas are registered.
    executor.execute(object, undefined as unknown as string, errors);
  } catch (cause) {
    if (cause !== BUDGET_EXCEEDED) throw cause;
  }
}

/** The final errors: at once if nothing is awaited or the budget is spent. */
export function settleErrors(
  executor: Pick<ValidationExecutor, 'stripEmptyErrors'>,
  awaiting: readonly Promise<unknown>[],
  errors: ValidationError[],
  budget: Budget,
): ValidationError[] | Promise<ValidationError[]> {
  const strip = () => executor.stripEmptyErrors(errors);
  if (awaiting.length === 0 || budget.isSpent) return strip();
  return Promise.all(awaiting).then(strip, (cause: unknown) => {
    if (cause !== BUDGET_EXCEEDED) throw cause;
    return strip();
  });
}

interface ExecutorInternals {
  metadataStorage: MetadataStorage;
  createValidationError(...args: unknown[]): [string, string];
}

/** The storage as it would be if the constraints that an application builds were class-validator's own. */
function withConstraints(storage: MetadataStorage, constraintOf: ConstraintOf): MetadataStorage {
  return Object.assign(Object.create(storage) as MetadataStorage, {
    getTargetValidatorConstraints(target: Function) {
      const found = storage.getTargetValidatorConstraints(target);
      const instance = constraintOf(target);
      if (!instance) return found;
      return found.map((metadata) => Object.create(metadata, { instance: { value: instance } }) as typeof metadata);
    },
  });
}

/** The library's executor, made to stop at the first broken rule that its budget has no room for. */
export function budgetedExecutor(validator: Validator, options: SettledOptions, budget: Budget): ValidationExecutor {
  const executor = new Executor(validator, options.validator);
  const inner = executor as unknown as ExecutorInternals;
  if (options.constraintOf) inner.metadataStorage = withConstraints(inner.metadataStorage, options.constraintOf);
  const create = inner.createValidationError.bind(executor);
  inner.createValidationError = (...args) => {
    // oxlint-disable-next-line typescript/only-throw-error -- it is no error, and must cost no stack
    if (!budget.spend()) throw BUDGET_EXCEEDED;
    return create(...args);
  };
  return executor;
}
