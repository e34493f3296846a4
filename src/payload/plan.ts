/** The plans of payloads: one for each class, and arrays of what another plan makes. */
import { IncomingPlan, type PayloadPlan } from './class-plan.js';
import { PayloadCompiler } from './compiled/index.js';
import { RuleSelection } from './compiled/selection.js';
import { inspectPayload, type Inspection } from './inspect/inspect.js';
import { Invalid, MAX_ISSUES } from './invalid.js';
import type { Issue } from '../base/issue.js';
import type { IssueSource } from './invalid.js';
import { CLASS_TO_PLAIN, PLAIN_TO_CLASS } from './nested.js';
import { OutgoingPlan } from './outgoing/outgoing-plan.js';
import { settle } from './payload-options.js';
import type { Class, ConstraintOf, PayloadOptions, SettledOptions } from './payload-options.js';

const NOT_AN_ARRAY: Issue = { path: '', rule: 'array', message: 'must be an array' };

/** The payloads under one set of options: what their classes have in common is looked at once, and so are the rules of each. */
export class Payloads {
  readonly #settled: SettledOptions;
  readonly #rules: RuleSelection;
  #incoming: PayloadCompiler | undefined;
  #outgoing: PayloadCompiler | undefined;

  constructor(
    private readonly options: PayloadOptions = {},
    constraintOf?: ConstraintOf,
  ) {
    this.#settled = settle(options, MAX_ISSUES, constraintOf);
    this.#rules = new RuleSelection(this.#settled.validator);
  }

  /** Looks over a class and all classes nested in it. */
  inspect(type: Class): Inspection {
    return inspectPayload(type, this.options, this.#rules);
  }

  /** Plans the payload of one class. */
  incoming(type: Class): PayloadPlan {
    this.#incoming ??= new PayloadCompiler(this.#settled, PLAIN_TO_CLASS, this.#rules);
    return new IncomingPlan(type, this.#settled, this.#incoming);
  }

  /**
   * Plans what is sent of one class: `run` returns the plain value of an instance, or of a plain object with the
   * properties of the class, or {@link Invalid}. The given value is not changed. Transforms run in the direction
   * `toPlainOnly`, never `toClassOnly`.
   */
  outgoing(type: Class): PayloadPlan {
    this.#outgoing ??= new PayloadCompiler(this.#settled, CLASS_TO_PLAIN, this.#rules);
    return new OutgoingPlan(type, this.#settled, this.#outgoing);
  }
}

/** Plans the payload of one class. */
export function planPayload(type: Class, options?: PayloadOptions): PayloadPlan {
  return new Payloads(options).incoming(type);
}

/** Plans what is sent of one class. */
export function planOutgoing(type: Class, options?: PayloadOptions): PayloadPlan {
  return new Payloads(options).outgoing(type);
}

/** Plans a payload that is an array of what another plan makes. Paths begin with the index: `0.name`. */
export function planArray(element: PayloadPlan): PayloadPlan {
  return new ArrayPlan(element);
}

class ArrayPlan implements PayloadPlan {
  constructor(readonly element: PayloadPlan) {}

  get type(): Class {
    return this.element.type;
  }
  get mode(): 'compiled' | 'library' {
    return this.element.mode;
  }
  get reasons(): readonly string[] {
    return this.element.reasons;
  }

  /** Elements are handled in order, and no further once an answer's worth of them turned out invalid. */
  run(value: unknown): object | Invalid | Promise<object | Invalid> {
    if (!Array.isArray(value)) return Invalid.of(NOT_AN_ARRAY);
    const results: (object | Invalid)[] = [];
    let failures = 0;
    const waiting: Promise<void>[] = [];
    for (const [index, item] of (value as unknown[]).entries()) {
      const result = this.element.run(item);
      if (result instanceof Promise) waiting.push(result.then((late) => void (results[index] = late)));
      else results[index] = result;
      if (result instanceof Invalid && ++failures === MAX_ISSUES) break;
    }
    return waiting.length === 0 ? gather(results) : Promise.all(waiting).then(() => gather(results));
  }
}

function gather(results: (object | Invalid)[]): object | Invalid {
  const failed = results.find((result) => result instanceof Invalid);
  return failed ? new Invalid(elementIssues(results), failed.cause) : results;
}

function elementIssues(results: readonly (object | Invalid)[]): IssueSource {
  return (add) => {
    for (const [index, result] of results.entries()) {
      if (!(result instanceof Invalid)) continue;
      for (const { path, rule, message, context } of result.within(String(index)).issues) {
        if (!add(path, rule, message, context)) return;
      }
    }
  };
}
