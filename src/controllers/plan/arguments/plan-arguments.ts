/** Facts about parameters → readers. The rules are those of the README's table of parameters. */
import { Server, Socket } from 'socket.io';
import { EventContext } from '../../../base/context.js';
import { at, type PlacelessProblem, type Step } from '../../../base/boot/report.js';
import type { HandlerKind, ParamKind } from '../../metadata/types.js';
import type { PayloadOptions } from '../../../payload/index.js';
import { mergePayloadOptions } from './merge-options.js';
import type { HandlerFacts, ParamFacts } from '../../scan/facts.js';
import {
  argumentSource,
  checkedReader,
  restReader,
  fitEach,
  fitEnum,
  fitOne,
  optional,
  typeLabel,
  unlessMissing,
  type PlanOf,
  type Source,
  type ValueCheck,
} from './check-value.js';
import { noClassProblem } from '../../scan/check-inputs.js';
import { ownTwin, twinProblem } from '../../scan/copied-classes.js';
import { originOf } from './origin.js';
import { decoratedSource } from './sources.js';
import type { PayloadPlans } from './payload-plans.js';
import { lifecycleProblem } from './lifecycle-problems.js';
import { typeProblem, unvalidatedArgs, unvalidatedRest } from './type-problems.js';
import type { ArgumentPlan, Reader } from '../types.js';

/** A step of planning one parameter, whose place its caller knows. */
type Planning<T> = Step<T, PlacelessProblem>;

/** Makes one reader for each parameter; yields the mistakes. */
export function* planArguments(
  handler: HandlerFacts,
  options: PayloadOptions,
  plans: PayloadPlans,
): Step<ArgumentPlan[]> {
  const hasSeveral = handler.params.filter(isArgument).length > 1;
  let next = 0;
  const all: ArgumentPlan[] = [];
  for (const param of handler.params) {
    const takesNext = isArgument(param) && param.metadata?.key === undefined;
    const position = takesNext ? next++ : 0;
    const planner = new ArgumentPlanner(handler, param, options, plans);
    const planned = yield* at(`${handler.label}, parameter ${param.index + 1}`, planner.plan(position, hasSeveral));
    const isSpecial = !param.metadata && byType.has(ownTwin(param.type) ?? param.type);
    all.push(isSpecial ? planned : { ...planned, origin: originOf(param, position, options) });
  }
  return all;
}

/** Whether the parameter takes an argument of the event as a whole: no decorator, or `@Payload` without a property. */
function isArgument({ metadata, type }: ParamFacts): boolean {
  if (metadata) return metadata.kind === 'payload' && typeof metadata.key !== 'string';
  return !byType.has(ownTwin(type) ?? type);
}

const byType = new Map<unknown, { label: string; read: Reader }>([
  [Socket, { label: 'Socket', read: (context) => context.socket }],
  [EventContext, { label: 'EventContext', read: (context) => context }],
  [AbortSignal, { label: 'AbortSignal', read: (context) => context.signal }],
  [Server, { label: 'Server', read: (context) => context.socket.nsp.server }],
]);

/** Decorators that make sense only in some handlers. */
const homes: Partial<Record<ParamKind, readonly HandlerKind[]>> = {
  ack: ['event', 'any'],
  reason: ['disconnect'],
  room: ['join', 'leave'],
};

class ArgumentPlanner {
  constructor(
    private readonly handler: HandlerFacts,
    private readonly param: ParamFacts,
    private readonly options: PayloadOptions,
    private readonly plans: PayloadPlans,
  ) {}

  /**
   * @param position of the argument that is taken unless the decorator says another one
   * @param hasSeveral whether more than one argument is taken, so that it must be said which one is wrong
   */
  *plan(position: number, hasSeveral: boolean): Planning<ArgumentPlan> {
    const { metadata, type } = this.param;
    // The parameters that are known by their types; a class of another copy of Socket.IO is named.
    const twin = metadata ? undefined : twinProblem(type);
    if (twin) yield twin;
    const special = metadata ? undefined : byType.get(ownTwin(type) ?? type);
    if (special) return special;
    if (this.handler.kind === 'error' && !metadata) return errorArgument(position);
    const misplaced = this.#homeProblem();
    if (misplaced) yield misplaced;
    if (this.param.isRest && isArgument(this.param)) return yield* this.#rest(position);
    const empty = this.#lifecycleProblem(position);
    if (empty) {
      yield empty;
      return { label: '?', read: () => undefined };
    }
    const key = metadata?.key ?? position;
    const path = typeof key === 'string' ? key : hasSeveral && isArgument(this.param) ? String(key) : '';
    return yield* this.#checked(this.#source(position), path);
  }

  /** The arguments from a position on, each of the class that is stated or known. */
  *#rest(position: number): Planning<ArgumentPlan> {
    const { metadata, type } = this.param;
    const { each, type: stated, enum: values, ...own } = metadata?.options ?? {};
    const read: Reader = (context) => context.packet.slice(position + 1);
    const element: unknown = each ?? stated ?? type;
    if (!values && (element === Object || !this.#isUsable(element, false) || UNKNOWN_ELEMENTS.has(element))) {
      if (!each && !stated && this.#comesFromClient()) yield unvalidatedRest;
      return { label: '...unvalidated[]', read, spread: true };
    }
    const options = mergePayloadOptions(this.options, own);
    if (!values) yield* this.plans.typeProblems(element, options);
    const { label, fit } = values ? fitEnum(values) : fitOne(element, (plain) => this.plans.of(plain, options), false);
    return { label: `...${label}[]`, read: restReader(read, fit!, position), spread: true };
  }

  /** What is wrong with this parameter of a lifecycle handler: they are no arguments of an event. */
  #lifecycleProblem(position: number): PlacelessProblem | undefined {
    const { hasDefault = false, metadata, type } = this.param;
    if ((metadata?.kind ?? 'payload') !== 'payload' || typeof metadata?.key === 'string') return undefined;
    const { optional: isOptional = false, each, type: stated } = metadata?.options ?? {};
    const taken = each ? Array : (stated ?? type);
    return lifecycleProblem(this.handler, taken, metadata?.key ?? position, hasDefault || isOptional);
  }

  #source(position: number): Source {
    const { metadata } = this.param;
    if (metadata && metadata.kind !== 'payload') return decoratedSource(this.param);
    if (typeof metadata?.key === 'string') return argumentSource(0, metadata.key);
    return argumentSource(metadata?.key ?? position);
  }

  *#checked(source: Source, path: string): Planning<ArgumentPlan> {
    const { metadata, type } = this.param;
    if (metadata?.kind === 'data') return dataArgument(source, type, metadata.key);
    if (metadata?.kind === 'args' && (this.handler.kind === 'event' || this.handler.kind === 'any')) {
      yield unvalidatedArgs;
      return { label: `${source.label} unvalidated[]`, read: source.read };
    }
    if (!source.checked || !this.#comesFromClient())
      return { label: source.label || typeLabel(type), read: source.read };
    const plan = yield* this.#fit(source);
    const label = [source.label, plan.label].filter(Boolean).join(' ');
    const checked = plan.fit && metadata?.options.optional ? optional(plan.fit) : plan.fit;
    const fit = checked && this.param.hasDefault ? unlessMissing(checked) : checked;
    const { message } = mergePayloadOptions(this.options, metadata?.options);
    const read = fit ? checkedReader(source.read, fit, path, message) : source.read;
    return { label, read, ...(plan.payload ? { payload: plan.payload } : {}) };
  }

  /** The reason of a disconnection and the name of a room are the server's own words. */
  #comesFromClient(): boolean {
    const { kind } = this.handler;
    return (
      kind === 'event' || kind === 'any' || kind === 'connect' || (this.param.metadata?.kind ?? 'payload') !== 'payload'
    );
  }

  *#fit(source: Source): Planning<ValueCheck> {
    const { metadata, type: written } = this.param;
    const { each, type: stated, enum: values, ...own } = metadata?.options ?? {};
    if (values !== undefined) return fitEnum(values);
    const noClass = this.#noClassProblem('each') ?? this.#noClassProblem('type');
    if (noClass) {
      yield noClass;
      return { label: '?' };
    }
    const options = mergePayloadOptions(this.options, own);
    const planOf: PlanOf = (plain) => this.plans.of(plain, options);
    if (each) {
      yield* this.plans.typeProblems(each, options, source.textual);
      if (each === Object) return { ...fitEach(each, planOf), label: 'unvalidated[]' };
      return this.#isUsable(each, source.textual) ? fitEach(each, planOf) : { label: '?' };
    }
    const type = stated ?? written;
    const problem = stated ? undefined : typeProblem(type, source, metadata?.kind ?? 'payload');
    if (problem) yield problem;
    if (problem && !this.#isUsable(type, source.textual)) return { label: '?' };
    if (type === Object) return { label: 'unvalidated' };
    yield* this.plans.typeProblems(type, options, source.textual);
    if (!this.#isUsable(type, source.textual)) return { label: '?' };
    return fitOne(type, planOf, source.textual, options);
  }

  /** The problem of an option that is there and is no class. */
  #noClassProblem(key: 'each' | 'type'): PlacelessProblem | undefined {
    const options = this.param.metadata?.options ?? {};
    return key in options ? noClassProblem(options[key], `\`${key}\``) : undefined;
  }

  #isUsable(type: unknown, textual: boolean): type is Function {
    return typeof type === 'function' && type !== Function && !this.plans.isForeign(type, textual);
  }

  #homeProblem(): PlacelessProblem | undefined {
    const kind = this.param.metadata?.kind;
    const home = kind && homes[kind];
    if (!home || home.includes(this.handler.kind)) return undefined;
    return {
      code: 'misplaced_parameter',
      what: `@${kind[0]!.toUpperCase()}${kind.slice(1)} is not allowed in this handler.`,
      fix: `use it in a handler of ${home.map((each) => `'${each}'`).join(' or ')}.`,
    };
  }
}

/** Compilers other than tsc record a rest parameter as an Array. */
const UNKNOWN_ELEMENTS: ReadonlySet<unknown> = new Set([Object, Array]);

function errorArgument(position: number): ArgumentPlan {
  return position === 0
    ? { label: 'error', read: (_context, error) => error }
    : { label: 'EventContext', read: (context) => context };
}

/** `socket.data`, as an instance of the written class from the first use on. */
function dataArgument(source: Source, type: unknown, key: string | number | undefined): ArgumentPlan {
  if (key !== undefined) {
    return { label: source.label, read: (context) => (context.socket.data as Record<string, unknown>)[key] };
  }
  if (typeof type !== 'function' || type === Object) {
    return { label: source.label, read: (context) => context.socket.data as unknown };
  }
  const Type = type as new () => object;
  return {
    label: `${source.label} ${Type.name}`,
    read: ({ socket }) => {
      if (!(socket.data instanceof Type)) socket.data = Object.assign(new Type(), socket.data);
      return socket.data as unknown;
    },
  };
}
