/** `returns` → the outgoing plan of a handler's result: the answer is checked as emissions are, before it is sent. */
import { Reply } from '../../base/context.js';
import { eachOf, type Step } from '../../base/boot/report.js';
import { Invalid, type Issue, type PayloadOptions } from '../../payload/index.js';
import type { ValueCheck } from '../plan/arguments/check-value.js';
import type { PayloadPlans } from '../plan/arguments/payload-plans.js';
import type { DeclaredAnswer } from '../metadata/types.js';
import { InvalidAnswer } from './declare.js';
import { readDeclared } from './declared.js';
import { fitOutgoing, planDeclared } from './plan.js';

/** Returns what is answered in the place of a result. Throws {@link InvalidAnswer}. */
export type Outgoing = (result: unknown) => unknown;

/** Plans what a handler declares; yields the mistakes. */
export function* planReturns(
  label: string,
  returns: DeclaredAnswer,
  options: PayloadOptions,
  plans: PayloadPlans,
): Step<Outgoing> {
  const { values, acknowledged } = readDeclared(returns);
  const where = `${label}, returns`;
  if (acknowledged) yield { code: 'emits_argument', where, what: 'Function is no answer.', fix: 'leave it out.' };
  const checks = yield* eachOf(values, (value) => planDeclared(value, where, options, plans));
  const fit = (check: ValueCheck, value: unknown, path: string): unknown => fitAnswer(label, check, value, path);
  return (result) => {
    if (result instanceof Invalid) return result;
    const given = result instanceof Reply ? result.values : result === undefined ? [] : [result];
    if (given.length > checks.length) throw new InvalidAnswer(label, [tooMany(given.length, checks.length)]);
    const fitted = checks.map((check, index) => fit(check, given[index], checks.length > 1 ? String(index) : ''));
    return fitted.length > 1 ? new Reply(fitted) : fitted[0];
  };
}

function fitAnswer(label: string, check: ValueCheck, value: unknown, path: string): unknown {
  const fitted = fitOutgoing(check, value);
  if (!(fitted instanceof Invalid)) return fitted;
  const { issues, cause } = path ? fitted.within(path) : fitted;
  throw new InvalidAnswer(label, issues, cause);
}

function tooMany(given: number, declared: number): Issue {
  return { path: '', rule: 'arguments', message: `${given} values are more than the ${declared} declared` };
}
