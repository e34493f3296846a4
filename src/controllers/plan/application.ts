/** All classes joined: the plan of an application. Functions are added in place, at the cost of what is added. */
import type { CompileOptions, ControllerPlan } from './controller-plan.js';
import type { Chain } from './compose.js';
import type { EmitsPlan } from '../emits/plan.js';
import type { PayloadOptions } from '../../payload/index.js';
import { groupBy } from '../../base/group-by.js';
import { planLifecycle } from './lifecycle.js';
import { ANY_PATH, MAIN_PATH, patternOf, precedence } from '../scan/path.js';
import { describeBackground, describeEmits, describeRows } from './table.js';
import type { BackgroundPlan, HandlerPlan, NamespacePlan, PlanRow } from './types.js';

/** A namespace whose table of events is still open to functions. */
interface OpenNamespace extends NamespacePlan {
  readonly events: Map<string, HandlerPlan>;
}

export class ApplicationPlan {
  readonly background: readonly BackgroundPlan[];
  /** By their paths: those that are served, and among them those that were declared. */
  readonly #served = new Map<string, OpenNamespace>();
  readonly #declared = new Map<string, OpenNamespace>();
  readonly #controllers: ControllerPlan[];
  #rows: readonly PlanRow[] | undefined;

  constructor(
    controllers: readonly ControllerPlan[],
    background: readonly BackgroundPlan[],
    private readonly options: CompileOptions,
    private readonly chain: Chain,
  ) {
    this.background = Object.freeze([...background]);
    this.#controllers = [...controllers];
    const groups = groupBy(controllers, ({ facts }) => String(facts.namespace.path)).toSorted(lastFirst);
    for (const group of groups) this.#open(group);
    this.#openMain();
  }

  /** The classes in the order of their declaration, then the functions. */
  get controllers(): readonly ControllerPlan[] {
    return this.#controllers;
  }

  /** The declared emissions, if there are any. */
  get emits(): EmitsPlan | undefined {
    return this.options.emits;
  }

  /** How the payloads of the application are read. */
  get payload(): PayloadOptions {
    return this.options.payload;
  }

  /** Exact paths first, then families in the order of their declaration, `*` last. */
  get namespaces(): readonly NamespacePlan[] {
    return [...this.#served.values()].toSorted((a, b) => precedence(a.path) - precedence(b.path));
  }

  /** The rows of the table, in the order of the classes; made on demand. */
  get rows(): readonly PlanRow[] {
    const { emits } = this.options;
    return (this.#rows ??= Object.freeze([
      ...describeRows(this.#controllers),
      ...describeBackground(this.background),
      ...(emits ? describeEmits(emits) : []),
    ]));
  }

  /** Returns the handler of an event in this namespace; a handler of `*` does not count. */
  handlerOf(path: string | RegExp, event: string): HandlerPlan | undefined {
    const found = this.#declared.get(String(path))?.events.get(event);
    return path !== ANY_PATH && found === this.#fallback?.events.get(event) ? undefined : found;
  }

  /** Adds the handlers of a function. Returns its namespace if that was not declared before. */
  add(controller: ControllerPlan): NamespacePlan[] {
    const { path } = controller.facts.namespace;
    const known = this.#declared.get(String(path));
    const namespace = known ?? this.#open([controller]);
    for (const { plan } of controller.handlers) {
      namespace.events.set(plan.event, plan);
      if (path === ANY_PATH) this.#standIn(plan);
    }
    this.#controllers.push(controller);
    this.#rows = undefined;
    return known ? [] : [namespace];
  }

  get #fallback(): OpenNamespace | undefined {
    return this.#declared.get(ANY_PATH);
  }

  /** Events without a handler in their own namespace go to the handlers of `*`. */
  #standIn(plan: HandlerPlan): void {
    for (const { events, any } of this.#served.values()) {
      if ((!any || any === this.#fallback!.any) && !events.has(plan.event)) events.set(plan.event, plan);
    }
  }

  #open(controllers: readonly ControllerPlan[]): OpenNamespace {
    const { path } = controllers[0]!.facts.namespace;
    const namespace = Object.freeze(withFallback(this.#namespace(path, controllers), this.#fallback));
    this.#served.set(String(path), namespace);
    this.#declared.set(String(path), namespace);
    return namespace;
  }

  /** Socket.IO always has the main namespace; if no controller declares it, `*` serves it, else it has no handlers. */
  #openMain(): void {
    if (this.#served.has(MAIN_PATH)) return;
    const { ownServer } = this.options;
    const fallback = this.#fallback;
    if (!fallback && ownServer) return;
    const main = fallback
      ? { ...fallback, path: MAIN_PATH, label: MAIN_PATH, pattern: undefined, events: new Map(fallback.events) }
      : this.#namespace(MAIN_PATH, []);
    this.#served.set(MAIN_PATH, Object.freeze(main));
  }

  #namespace(path: string | RegExp, controllers: readonly ControllerPlan[]): OpenNamespace {
    const handlers = controllers.flatMap((controller) => controller.handlers);
    const events = handlers.filter(({ facts }) => facts.kind === 'event');
    const moment = (kind: 'connect' | 'disconnect'): HandlerPlan | undefined =>
      planLifecycle(kind, controllers, this.options, this.chain);
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

/** `*` comes first here: the others take from it what they do not handle. */
function lastFirst([a]: readonly ControllerPlan[], [b]: readonly ControllerPlan[]): number {
  return precedence(b!.facts.namespace.path) - precedence(a!.facts.namespace.path);
}

/** Its exact events, then its catch-all. Connections and disconnections never go to the fallback. */
function withFallback(namespace: OpenNamespace, fallback: OpenNamespace | undefined): OpenNamespace {
  if (!fallback || namespace.any) return namespace;
  return { ...namespace, events: new Map([...fallback.events, ...namespace.events]), any: fallback.any };
}
