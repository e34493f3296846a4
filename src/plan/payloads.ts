import {
  inspectPayload,
  payloadPlanner,
  type PayloadOptions,
  type PayloadPlan,
  type PayloadProblem,
} from '../payload/index.js';
import type { SetupProblem } from '../errors.js';
import type { Class } from '../reflect.js';
import { isForeign, isPrimitive } from './fit.js';

/** The payload plans of an application: one for each class under the same options, however many parameters take it. */
export class PayloadPlans {
  readonly #plans = new Map<PayloadOptions, PlansOfOptions>();
  readonly #problems = new Map<Class, readonly PayloadProblem[]>();

  /** What is wrong with a type that values are to fit, as far as boot can see. */
  typeProblems(type: unknown): readonly Omit<SetupProblem, 'where'>[] {
    if (typeof type !== 'function' || type === Object || isPrimitive(type)) return [];
    if (isForeign(type)) return [foreignProblem(type)];
    return this.#problemsOf(type as Class).map(({ path, what, mend }) => ({ what: `${path}: ${what}`, mend }));
  }

  #problemsOf(type: Class): readonly PayloadProblem[] {
    const problems = this.#problems.get(type) ?? inspectPayload(type as never);
    this.#problems.set(type, problems);
    return problems;
  }

  of(type: Class, options: PayloadOptions): PayloadPlan {
    const plans = this.#plans.get(options) ?? { plan: payloadPlanner(options), byType: new Map<Class, PayloadPlan>() };
    this.#plans.set(options, plans);
    const plan = plans.byType.get(type) ?? plans.plan(type as never);
    plans.byType.set(type, plan);
    return plan;
  }
}

interface PlansOfOptions {
  readonly plan: ReturnType<typeof payloadPlanner>;
  readonly byType: Map<Class, PayloadPlan>;
}

function foreignProblem({ name }: Function): Omit<SetupProblem, 'where'> {
  return {
    what: `the type is ${name}, which never comes over the wire.`,
    mend: 'take a string or a number, or a class whose property is made with @Type and @Transform.',
  };
}
