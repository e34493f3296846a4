/** Compiled validation: the part of class-validator that finds broken rules. */
import type { ValidationError, ValidatorOptions } from 'class-validator';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { BUDGET_EXCEEDED } from '../../bounds.js';
import { settleErrors } from '../../library.js';
import type { Class, SettledOptions } from '../../payload-options.js';
import type { Bag } from '../transform/transform-property.js';
import { checkRules, Validation } from './checks.js';
import type { Checking } from './checks.js';
import { validationMisfit } from '../compilable.js';
import { passes } from './known/decide.js';
import { split, type Split } from './known/split.js';
import { checkNested } from './nested-rules.js';
import type { Nesting, ValidateObject } from './nested-rules.js';
import { addContexts, compileRules } from './rules.js';
import type { PropertyRules, Rule } from './rules.js';
import type { RuleSelection } from '../selection.js';
import type { ErrorMaker } from './error-maker.js';
import type { Watch } from '../watch.js';

/** Adds the error of one property of an object to a list, which is made when the first comes up. */
type ValidateProperty = ValidateObject;

/** Takes the errors away that say nothing, as the library does. */
const stripper = { stripEmptyErrors };

/**
 * Does the work of `validate`, with each class compiled when its first instance is met. Errors are made when a rule is
 * broken. Objects whose class it does not know as well as the library it leaves to the library.
 */
export class CompiledValidator {
  readonly #options: SettledOptions;
  readonly #watch: Watch;
  readonly #errors: ErrorMaker;
  readonly #selection: RuleSelection;
  readonly #nesting: Nesting;
  /** `null` for a class that is left to the library. */
  readonly #classes = new Map<unknown, ValidateObject | null>();

  constructor(options: SettledOptions, watch: Watch, errors: ErrorMaker, selection: RuleSelection) {
    this.#options = options;
    this.#watch = watch;
    this.#errors = errors;
    this.#selection = selection;
    this.#nesting = {
      errors,
      stopAtFirstError: Boolean(options.validator.stopAtFirstError),
      validateObject: this.#validateObject,
      skips: skipsOf(options.validator),
    };
  }

  /** The errors of an instance, empty if all is well; a promise only if there is something to wait for. */
  validate(instance: object): ValidationError[] | Promise<ValidationError[]> {
    const run = new Validation(this.#options);
    // A promise may add to the list later.
    const errors = this.#validateObject(run, instance, undefined) ?? [];
    if (errors.length === 0 && !run.awaiting) return errors;
    return settleErrors(stripper, run.awaiting ?? [], errors, run);
  }

  readonly #validateObject: ValidateObject = (run, object, errors) => {
    const validate = this.#validateOf(object.constructor);
    if (validate) return validate(run, object, errors);
    errors ??= [];
    run.library(object, errors);
    return errors;
  };

  #validateOf(type: unknown): ValidateObject | null {
    let validate = this.#classes.get(type);
    if (validate === undefined) {
      const rules = typeof type === 'function' ? this.#selection.of(type) : [];
      validate = validationMisfit(type, rules) ? null : this.#compile(type as Class, rules);
      this.#classes.set(type, validate);
    }
    return validate;
  }

  #compile(type: Class, metadatas: readonly ValidationMetadata[]): ValidateObject {
    this.#watch.add(type);
    if (metadatas.length === 0 && this.#options.validator.forbidUnknownValues !== false) {
      return (_run, object, errors) => append(errors, this.#errors.unknown(object));
    }
    const grouped = getMetadataStorage().groupByPropertyName([...metadatas]);
    const known = new Set(Object.keys(grouped));
    const checking: Checking = { ...this.#nesting, targetName: type.name };
    const properties = Object.keys(grouped).map((name) => {
      const rules = compileRules(name, grouped[name] ?? [], this.#options.constraintOf);
      for (const { checks } of [...rules.defined, ...rules.custom]) {
        for (const { metadata, wrapper } of checks) if (!wrapper) this.#watch.addConstraint(metadata.target);
      }
      return this.#compileProperty(rules, checking);
    });
    const { whitelist } = this.#options.validator;
    return (run, object, errors) => {
      if (whitelist) errors = this.#strip(object as Bag, known, errors);
      for (const property of properties) {
        errors = property(run, object, errors);
        if (run.isSpent) break;
      }
      return errors;
    };
  }

  /** Deletes the keys that have no rule, or tells of them. */
  #strip(
    object: Bag,
    known: ReadonlySet<string>,
    errors: ValidationError[] | undefined,
  ): ValidationError[] | undefined {
    const isForbidden = Boolean(this.#options.validator.forbidNonWhitelisted);
    let unknown: string[] | undefined;
    for (const key in object) {
      if (!known.has(key) && Object.hasOwn(object, key)) (unknown ??= []).push(key);
    }
    for (const key of unknown ?? []) {
      if (isForbidden) {
        const error = this.#errors.make(object, object[key], key);
        error.constraints = { [ValidationTypes.WHITELIST]: `property ${key} should not exist` };
        error.children = undefined as unknown as ValidationError[];
        errors = append(errors, error);
      } else delete object[key];
    }
    return errors;
  }

  #compileProperty(rules: PropertyRules, checking: Checking): ValidateProperty {
    const { name } = rules;
    let parts: Split | undefined;
    return (run, object, errors) => {
      const value = (object as Bag)[name];
      if (rules.awaitsValue && value instanceof Promise) {
        const list = errors ?? [];
        const whenThere = (late: unknown): void => {
          run.resume();
          if (!isAsked(rules, object, late)) return;
          const error = this.#checkProperty(rules, rules.custom, checking, run, object, late);
          if (error) list.push(error);
          // oxlint-disable-next-line typescript/only-throw-error -- it is no error, and must cost no stack
          if (run.isSpent) throw BUDGET_EXCEEDED;
        };
        run.wait(value.then(whenThere));
        return list;
      }
      if (!isAsked(rules, object, value)) return errors;
      parts ??= split(rules.custom);
      const custom = passes(parts.decided, value) ? parts.asked : parts.all;
      if (custom.length === 0 && rules.isPlain) return errors;
      const error = this.#checkProperty(rules, custom, checking, run, object, value);
      return error ? append(errors, error) : errors;
    };
  }

  #checkProperty(
    rules: PropertyRules,
    custom: readonly Rule[],
    checking: Checking,
    run: Validation,
    object: object,
    value: unknown,
  ): ValidationError | undefined {
    const place = { object, value, property: rules.name };
    let error: ValidationError | undefined;
    if (rules.defined.length > 0) {
      error = checkRules(checking, run, rules.defined, place, error);
      if (error) addContexts(error, rules.defined);
    }
    if (run.isSpent || this.#nesting.skips(value)) return error;
    error = checkRules(checking, run, custom, place, error);
    if (run.isSpent) return error;
    if (rules.nested.length > 0) error = checkNested(this.#nesting, run, rules.nested, place, error);
    if (error) {
      addContexts(error, rules.others);
      addContexts(error, rules.custom);
    }
    return error;
  }
}

function stripEmptyErrors(errors: ValidationError[]): ValidationError[] {
  return errors.filter((error) => {
    const { children } = error;
    if (children && children.length > 0) error.children = stripEmptyErrors(children);
    for (const _rule in error.constraints) return true;
    if (error.children!.length === 0) return false;
    delete error.constraints;
    return true;
  });
}

/** All conditions are asked, and if one says no, nothing is checked. */
function isAsked({ conditions }: PropertyRules, object: object, value: unknown): boolean {
  let isIt = true;
  for (const { constraints } of conditions) {
    const condition = constraints[0] as (object: object, value: unknown) => boolean;
    if (!condition(object, value)) isIt = false;
  }
  return isIt;
}

function append(errors: ValidationError[] | undefined, error: ValidationError): ValidationError[] {
  if (!errors) return [error];
  errors.push(error);
  return errors;
}

function skipsOf(options: ValidatorOptions): (value: unknown) => boolean {
  const skipsUndefined = options.skipUndefinedProperties === true || options.skipMissingProperties === true;
  const skipsNull = options.skipNullProperties === true || options.skipMissingProperties === true;
  if (!skipsUndefined && !skipsNull) return () => false;
  return (value) => (value === undefined && skipsUndefined) || (value === null && skipsNull);
}
