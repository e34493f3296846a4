/** The options of payload plans, as users write them and as plans use them. */
import type { ClassTransformOptions } from 'class-transformer';
import type { ValidatorOptions } from 'class-validator';

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
}

/** {@link PayloadOptions} with the defaults filled in: a copy that nobody changes after boot. */
export interface SettledOptions {
  readonly transform: Readonly<ClassTransformOptions>;
  readonly validator: Readonly<ValidatorOptions>;
  readonly shape: 'declared' | 'library';
  /** Validation stops at the broken rule after this many. */
  readonly maxIssues: number;
}

/** Copies the options, fills in the defaults and freezes the result. */
export function settle(options: PayloadOptions, maxIssues: number): SettledOptions {
  return {
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
