/** Facts → the frozen plan: looks everything up and decides everything, once. */
import type { Problems } from '../../base/boot/report.js';
import type { MiddlewareLike } from '../../base/middleware.js';
import type { PayloadOptions } from '../../payload/index.js';
import type { Class } from '../../base/reflect.js';
import { ApplicationPlan } from './application.js';
import { planArguments } from './arguments/plan-arguments.js';
import { duplicateKeys, planBackground, serviceProblems } from './background-work.js';
import { compose, type Chain, type Run } from './compose.js';
import type { CompileOptions, ControllerPlan } from './controller-plan.js';
import type { ControllerFacts, HandlerFacts } from '../scan/facts.js';
import { groupBy } from '../../base/group-by.js';
import { Instances, isScoped, middlewareName, type Target } from './instances.js';
import { planReturns, type Outgoing } from '../emits/returns.js';
import { isThenable, promiseOf } from '../../base/thenable.js';
import { invoke, throwing } from './invoke.js';
import { rememberRefusal } from './lifecycle.js';
import { mergePayloadOptions } from './arguments/merge-options.js';
import type { BackgroundPlan, ErrorPlan, HandlerPlan } from './types.js';

/** Compiles controllers, and makes the plan of all. */
export class Compiler {
  readonly #instances: Instances;
  readonly #controllers: ControllerPlan[] = [];
  readonly #background: BackgroundPlan[] = [];

  /** Mistakes are added to `problems`. */
  constructor(
    readonly options: CompileOptions,
    private readonly problems: Problems,
  ) {
    this.#instances = new Instances(options.container, problems);
  }

  /** Controllers with mistakes are not added. */
  add(controllers: readonly ControllerFacts[]): void {
    const before = this.problems.length;
    const plans = controllers.map((facts) => this.controller(facts));
    const background = groupBy(controllers, ({ type }) => type).flatMap((group) => this.#work(group));
    this.#background.push(...background);
    if (this.problems.length > before) return;
    this.#controllers.push(...plans);
  }

  /** Builds services, and plans their background work. */
  addServices(services: readonly Class[]): void {
    for (const type of new Set(services)) {
      const before = this.problems.length;
      this.problems.push(...serviceProblems(type));
      if (this.problems.length === before && this.#instances.build(type)) {
        this.#background.push(...planBackground({ type, scoped: false }, this.#instances, this.problems));
      }
    }
  }

  /** The singletons that classes of a connection or call take. */
  get singletons(): ReadonlySet<unknown> {
    return this.#instances.singletons;
  }

  /** Looks, once all is added, for mistakes of several classes together. */
  checkTogether(): void {
    this.#instances.checkScopes();
    this.problems.push(...duplicateKeys(this.#background));
  }

  /** The work of one class, once for all namespaces that it serves. */
  #work(group: readonly ControllerFacts[]): BackgroundPlan[] {
    const { type, instance } = group[0]!;
    if (instance) return [];
    const paths = group.map(({ namespace }) => namespace.path);
    const scoped = group.some(isScoped);
    return planBackground({ type, paths, scoped }, this.#instances, this.problems);
  }

  /** The plan of all that was added. */
  plan(): ApplicationPlan {
    const chain: Chain = (uses, last) => this.#chain(uses, last);
    return new ApplicationPlan(this.#controllers, this.#background, this.options, chain);
  }

  /** The handlers of one class in one namespace, without adding them to the plan. */
  controller(facts: ControllerFacts): ControllerPlan {
    const payload = mergePayloadOptions(this.options.payload, facts.namespace.options.payload);
    const target = this.#instances.target(facts);
    const errors = facts.handlers
      .filter(({ kind }) => kind === 'error')
      .map((handler) => this.#error(target, handler))
      .toSorted(mostDerivedFirst);
    const handlers = facts.handlers
      .filter(({ kind }) => kind !== 'error')
      .map((handler) => ({ facts: handler, plan: this.#handler(facts, target, handler, payload, errors) }));
    this.buildConstraints();
    return { facts, handlers, errors };
  }

  /** Builds the constraints of all payloads that were planned. */
  buildConstraints(): void {
    const { container, payloads } = this.options;
    payloads.constraints.build(container, (type) => this.#instances.build(type), this.problems);
  }

  #error(target: Target, handler: HandlerFacts): ErrorPlan {
    const { label, errorType, method } = handler;
    const run = throwing(invoke(target, method, planArguments(handler, {}, this.options.payloads, this.problems)));
    return Object.freeze({ label, run, ...(errorType ? { errorType } : {}) });
  }

  #handler(
    controller: ControllerFacts,
    target: Target,
    handler: HandlerFacts,
    payload: PayloadOptions,
    errors: readonly ErrorPlan[],
  ): HandlerPlan {
    const args = planArguments(handler, payload, this.options.payloads, this.problems);
    const isMessage = handler.kind === 'event' || handler.kind === 'any';
    const run = invoke(target, handler.method, args);
    const outgoing = planReturns(handler, payload, this.options.payloads, this.problems);
    const uses = isMessage ? [...this.options.use, ...controller.uses, ...handler.uses] : handler.uses;
    const inner = isMessage && uses.length === 0 ? run : this.#chain(uses, thrower(handler, run));
    const answersByHand = handler.params.some(({ metadata }) => metadata?.kind === 'ack');
    return Object.freeze({
      label: handler.label,
      kind: isMessage ? 'event' : (handler.kind as HandlerPlan['kind']),
      event: handler.event,
      arguments: args,
      middleware: uses.map(middlewareName),
      answersByHand,
      timeout: handler.options.timeout ?? this.options.timeout,
      run: outgoing ? answering(inner, outgoing, answersByHand) : inner,
      ...(outgoing ? { outgoing } : {}),
      errors,
      emissions: handler.emissions,
    });
  }

  #chain(uses: readonly MiddlewareLike[], last: Run): Run {
    return compose(
      uses.map((each) => this.#instances.middleware(each)),
      last,
    );
  }
}

/** The same, but what it returns goes the way out that `returns` declares. */
function answering(run: Run, outgoing: Outgoing, answersByHand: boolean): Run {
  const leave = (result: unknown): unknown => (result === undefined && answersByHand ? result : outgoing(result));
  return (context) => {
    const result = run(context);
    return isThenable(result) ? promiseOf(result).then(leave) : leave(result);
  };
}

/** For those who expect a refusal to be thrown. */
function thrower({ kind }: HandlerFacts, run: Run): Run {
  return kind === 'connect' ? rememberRefusal(throwing(run)) : throwing(run);
}

function mostDerivedFirst(a: ErrorPlan, b: ErrorPlan): number {
  return depth(b.errorType) - depth(a.errorType);
}

function depth(type: unknown): number {
  return typeof type === 'function' ? 1 + depth(Object.getPrototypeOf(type)) : 0;
}
