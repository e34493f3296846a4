/** Facts → the frozen plan: looks everything up and decides everything, once. */
import { eachOf, unlessFaulty, type KnownMistakes, type Step } from '../../base/boot/report.js';
import type { MiddlewareLike } from '../../base/middleware.js';
import type { PayloadOptions } from '../../payload/index.js';
import type { Class } from '../../base/reflect.js';
import { ApplicationPlan } from './application.js';
import { planArguments } from './arguments/plan-arguments.js';
import { duplicateKeys, planBackground, serviceProblem } from './background-work.js';
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

  /** @param known a class with a mistake is not built */
  constructor(
    readonly options: CompileOptions,
    known: KnownMistakes,
  ) {
    this.#instances = new Instances(options.container, known);
  }

  /** Controllers with mistakes are not added. */
  *add(controllers: readonly ControllerFacts[]): Step<void> {
    const plans = yield* unlessFaulty(eachOf(controllers, (facts) => this.controller(facts)));
    for (const group of groupBy(controllers, ({ type }) => type)) this.#background.push(...(yield* this.#work(group)));
    this.#controllers.push(...(plans ?? []));
  }

  /** Builds services, and plans their background work. */
  *addServices(services: readonly Class[]): Step<void> {
    for (const type of new Set(services)) {
      const problem = serviceProblem(type);
      if (problem && (yield problem)) continue;
      if (yield* this.#instances.build(type)) {
        this.#background.push(...(yield* planBackground({ type, scoped: false }, this.#instances)));
      }
    }
  }

  /** The singletons that classes of a connection or call take. */
  get singletons(): ReadonlySet<unknown> {
    return this.#instances.singletons;
  }

  /** Looks, once all is added, for mistakes of several classes together. */
  *checkTogether(): Step<void> {
    yield* this.#instances.prepare(this.options.use);
    yield* this.#instances.checkScopes();
    yield* duplicateKeys(this.#background);
  }

  /** The work of one class, once for all namespaces that it serves. */
  *#work(group: readonly ControllerFacts[]): Step<BackgroundPlan[]> {
    const { type, instance } = group[0]!;
    if (instance) return [];
    const paths = group.map(({ namespace }) => namespace.path);
    const scoped = group.some(isScoped);
    return yield* planBackground({ type, paths, scoped }, this.#instances);
  }

  /** The plan of all that was added. */
  plan(): ApplicationPlan {
    const chain: Chain = (uses, last) => this.#chain(uses, last);
    return new ApplicationPlan(this.#controllers, this.#background, this.options, chain);
  }

  /** The handlers of one class in one namespace, without adding them to the plan. */
  *controller(facts: ControllerFacts): Step<ControllerPlan> {
    const payload = mergePayloadOptions(this.options.payload, facts.namespace.options.payload);
    const target = yield* this.#instances.target(facts);
    const ofErrors = facts.handlers.filter(({ kind }) => kind === 'error');
    const errors = (yield* eachOf(ofErrors, (handler) => this.#error(target, handler))).toSorted(mostDerivedFirst);
    const handlers: { readonly facts: HandlerFacts; readonly plan: HandlerPlan }[] = [];
    for (const handler of facts.handlers) {
      if (handler.kind === 'error') continue;
      handlers.push({ facts: handler, plan: yield* this.#handler(facts, target, handler, payload, errors) });
    }
    yield* this.#instances.prepare([...this.options.use, ...facts.uses]);
    yield* this.buildConstraints();
    return { facts, handlers, errors };
  }

  /** Builds the constraints of all payloads that were planned. */
  *buildConstraints(): Step<void> {
    const { container, payloads } = this.options;
    yield* payloads.constraints.build(container, (type) => this.#instances.build(type));
  }

  *#error(target: Target, handler: HandlerFacts): Step<ErrorPlan> {
    const { label, errorType, method } = handler;
    const args = yield* planArguments(handler, {}, this.options.payloads);
    const run = throwing(invoke(target, method, args));
    return Object.freeze({ label, run, ...(errorType ? { errorType } : {}) });
  }

  *#handler(
    controller: ControllerFacts,
    target: Target,
    handler: HandlerFacts,
    payload: PayloadOptions,
    errors: readonly ErrorPlan[],
  ): Step<HandlerPlan> {
    const args = yield* planArguments(handler, payload, this.options.payloads);
    const isMessage = handler.kind === 'event' || handler.kind === 'any';
    const run = invoke(target, handler.method, args);
    const { returns } = handler.options;
    const outgoing =
      returns === undefined ? undefined : yield* planReturns(handler.label, returns, payload, this.options.payloads);
    const uses = isMessage ? [...this.options.use, ...controller.uses, ...handler.uses] : handler.uses;
    if (uses.length > 0) yield* this.#instances.prepare(uses);
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
