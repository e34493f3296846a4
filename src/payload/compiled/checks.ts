import type { ValidationError } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { SPENT } from '../budget.js';
import { addContext, instanceOf, isBroken, ruleName } from './rules.js';
import type { Check, Rule } from './rules.js';
import type { ErrorMaker, Run } from './run.js';

/** The value that is checked, and where it is. */
export interface Place {
  readonly object: object;
  readonly value: unknown;
  readonly property: string;
}

/** What checks need besides the value. */
export interface Checking {
  readonly errors: ErrorMaker;
  readonly stopAtFirstError: boolean;
  /** The name of the class that the rules are of. */
  readonly targetName: string;
}

/** Makes the checks of rules. Returns the property's error: the given one, or a new one if the first rule was broken. */
export function checkRules(
  checking: Checking,
  run: Run,
  rules: readonly Rule[],
  place: Place,
  error: ValidationError | undefined,
): ValidationError | undefined {
  for (const { metadata, checks } of rules) {
    if (metadata.validateIf && !metadata.validateIf(place.object, place.value)) continue;
    for (const check of checks) {
      if (checking.stopAtFirstError && isBroken(error)) continue;
      const isWell = ask(check, metadata, place, checking.targetName);
      if (isWell === true) continue;
      error ??= checking.errors.make(place.object, place.value, place.property);
      if (isWell !== false) run.wait(later(checking.errors, run, isWell, error, place, metadata, check));
      else if (!checking.errors.record(run, error, place.object, place.value, metadata, check)) return error;
    }
  }
  return error;
}

/** What one check says of the value, or of all its elements. */
function ask(
  check: Check,
  metadata: ValidationMetadata,
  { object, value }: Place,
  targetName: string,
): boolean | PromiseLike<unknown> {
  const args: ValidationArguments = {
    targetName,
    property: metadata.propertyName,
    object,
    value,
    constraints: metadata.constraints,
  };
  if (!metadata.each || !isCollection(value)) {
    const answer: unknown = instanceOf(check).validate(value, args);
    return isPromise(answer) ? answer : Boolean(answer);
  }
  const answers = elementsOf(value).map((element): unknown => instanceOf(check).validate(element, args));
  if (!answers.some(isPromise)) return answers.every(Boolean);
  return Promise.all(answers.map((answer) => (isPromise(answer) ? answer : Promise.resolve(answer)))).then((all) =>
    all.every(Boolean),
  );
}

/** What becomes of a check whose answer is not there yet. */
function later(
  errors: ErrorMaker,
  run: Run,
  answer: PromiseLike<unknown>,
  error: ValidationError,
  { object, value }: Place,
  metadata: ValidationMetadata,
  check: Check,
): Promise<unknown> {
  return answer.then((isWell) => {
    if (isWell) return;
    // oxlint-disable-next-line typescript/only-throw-error -- it is no error, and must cost no stack
    if (!errors.record(run, error, object, value, metadata, check)) throw SPENT;
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
