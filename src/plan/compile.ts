/** Facts → the frozen plan: looks everything up and decides everything, once. */
import type { DependencyContainer } from '../container.js';
import type { EventContext } from '../context.js';
import type { SetupProblem } from '../errors.js';
import type { MiddlewareLike } from '../middleware.js';
import type { PayloadOptions } from '../payload/index.js';
import type { Class } from '../reflect.js';
import { planArguments } from './arguments.js';
import { planBackground, serviceProblem } from './background.js';
import { compose } from './compose.js';
import type { EmitsPlan } from './emits.js';
import type { ControllerFacts, HandlerFacts } from './facts.js';
import { Instances, middlewareName, type Target } from './instances.js';
import { invoke, throwing } from './invoke.js';
import { planMoment, rememberRefusal } from './moments.js';
import { mergePayloadOptions } from './options.js';
import { PayloadPlans } from './payloads.js';
import { anyPath, mainPath, patternOf, precedence } from './path.js';
import { describeBackground, describeEmits, describeRows } from './table.js';
import type { BackgroundPlan, ErrorPlan, HandlerPlan, NamespacePlan, Plan } from './types.js';

export interface CompileOptions {
  readonly container: DependencyContainer;
  /** Wraps everything, outermost first. */
  readonly use: readonly MiddlewareLike[];
  readonly payload: PayloadOptions;
  /** Milliseconds that a handler may take. */
  readonly timeout: number;
  /** Whether the server is the user's own, whose other namespaces are not ours. */
  readonly ownServer: boolean;
  /** What may be sent, where that is declared. */
  readonly emits: EmitsPlan | undefined;
}

/** The handlers of one class in one namespace. */
export interface ControllerPlan {
  readonly facts: ControllerFacts;
  readonly handlers: readonly { readonly facts: HandlerFacts; readonly plan: HandlerPlan }[];
  readonly errors: readonly ErrorPlan[];
}

/** Compiles controllers as they come, and makes the plan of all. */
export class Compiler {
  readonly #instances: Instances;
  readonly #payloads = new PayloadPlans();
  readonly #controllers: ControllerPlan[] = [];
  readonly #background: BackgroundPlan[] = [];

  /** Mistakes are added to `problems`. */
  constructor(
    private readonly options: CompileOptions,
    private readonly problems: SetupProblem[],
  ) {
    this.#instances = new Instances(options.container, problems);
  }

  /** What was added so far. */
  get facts(): readonly ControllerFacts[] {
    return this.#controllers.map(({ facts }) => facts);
  }

  /** Controllers with mistakes are not added. */
  add(controllers: readonly ControllerFacts[]): void {
    const before = this.problems.length;
    const plans = controllers.map((facts) => this.#controller(facts));
    const background = groupByType(controllers).flatMap((group) => this.#work(group));
    if (this.problems.length > before) return;
    this.#controllers.push(...plans);
    this.#background.push(...background);
  }

  /** Builds services, and plans their background work. */
  addServices(services: readonly Class[]): void {
    for (const type of new Set(services)) {
      const problem = serviceProblem(type);
      if (problem) this.problems.push(problem);
      else if (this.#instances.build(type)) {
        this.#background.push(...planBackground({ type, scoped: false }, this.#instances, this.problems));
      }
    }
  }

  /** The work of one class, once for all namespaces that it serves. */
  #work(group: readonly ControllerFacts[]): BackgroundPlan[] {
    const { type, instance } = group[0]!;
    if (instance) return [];
    const paths = group.map(({ namespace }) => namespace.path);
    const scoped = group.some(({ namespace }) => namespace.options.scope === 'connection');
    return planBackground({ type, paths, scoped }, this.#instances, this.problems);
  }

  plan(): Plan {
    const { emits } = this.options;
    const namespaces = groupByPath(this.#controllers).map((group) =>
      this.#namespace(group[0]!.facts.namespace.path, group),
    );
    const fallback = namespaces.find(({ path }) => path === anyPath);
    if (!namespaces.some(({ path }) => path === mainPath)) namespaces.push(...this.#main(fallback));
    return Object.freeze({
      namespaces: Object.freeze(namespaces.map((each) => withFallback(each, fallback)).toSorted(byPrecedence)),
      rows: Object.freeze([
        ...describeRows(this.#controllers),
        ...describeBackground(this.#background),
        ...(emits ? describeEmits(emits) : []),
      ]),
      background: Object.freeze([...this.#background]),
    });
  }

  #controller(facts: ControllerFacts): ControllerPlan {
    const payload = mergePayloadOptions(this.options.payload, facts.namespace.options.payload);
    const target = this.#instances.target(facts);
    const errors = facts.handlers
      .filter(({ kind }) => kind === 'error')
      .map((handler) => this.#error(target, handler))
      .toSorted(mostDerivedFirst);
    const handlers = facts.handlers
      .filter(({ kind }) => kind !== 'error')
      .map((handler) => ({ facts: handler, plan: this.#handler(facts, target, handler, payload, errors) }));
    return { facts, handlers, errors };
  }

  #error(target: Target, handler: HandlerFacts): ErrorPlan {
    const { label, errorType, method } = handler;
    const run = throwing(invoke(target, method, planArguments(handler, {}, this.#payloads, this.problems)));
    return Object.freeze({ label, run, ...(errorType ? { errorType } : {}) });
  }

  #handler(
    controller: ControllerFacts,
    target: Target,
    handler: HandlerFacts,
    payload: PayloadOptions,
    errors: readonly ErrorPlan[],
  ): HandlerPlan {
    const args = planArguments(handler, payload, this.#payloads, this.problems);
    const isMessage = handler.kind === 'event' || handler.kind === 'any';
    const run = invoke(target, handler.method, args);
    const thrown = handler.kind === 'connect' ? rememberRefusal(throwing(run)) : throwing(run);
    const uses = isMessage ? [...this.options.use, ...controller.uses, ...handler.uses] : handler.uses;
    return Object.freeze({
      label: handler.label,
      kind: isMessage ? 'event' : (handler.kind as HandlerPlan['kind']),
      event: handler.event,
      arguments: args,
      middleware: uses.map(middlewareName),
      answersByHand: handler.params.some(({ metadata }) => metadata?.kind === 'ack'),
      timeout: handler.options.timeout ?? this.options.timeout,
      run: isMessage && uses.length === 0 ? run : this.#chain(uses, thrown),
      errors,
      emissions: handler.emissions,
    });
  }

  #chain(uses: readonly MiddlewareLike[], last: (context: EventContext) => unknown): HandlerPlan['run'] {
    return compose(
      uses.map((each) => this.#instances.middleware(each)),
      last,
    );
  }

  /** Socket.IO always has the main namespace; where nobody declares it, `*` serves it, else it has no handlers. */
  #main(fallback: NamespacePlan | undefined): NamespacePlan[] {
    if (fallback) return [{ ...fallback, path: mainPath, label: mainPath, pattern: undefined }];
    return this.options.ownServer ? [] : [this.#namespace(mainPath, [])];
  }

  #namespace(path: string | RegExp, controllers: readonly ControllerPlan[]): NamespacePlan {
    const handlers = controllers.flatMap((controller) => controller.handlers);
    const events = handlers.filter(({ facts }) => facts.kind === 'event');
    const moment = (kind: 'connect' | 'disconnect'): HandlerPlan | undefined =>
      planMoment(kind, controllers, this.options, (uses, last) => this.#chain(uses, last));
    return {
      path,
      label: String(path),
      pattern: patternOf(path),
      events: new Map(events.map(({ plan }) => [plan.event, plan])),
      any: handlers.find(({ facts }) => facts.kind === 'any')?.plan,
      connect: moment('connect'),
      disconnect: moment('disconnect'),
      join: handlers.filter(({ facts }) => facts.kind === 'join').map(({ plan }) => plan),
      leave: handlers.filter(({ facts }) => facts.kind === 'leave').map(({ plan }) => plan),
    };
  }
}

function groupByType(controllers: readonly ControllerFacts[]): ControllerFacts[][] {
  return groupBy(controllers, ({ type }) => type);
}

function groupByPath(plans: readonly ControllerPlan[]): ControllerPlan[][] {
  return groupBy(plans, ({ facts }) => String(facts.namespace.path));
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => unknown): Item[][] {
  const groups = new Map<unknown, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

/**
 * What nothing in its own namespace handles goes to the namespace `*`: its exact events, then its catch-all.
 * Connections and disconnections never do.
 */
function withFallback(namespace: NamespacePlan, fallback: NamespacePlan | undefined): NamespacePlan {
  if (!fallback || namespace === fallback || namespace.any) return Object.freeze(namespace);
  return Object.freeze({
    ...namespace,
    events: new Map([...fallback.events, ...namespace.events]),
    any: fallback.any,
  });
}

function byPrecedence(a: NamespacePlan, b: NamespacePlan): number {
  return precedence(a.path) - precedence(b.path);
}

function mostDerivedFirst(a: ErrorPlan, b: ErrorPlan): number {
  return depth(b.errorType) - depth(a.errorType);
}

function depth(type: unknown): number {
  return typeof type === 'function' ? 1 + depth(Object.getPrototypeOf(type)) : 0;
}
