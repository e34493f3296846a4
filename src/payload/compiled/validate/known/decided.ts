/** The rules of one property, split into those that are decided here and those that have to be asked. */
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import type { Rule } from '../rules.js';
import type { Decide } from './decide.js';
import { decideOf } from './known-rules.js';

/** A rule that is decided here for many values. */
interface Decided {
  readonly metadata: ValidationMetadata;
  readonly decide: Decide;
}

/** The rules of one property. */
export interface Split {
  readonly decided: readonly Decided[];
  /** The others, in their order. */
  readonly asked: readonly Rule[];
  /** All of them, in their order, for a value that breaks one. */
  readonly all: readonly Rule[];
}

/** Splits rules. It takes some time for each, so it is done when the property is met first. */
export function split(rules: readonly Rule[]): Split {
  const decided: Decided[] = [];
  const asked: Rule[] = [];
  const all = rules.map((rule) => {
    const decide = ofRule(rule);
    if (!decide) {
      asked.push(rule);
      return rule;
    }
    decided.push({ metadata: rule.metadata, decide });
    return { ...rule, checks: rule.checks.map((check) => ({ ...check, decide })) };
  });
  return { decided, asked, all };
}

function ofRule({ metadata, checks }: Rule): Decide | undefined {
  const [check, another] = checks;
  if (!check?.wrapper || another || metadata.validateIf) return undefined;
  return decideOf(metadata, check.metadata);
}

/** Whether a value keeps the rules, so that none of them has to be asked; `false` if that is not known. */
export function passes(rules: readonly Decided[], value: unknown): boolean {
  for (const { metadata, decide } of rules) {
    const { constraints } = metadata;
    const first: unknown = constraints?.[0];
    const second: unknown = constraints?.[1];
    if (metadata.each && typeof value === 'object') {
      if (!Array.isArray(value)) return false;
      for (const item of value as unknown[]) if (decide(item, first, second) !== true) return false;
    } else if (decide(value, first, second) !== true) return false;
  }
  return true;
}
