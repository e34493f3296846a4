/** Background work: what `@Background` said → what is to run, and from when to when. */
import type { SetupProblem } from '../../base/errors.js';
import type { HeldLease } from '../../base/held-lease.js';
import { longestTime } from '../../base/limits.js';
import { lineage, ownMetadata } from '../metadata/store.js';
import type { BackgroundMetadata, BackgroundOptions, MethodName } from '../metadata/types.js';
import type { Class } from '../../base/reflect.js';
import { wrongInput } from '../scan/check-inputs.js';
import type { Instances } from './instances.js';
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

/** Plans the work of one class. Mistakes are added to `problems`. */
export function planBackground(
  owner: BackgroundOwner,
  instances: Instances,
  problems: SetupProblem[],
): BackgroundPlan[] {
  const classes = lineage(owner.type);
  const rows = new Map<MethodName, BackgroundMetadata>();
  for (const each of classes.toReversed()) {
    for (const row of ownMetadata(each)?.backgrounds ?? []) rows.set(row.method, row);
  }
  return [...rows.values()].map(({ method, options }) => {
    const label = `${owner.type.name}.${String(method)}`;
    for (const problem of problemsOf(owner, classes, method, options)) problems.push({ where: label, ...problem });
    const instance = owner.scoped ? undefined : (instances.build(owner.type) as Record<MethodName, Run>);
    return Object.freeze({
      label,
      paths: owner.paths,
      every: options.every,
      start: options.start ?? (options.stop === 'last-client' ? 'first-client' : 'boot'),
      stop: options.stop ?? 'shutdown',
      once: options.once,
      run: (signal: AbortSignal, lease: HeldLease) => instance?.[method]!(signal, lease),
    });
  });
}

type Run = (signal: AbortSignal, lease: HeldLease) => unknown;
type Problem = Omit<SetupProblem, 'where'>;

function problemsOf(
  { scoped }: BackgroundOwner,
  classes: readonly Class[],
  method: MethodName,
  { every, start, stop, once }: BackgroundOptions,
): Problem[] {
  const problems: Problem[] = [];
  if (every !== undefined && !(typeof every === 'number' && every > 0 && every <= longestTime)) {
    problems.push({
      code: 'background_time',
      what: `every: ${String(every)} is not a time.`,
      fix: 'give milliseconds, more than 0.',
    });
  }
  problems.push(...wordProblem('start', start, ['boot', 'first-client']));
  problems.push(...wordProblem('stop', stop, ['shutdown', 'last-client']));
  problems.push(...wordProblem('once', once, ['cluster']));
  if (start === 'boot' && stop === 'last-client') {
    problems.push({
      code: 'background_stop',
      what: 'work that starts at boot cannot stop with the last client: nothing would start it again.',
      fix: "write start: 'first-client', or leave out one of the two.",
    });
  }
  if (scoped) {
    problems.push({
      code: 'background_scope',
      what: 'the class is built for each connection or call, so there is no object of it for work beside them.',
      fix: 'move the method to a service and name that in `services`.',
    });
  }
  return [...problems, ...methodProblems(classes, method)];
}

function wordProblem(name: string, given: string | undefined, words: readonly string[]): Problem[] {
  if (given === undefined || words.includes(given)) return [];
  const known = words.map((word) => `'${word}'`).join(' or ');
  return [
    { code: 'background_option', what: `${name}: ${JSON.stringify(given)} is not known.`, fix: `write ${known}.` },
  ];
}

function methodProblems(classes: readonly Class[], method: MethodName): Problem[] {
  const handles = classes.some((each) => ownMetadata(each)?.handlers.some((row) => row.method === method));
  const problems: Problem[] = handles
    ? [
        {
          code: 'background_handler',
          what: 'the method is a handler as well.',
          fix: 'give the background work a method of its own.',
        },
      ]
    : [];
  const params = scanParams(classes, method);
  if (!params) return [...problems, untypedProblem('')];
  // The lease is the second one: its type is none at run time.
  const others = params.filter(
    ({ index, type, metadata }) =>
      !(index === 1 && type === Object && !metadata) &&
      (index > 0 || (metadata ? metadata.kind !== 'signal' : type !== AbortSignal)),
  );
  if (others.length > 0 && !handles) {
    problems.push({
      code: 'background_parameter',
      what: `parameter ${others[0]!.index + 1} cannot be resolved: background work receives an AbortSignal and nothing else.`,
      fix: 'take `signal: AbortSignal` first, and what else is needed in the constructor.',
    });
  }
  return problems;
}

/** Returns the problem of a class in `services`, if it has one. */
export function serviceProblem(type: Class): SetupProblem | undefined {
  if ((type as unknown) === undefined) return wrongInput('services', 'the list', type, 'a class');
  if (typeof type !== 'function') {
    return {
      code: 'not_a_class',
      where: 'services',
      what: `${String(type)} is not a class.`,
      fix: 'name classes, not objects.',
    };
  }
  const { name: where } = type;
  const classes = lineage(type).map(ownMetadata);
  if (classes[0]?.namespaces.length) {
    return {
      code: 'service_controller',
      where,
      what: 'the class is a controller.',
      fix: 'name it in `controllers` only.',
    };
  }
  if (classes.some((each) => each?.handlers.length)) {
    const fix = "write @Namespace('/…') above the class and name it in `controllers`.";
    return {
      code: 'service_handlers',
      where,
      what: 'the class handles events, but as a service it is never told of any.',
      fix,
    };
  }
  return undefined;
}
