/** The rules of one property, sorted once. */
import type { ValidationArguments, ValidationError } from 'class-validator';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { ConstraintMetadata } from 'class-validator/types/metadata/ConstraintMetadata.js';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import type { ValidatorConstraintInterface } from 'class-validator/types/validation/ValidatorConstraintInterface.js';
import type { ConstraintOf } from '../../payload-options.js';
import type { Decide } from './known/decide.js';
import { isWrapper } from './wrapper.js';

/** One check of a rule. A rule has several if its constraint class was registered under several names. */
export interface Check {
  readonly metadata: ConstraintMetadata;
  /**
   * The methods of the library's own wrapper of a function: they need no instance. Another constraint is asked from the
   * container at every use, unless an application has built it.
   */
  readonly wrapper: ValidatorConstraintInterface | undefined;
  /** The instance that the check is made with. */
  readonly instance: () => ValidatorConstraintInterface;
  /** Makes the check. */
  readonly ask: (value: unknown, args: ValidationArguments) => unknown;
  /** Decides it for many values, where it is known to be class-validator's own. */
  readonly decide?: Decide;
  /** The message that was written last. */
  written?: WrittenMessage;
}

/** A message whose tokens, none of which is the value, have been replaced, and what they stood for. */
export interface WrittenMessage {
  /** With its tokens; `undefined` if it is the same for every value. */
  readonly message: string | undefined;
  readonly targetName: unknown;
  readonly constraints: readonly unknown[];
  readonly text: string;
}

/** One decorator on a property. */
export interface Rule {
  readonly metadata: ValidationMetadata;
  readonly checks: readonly Check[];
}

/** All that the decorators on one property of one class say, under the plan's groups. */
export interface PropertyRules {
  readonly name: string;
  /** Conditions (@IsOptional, @ValidateIf): all are asked, and if one says no, nothing is checked. */
  readonly conditions: readonly ValidationMetadata[];
  /** @IsDefined, which is checked even where missing values are skipped. */
  readonly defined: readonly Rule[];
  /** All other checks. */
  readonly custom: readonly Rule[];
  /** @ValidateNested. */
  readonly nested: readonly Rule[];
  /** All but {@link defined}, in their order. */
  readonly others: readonly Rule[];
  /** @ValidatePromise. */
  readonly awaitsValue: boolean;
  /** Whether there are no other rules than {@link custom}. */
  readonly isPlain: boolean;
}

/** Sorts the rules of one property by what they do. */
export function compileRules(
  name: string,
  metadatas: readonly ValidationMetadata[],
  constraintOf?: ConstraintOf,
): PropertyRules {
  const conditions: ValidationMetadata[] = [];
  const byType = { defined: [] as Rule[], custom: [] as Rule[], nested: [] as Rule[], others: [] as Rule[] };
  let awaitsValue = false;
  for (const metadata of metadatas) {
    const { type } = metadata;
    if (type === ValidationTypes.WHITELIST) continue;
    const rule: Rule = { metadata, checks: checksOf(metadata, constraintOf) };
    (type === ValidationTypes.IS_DEFINED ? byType.defined : byType.others).push(rule);
    if (type === ValidationTypes.CUSTOM_VALIDATION) byType.custom.push(rule);
    else if (type === ValidationTypes.NESTED_VALIDATION) byType.nested.push(rule);
    else if (type === ValidationTypes.CONDITIONAL_VALIDATION) conditions.push(metadata);
    else if (type === ValidationTypes.PROMISE_VALIDATION) awaitsValue = true;
  }
  const isPlain = byType.defined.length + byType.nested.length === 0;
  return { name, conditions, awaitsValue, isPlain, ...byType };
}

function checksOf({ constraintCls }: ValidationMetadata, constraintOf: ConstraintOf | undefined): Check[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .map((metadata) => checkOf(metadata, constraintOf));
}

function checkOf(metadata: ConstraintMetadata, constraintOf: ConstraintOf | undefined): Check {
  if (isWrapper(metadata.target)) {
    const wrapper = metadata.target.prototype as ValidatorConstraintInterface & { readonly validate: Check['ask'] };
    return { metadata, wrapper, instance: () => wrapper, ask: wrapper.validate };
  }
  const instance = (): ValidatorConstraintInterface =>
    (constraintOf?.(metadata.target) as ValidatorConstraintInterface | undefined) ?? metadata.instance;
  return { metadata, wrapper: undefined, instance, ask: (value, args) => instance().validate(value, args) };
}

/** The name under which an error tells of a rule. */
export function ruleName(metadata: ValidationMetadata, check: Check | undefined): string {
  return check?.metadata.name ? check.metadata.name : metadata.type;
}

/** Adds what the rules' `context` says to the error, for each rule that was broken. */
export function addContexts(error: ValidationError, rules: readonly Rule[]): void {
  for (const { metadata, checks } of rules) {
    if (!metadata.context) continue;
    const first = metadata.type === ValidationTypes.CUSTOM_VALIDATION ? checks[0] : undefined;
    const name = ruleName(metadata, first);
    if (error.constraints?.[name]) addContext(error, name, metadata);
  }
}

/** Adds one rule's `context` to the error. */
export function addContext(error: ValidationError, name: string, metadata: ValidationMetadata): void {
  error.contexts ??= {};
  error.contexts[name] = Object.assign((error.contexts[name] as object | undefined) ?? {}, metadata.context);
}

/** Whether any rule of the property was found broken so far. */
export function isBroken(error: ValidationError | undefined): boolean {
  return error?.constraints !== undefined && Object.keys(error.constraints).length > 0;
}
