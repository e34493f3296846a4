/** The payload plans that the parameters of an application share. */
import {
  constraintClasses,
  inspectPayload,
  outgoingPlanner,
  payloadPlanner,
  undirectedTransforms,
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
    return this.#problemsOf(type as Class, options).map(({ path, code, what, fix }) => ({
      code,
      what: `${path}: ${what}.`,
      fix: `${fix}.`,
    }));
  }

  #problemsOf(type: Class, options: PayloadOptions): readonly PayloadProblem[] {
    const { problems } = this.#under(options);
    const found = problems.get(type) ?? inspectPayload(type as never, options);
    problems.set(type, found);
    return found;
  }

  of(type: Class, options: PayloadOptions): PayloadPlan {
    const { plan, plans } = this.#under(options);
    const found = plans.get(type) ?? plan(type as never);
    if (!plans.has(type)) this.constraints.add(constraintClasses(type as never, options));
    plans.set(type, found);
    return found;
  }

  /** The plan of what is sent of a class. */
  outgoing(type: Class, options: PayloadOptions): PayloadPlan {
    const { planSent, sent } = this.#under(options);
    const found = sent.get(type) ?? planSent(type as never);
    if (!sent.has(type)) this.constraints.add(constraintClasses(type as never, options));
    sent.set(type, found);
    return found;
  }

  /** The properties that a `@Transform` without a direction changes twice: on the way in and on the way out. */
  transformedTwice(): readonly string[] {
    const of = (plans: 'plans' | 'sent'): Set<string> =>
      new Set(
        [...this.#plans].flatMap(([options, found]) =>
          [...found[plans].keys()].flatMap((type) => undirectedTransforms(type as never, options)),
        ),
      );
    const received = of('plans');
    return [...of('sent')].filter((property) => received.has(property));
  }

  #under(options: PayloadOptions): PlansOfOptions {
    const found = this.#plans.get(options) ?? {
      plan: payloadPlanner(options, this.constraints.of),
      planSent: outgoingPlanner(options, this.constraints.of),
      sent: new Map<Class, PayloadPlan>(),
      plans: new Map<Class, PayloadPlan>(),
      problems: new Map<Class, readonly PayloadProblem[]>(),
    };
    this.#plans.set(options, found);
    return found;
  }
}

interface PlansOfOptions {
  readonly plan: ReturnType<typeof payloadPlanner>;
  readonly planSent: ReturnType<typeof outgoingPlanner>;
  readonly sent: Map<Class, PayloadPlan>;
  readonly plans: Map<Class, PayloadPlan>;
  readonly problems: Map<Class, readonly PayloadProblem[]>;
}

function foreignProblem({ name }: Function): PlacelessProblem {
  return {
    code: 'foreign_type',
    what: `the type is ${name}, which never comes over the wire.`,
    fix: 'take a string or a number, or a class whose property is made with @Type and @Transform; a `parser` of your own may bring it.',
  };
}
