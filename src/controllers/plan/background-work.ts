/** Background work: what `@Background` said → what is to run, and from when to when. */
import { at, eachOf, type PlacelessProblem, type Step } from '../../base/boot/report.js';
import type { SetupProblem } from '../../base/errors.js';
import { groupBy } from '../../base/group-by.js';
import type { HeldLease } from '../../base/held-lease.js';
import { LONGEST_TIME } from '../../base/limits.js';
import { lineage, ownMetadata } from '../metadata/store.js';
import type { BackgroundMetadata, BackgroundOptions, MethodName } from '../metadata/types.js';
import type { Class } from '../../base/reflect.js';
import { notAClass } from '../scan/check-inputs.js';
import type { Instances } from './instances.js';
import { notAMethodProblem } from '../scan/check-class.js';
import { scanParams, untypedProblem } from '../scan/scan.js';
import type { BackgroundPlan } from './types.js';

/** A class that may have background work. */
export interface BackgroundOwner {
  readonly type: Class;
  /** The namespaces whose clients count, as they were declared; all of the application unless given. */
  readonly paths?: readonly (string | RegExp)[];
  /** Whether there is an object of the class for each connection or call, and so none for the application. */
  readonly scoped: boolean;
}

/** Plans the work of one class; yields the mistakes. */
export function* planBackground(owner: BackgroundOwner, instances: Instances): Step<BackgroundPlan[]> {
  const classes = lineage(owner.type);
  const rows = new Map<MethodName, BackgroundMetadata>();
  for (const each of classes.toReversed()) {
    for (const row of ownMetadata(each)?.backgrounds ?? []) rows.set(row.method, row);
  }
  return yield* eachOf(rows.values(), ({ method, options }) => planWork(owner, instances, method, options));
}

function* planWork(
  owner: BackgroundOwner,
  instances: Instances,
  method: MethodName,
  options: BackgroundOptions,
): Step<BackgroundPlan> {
  const label = `${owner.type.name}.${String(method)}`;
  const noMethod = notAMethodProblem(owner.type, method, label);
  if (noMethod) yield noMethod;
  else yield* at(label, checkWork(owner, method, options));
  const instance = owner.scoped ? undefined : ((yield* instances.build(owner.type)) as Record<MethodName, Run>);
  return Object.freeze({
    label,
    paths: owner.paths,
    every: options.every,
    start: options.start ?? (options.stop === 'last-client' ? 'first-client' : 'boot'),
    stop: options.stop ?? 'shutdown',
    once: options.once,
    key: options.key ?? label,
    run: (signal: AbortSignal, lease: HeldLease) => instance?.[method]!(signal, lease),
  });
}

type Run = (signal: AbortSignal, lease: HeldLease) => unknown;

function* checkWork(
  { type, scoped }: BackgroundOwner,
  method: MethodName,
  { every, start, stop, once, key }: BackgroundOptions,
): Step<void, PlacelessProblem> {
  if (every !== undefined && !(typeof every === 'number' && every > 0 && every <= LONGEST_TIME)) {
    yield {
      code: 'background_time',
      what: `every: ${String(every)} is not a time.`,
      fix: 'give milliseconds, more than 0.',
    };
  }
  yield* checkWord('start', start, ['boot', 'first-client']);
  yield* checkWord('stop', stop, ['shutdown', 'last-client']);
  yield* checkWord('once', once, ['cluster']);
  if (key !== undefined && (typeof key !== 'string' || key === '' || once === undefined)) {
    yield {
      code: 'background_option',
      what: once === undefined ? "key is for work with once: 'cluster'." : `key: ${JSON.stringify(key)} is not a name.`,
      fix: "write once: 'cluster', key: 'clean-up'.",
    };
  }
  if (start === 'boot' && stop === 'last-client') {
    yield {
      code: 'background_stop',
      what: 'work that starts at boot cannot stop with the last client: nothing would start it again.',
      fix: "write start: 'first-client', or leave out one of the two.",
    };
  }
  if (scoped) {
    yield {
      code: 'background_scope',
      what: 'the class is built for each connection or call, so there is no object of it for work beside them.',
      fix: 'move the method to a service and name that in `services`.',
    };
  }
  yield* checkMethod(lineage(type), method);
}

function* checkWord(name: string, given: string | undefined, words: readonly string[]): Step<void, PlacelessProblem> {
  if (given === undefined || words.includes(given)) return;
  const known = words.map((word) => `'${word}'`).join(' or ');
  yield { code: 'background_option', what: `${name}: ${JSON.stringify(given)} is not known.`, fix: `write ${known}.` };
}

function* checkMethod(classes: readonly Class[], method: MethodName): Step<void, PlacelessProblem> {
  const handles = classes.some((each) => ownMetadata(each)?.handlers.some((row) => row.method === method));
  if (handles) {
    yield {
      code: 'background_handler',
      what: 'the method is a handler as well.',
      fix: 'give the background work a method of its own.',
    };
  }
  const params = scanParams(classes, method);
  if (!params) {
    yield untypedProblem(classes, method);
    return;
  }
  // The lease is the second one: its type is none at run time.
  const others = params.filter(
    ({ index, type, metadata, hasDefault, isRest }) =>
      !hasDefault &&
      !isRest &&
      !(index === 1 && type === Object && !metadata) &&
      (index > 0 || (metadata ? metadata.kind !== 'signal' : type !== AbortSignal)),
  );
  if (others.length > 0 && !handles) {
    yield {
      code: 'background_parameter',
      what: `parameter ${others[0]!.index + 1} cannot be resolved: background work receives an AbortSignal and nothing else.`,
      fix: 'take `signal: AbortSignal` first, and what else is needed in the constructor.',
    };
  }
}

/** Finds work that competes for one lease: while one runs, no other does, on any node. */
export function duplicateKeys(works: readonly BackgroundPlan[]): SetupProblem[] {
  return groupBy(
    works.filter(({ once }) => once !== undefined),
    ({ key }) => key,
  ).flatMap(([first, ...others]) =>
    others.map(({ label, key }) => ({
      code: 'background_key',
      where: label,
      what: `runs once in the cluster under the name '${key}', as ${first!.label} does already; only one of them would run.`,
      fix: "give each a name of its own: @Background({ once: 'cluster', key: 'clean-up' }).",
    })),
  );
}

/** Returns the problem of a class in `services`, if it has one. */
export function serviceProblem(type: Class): SetupProblem | undefined {
  if (typeof type !== 'function') return notAClass('services', type);
  const { name: where } = type;
  const classes = lineage(type).map(ownMetadata);
  if (classes[0]?.namespaces.length) {
    const what = 'the class is a controller.';
    return { code: 'service_controller', where, what, fix: 'name it in `controllers` only.' };
  }
  if (!classes.some((each) => each?.handlers.length)) return undefined;
  const what = 'the class handles events, but as a service it is never told of any.';
  const fix = "write @Namespace('/…') above the class and name it in `controllers`.";
  return { code: 'service_handlers', where, what, fix };
}
