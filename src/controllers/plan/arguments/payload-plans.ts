/** The payload plans that the parameters of an application share. */
import {
  constraintClasses,
  inspectAsynchronous,
  Payloads,
  undirectedTransforms,
  type Inspection,
  type PayloadOptions,
  type PayloadPlan,
  type PayloadProblem,
} from '../../../payload/index.js';
import type { PlacelessProblem } from '../../../base/boot/report.js';
import type { Class } from '../../../base/reflect.js';
import { isForeign, isPrimitive } from './check-value.js';
import { Constraints } from './constraints.js';

/** The payload plans of an application: one for each class under the same options, however many parameters take it. */
export class PayloadPlans {
  readonly #plans = new Map<PayloadOptions, PlansOfOptions>();
  /** The `@ValidatorConstraint` classes of all payloads. */
  readonly constraints = new Constraints();

  /** @param hasParser whether the parser is another than Socket.IO's own, so that it may bring more than JSON and bytes */
  constructor(private readonly hasParser = false) {}

  /** Whether values of a type never come as what they are. `textual`: they come as text, whatever the parser. */
  isForeign(type: unknown, textual = false): boolean {
    return isForeign(type, this.hasParser && !textual);
  }

  /** Returns the problems of a type under these options, as far as boot can see them. */
  typeProblems(type: unknown, options: PayloadOptions, textual = false): readonly PlacelessProblem[] {
    if (typeof type !== 'function' || type === Object || isPrimitive(type)) return [];
    if (this.isForeign(type, textual)) return [foreignProblem(type)];
    if (isForeign(type, false)) return [];
    return this.#under(options)
      .inspect(type as Class)
      .problems.map(placeless);
  }

  /** Returns the rules of a class, and of those nested in it, for which nobody can wait. */
  asynchronousRules(type: Class, options: PayloadOptions): readonly PlacelessProblem[] {
    return inspectAsynchronous(this.#under(options).inspect(type)).map(placeless);
  }

  /** The plan of what comes in as a class. */
  of(type: Class, options: PayloadOptions): PayloadPlan {
    return this.#plan(type, options, 'incoming');
  }

  /** The plan of what is sent of a class. */
  outgoing(type: Class, options: PayloadOptions): PayloadPlan {
    return this.#plan(type, options, 'outgoing');
  }

  /** The properties that a `@Transform` without a direction changes twice: on the way in and on the way out. */
  transformedTwice(): readonly string[] {
    const sent = this.#undirected('outgoing');
    if (sent.size === 0) return [];
    const received = this.#undirected('incoming');
    return [...sent].filter((property) => received.has(property));
  }

  #undirected(direction: WayOfPlan): ReadonlySet<string> {
    const all = [...this.#plans.values()];
    return new Set(
      all.flatMap((found) => [...found[direction].keys()].flatMap((type) => undirectedTransforms(found.inspect(type)))),
    );
  }

  #plan(type: Class, options: PayloadOptions, direction: WayOfPlan): PayloadPlan {
    const found = this.#under(options);
    const known = found[direction].get(type);
    if (known) return known;
    const plan = found.payloads[direction](type as never);
    this.constraints.add(constraintClasses(found.inspect(type)));
    found[direction].set(type, plan);
    return plan;
  }

  #under(options: PayloadOptions): PlansOfOptions {
    const found = this.#plans.get(options) ?? new PlansOfOptions(new Payloads(options, this.constraints.of));
    this.#plans.set(options, found);
    return found;
  }
}

type WayOfPlan = 'incoming' | 'outgoing';

class PlansOfOptions {
  readonly incoming = new Map<Class, PayloadPlan>();
  readonly outgoing = new Map<Class, PayloadPlan>();
  readonly #inspected = new Map<Class, Inspection>();

  constructor(readonly payloads: Payloads) {}

  inspect(type: Class): Inspection {
    const known = this.#inspected.get(type);
    if (known) return known;
    const inspection = this.payloads.inspect(type as never);
    this.#inspected.set(type, inspection);
    return inspection;
  }
}

function placeless({ path, code, what, fix }: PayloadProblem): PlacelessProblem {
  return { code, what: `${path}: ${what}.`, fix: `${fix}.` };
}

function foreignProblem({ name }: Function): PlacelessProblem {
  return {
    code: 'foreign_type',
    what: `the type is ${name}, which never comes over the wire.`,
    fix: 'take a string or a number, or a class whose property is made with @Type and @Transform; a `parser` of your own may bring it.',
  };
}
