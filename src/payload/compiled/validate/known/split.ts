/** The rules of one property, split into those that are decided here and those that have to be asked. */
import type { Rule } from '../rules.js';
import type { Decide, Decided } from './decide.js';
import { decideOf } from './known-rules.js';

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
