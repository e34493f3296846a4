/** One validation while it runs: checks the rules of one value after the other. */
import type { ValidationArguments, ValidationError } from 'class-validator';
import { Validator } from 'class-validator';
import type { ValidationExecutor } from 'class-validator/cjs/validation/ValidationExecutor.js';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { Awaited, Budget, BUDGET_EXCEEDED } from '../../bounds.js';
import { budgetedExecutor, execute } from '../../library.js';
import type { SettledOptions } from '../../payload-options.js';
import { addContext, isBroken, ruleName } from './rules.js';
import type { Check, Rule } from './rules.js';
import type { ErrorMaker } from './error-maker.js';

/** One validation on its way, and what is left of its budget. */
export class Validation extends Budget {
  /** The promises that validators returned. */
  awaiting: Awaited | undefined;
  readonly #options: SettledOptions;
  #executor: ValidationExecutor | undefined;

  constructor(options: SettledOptions) {
    super(options.maxIssues);
    this.#options = options;
  }

  /** Has the result wait for a promise. */
  wait(promise: Promise<unknown>): void {
    (this.awaiting ??= new Awaited()).push(promise);
  }

  /** Leaves an object and all that is in it to the library. */
  library(object: object, errors: ValidationError[]): void {
    this.awaiting ??= new Awaited();
    this.#executor ??= budgetedExecutor(new Validator(), this.#options, this);
    this.#executor.awaitingPromises = this.awaiting;
    execute(this.#executor, object, errors);
  }
}

/** The value that is checked, and where it is. */
export interface CheckedValue {
  readonly object: object;
  readonly value: unknown;
  readonly property: string;
}

/** The context of checks, besides the value. */
export interface Checking {
  readonly errors: ErrorMaker;
  readonly stopAtFirstError: boolean;
  /** The name of the class that the rules are of. */
  readonly targetName: string;
}

/** Makes the checks of rules. Returns the property's error: the given one, or a new one if the first rule was broken. */
export function checkRules(
  checking: Checking,
  run: Validation,
  rules: readonly Rule[],
  place: CheckedValue,
  error: ValidationError | undefined,
): ValidationError | undefined {
  const { object, value, property } = place;
  const { targetName } = checking;
  for (const { metadata, checks } of rules) {
    if (metadata.validateIf && !metadata.validateIf(object, value)) continue;
    const elements = metadata.each && isCollection(value) ? elementsOf(value) : undefined;
    for (const check of checks) {
      if (checking.stopAtFirstError && isBroken(error)) continue;
      const { constraints } = metadata as { readonly constraints: readonly unknown[] | undefined };
      let answer: unknown = elements ? undefined : check.decide?.(value, constraints?.[0], constraints?.[1]);
      if (answer === undefined) {
        const args = { targetName, property: metadata.propertyName, object, value, constraints: metadata.constraints };
        answer = elements ? askEach(check, elements, args) : check.ask(value, args);
      }
      if (isPromise(answer)) {
        error ??= checking.errors.make(object, value, property);
        run.wait(later(checking.errors, run, answer, elements !== undefined, error, place, metadata, check));
      } else if (!answer) {
        error ??= checking.errors.make(object, value, property);
        if (!checking.errors.record(run, error, object, value, metadata, check)) return error;
      }
    }
  }
  return error;
}

/** The answer of a check for all elements: a promise of the answers if any of them is one. */
function askEach(check: Check, elements: readonly unknown[], args: ValidationArguments): boolean | Promise<unknown[]> {
  const answers = elements.map((element): unknown => check.ask(element, args));
  if (!answers.some(isPromise)) return answers.every(Boolean);
  return Promise.all(answers.map((answer) => (isPromise(answer) ? answer : Promise.resolve(answer))));
}

/** Completes a check whose answer is a promise. It takes no more turns than the library's. */
function later(
  errors: ErrorMaker,
  run: Validation,
  answer: PromiseLike<unknown>,
  isEach: boolean,
  error: ValidationError,
  { object, value }: CheckedValue,
  metadata: ValidationMetadata,
  check: Check,
): Promise<unknown> {
  return answer.then((result) => {
    if (isEach ? (result as unknown[]).every(Boolean) : result) return;
    // oxlint-disable-next-line typescript/only-throw-error -- it is no error, and must cost no stack
    if (!errors.record(run, error, object, value, metadata, check)) throw BUDGET_EXCEEDED;
    if (metadata.context) addContext(error, ruleName(metadata, check), metadata);
  }) as Promise<unknown>;
}

/** Whether a value is one whose elements are looked at. */
export function isCollection(value: unknown): value is readonly unknown[] | Set<unknown> | Map<unknown, unknown> {
  return Array.isArray(value) || value instanceof Set || value instanceof Map;
}

function elementsOf(value: readonly unknown[] | Set<unknown> | Map<unknown, unknown>): readonly unknown[] {
  if (value instanceof Map) return [...value.values()];
  return Array.isArray(value) ? value : [...(value as Set<unknown>)];
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
