/** The options of payload plans, as users write them and as plans use them. */
import type { ClassTransformOptions } from 'class-transformer';
import type { ValidatorOptions } from 'class-validator';
import type { EventContext } from '../base/context.js';
import type { Issue } from '../base/issue.js';

/** A class whose instances are payloads. */
export type Class = new (...args: never[]) => object;

/** The two libraries' own options for one payload. */
export interface PayloadOptions {
  /** Handed to class-transformer's `plainToInstance`. */
  readonly transform?: ClassTransformOptions;
  /**
   * Handed to class-validator's `validate`, over these defaults: `whitelist: true` (keys without a rule are stripped),
   * `forbidUnknownValues: true`, `stopAtFirstError: false`.
   */
  readonly validator?: ValidatorOptions;
  /**
   * Whether values must have the shape that the class declares, which the libraries do not ask: `declared`, the default,
   * refuses an array where a class is declared, another value where an array is, and a missing nested object; `library`
   * leaves all that to the rules.
   */
  readonly shape?: 'declared' | 'library' | undefined;
  /**
   * Words an issue for a client, for example in its language: `issue.context` is what the rule's decorator says. What it
   * throws is logged, and the client reads the message as it was.
   */
  readonly message?: MessageOf | undefined;
}

const options: Readonly<Record<keyof PayloadOptions, true>> = {
  validator: true,
  transform: true,
  shape: true,
  message: true,
};

const transforms: Readonly<Record<keyof ClassTransformOptions, true>> = {
  strategy: true,
  excludeExtraneousValues: true,
  groups: true,
  version: true,
  excludePrefixes: true,
  ignoreDecorators: true,
  targetMaps: true,
  enableCircularCheck: true,
  enableImplicitConversion: true,
  exposeDefaultValues: true,
  exposeUnsetFields: true,
};

const validators: Readonly<Record<keyof ValidatorOptions, true>> = {
  enableDebugMessages: true,
  skipUndefinedProperties: true,
  skipNullProperties: true,
  skipMissingProperties: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  groups: true,
  always: true,
  strictGroups: true,
  dismissDefaultMessages: true,
  validationError: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
};

/** The names of the options of a payload, and of those that the libraries take. */
export const payloadKeys: readonly string[] = Object.keys(options);
export const transformKeys: readonly string[] = Object.keys(transforms);
export const validatorKeys: readonly string[] = Object.keys(validators);

/** Returns the message of an issue for the client of a call. */
export type MessageOf = (issue: Issue, context: EventContext) => string;

/** {@link PayloadOptions} with the defaults filled in: a copy that does not change after boot. */
export interface SettledOptions {
  readonly transform: Readonly<ClassTransformOptions>;
  readonly validator: Readonly<ValidatorOptions>;
  readonly shape: 'declared' | 'library';
  /** Returns the instance of a constraint class that an application builds; for other classes `undefined`. */
  readonly constraintOf: ConstraintOf | undefined;
  /** Validation stops at the broken rule after this many. */
  readonly maxIssues: number;
}

/** Returns the instance of a constraint class, if it is not class-validator that builds it. */
export type ConstraintOf = (type: Function) => object | undefined;

/** Copies the options, fills in the defaults and freezes the result. */
export function settle(options: PayloadOptions, maxIssues: number, constraintOf?: ConstraintOf): SettledOptions {
  return {
    constraintOf,
    maxIssues,
    shape: options.shape ?? 'declared',
    transform: frozenCopy({ ...options.transform }),
    validator: frozenCopy({
      whitelist: true,
      forbidUnknownValues: true,
      stopAtFirstError: false,
      ...options.validator,
    }),
  };
}

function frozenCopy<T extends object>(options: T): Readonly<T> {
  for (const [key, value] of Object.entries(options)) {
    if (Array.isArray(value)) Object.assign(options, { [key]: Object.freeze([...(value as unknown[])]) });
  }
  return Object.freeze(options);
}
