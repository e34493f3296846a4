/** Mistakes of one class, or of its methods, that keep it from being used as it is meant. */
import { injectedParameters, type Class } from '../../base/reflect.js';
import type { SetupProblem } from '../../base/errors.js';
import { lineage, ownMetadata } from '../metadata/store.js';
import type { ClassMetadata, MethodName } from '../metadata/types.js';

/** Says what a class without @Namespace in `controllers` is, and where it belongs. */
export function noNamespaceProblem(type: Class, where: string): SetupProblem {
  const classes = lineage(type).map(ownMetadata);
  const has = (rows: 'handlers' | 'backgrounds' | 'namespaces'): boolean => classes.some((each) => each?.[rows].length);
  const inherited = has('namespaces') ? ', and that of its parent is not inherited' : '';
  const problem = { code: 'no_namespace', where } as const;
  const what = `the class has no @Namespace${inherited}, so it is never used.`;
  if (has('backgrounds') && !has('handlers'))
    return { ...problem, what, fix: 'it has background work only: name it in `services` instead of `controllers`.' };
  if (!has('handlers') && typeof (type.prototype as { use?: unknown } | undefined)?.use === 'function')
    return { ...problem, what, fix: 'it looks like a middleware: name it in `use` instead of `controllers`.' };
  return { ...problem, what, fix: "write @Namespace('/…') above the class, or take it out of `controllers`." };
}

/** The problem of a class that handles nothing. What has middleware or background work, or is given services, may do without. */
export function idleProblem(type: Class, where: string): SetupProblem | undefined {
  const classes = lineage(type);
  const does = (rows: 'handlers' | 'backgrounds' | 'uses'): boolean =>
    classes.some((each) => ownMetadata(each)?.[rows].length);
  if (does('handlers') || does('backgrounds') || does('uses')) return undefined;
  if (type.length > 0 || injectedParameters(type).length > 0) return undefined;
  const methods = classes.flatMap((each) => methodsOf(each.prototype as object));
  if (methods.length === 0) {
    return {
      code: 'empty_controller',
      where,
      what: 'the class has no method; it only opens its namespace.',
      fix: 'write a handler, @On() say(message: Say) {}, or take the class out.',
    };
  }
  return {
    code: 'no_handlers',
    where,
    what: `no method has a decorator that makes it a handler, so nothing calls ${methods.map(String).join(', ')}.`,
    fix: "write @On(), @On('event') or @OnConnect above the methods.",
  };
}

function methodsOf(prototype: object): MethodName[] {
  const all = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  return all.filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function').map(([name]) => name);
}

/** The problem of a decorated method that is no method of the objects, if so. */
export function notAMethodProblem(type: Class, method: MethodName, where: string): SetupProblem | undefined {
  const prototype = type.prototype as Record<MethodName, unknown>;
  if (method in prototype) return undefined;
  const isStatic = typeof (type as unknown as Record<MethodName, unknown>)[method] === 'function';
  return isStatic
    ? {
        code: 'not_a_method',
        where,
        what: 'the method is static, so no object has it.',
        fix: 'take `static` out.',
      }
    : {
        code: 'not_a_method',
        where,
        what: 'it is a property, which decorators for methods cannot see.',
        fix: `write a method: ${String(method)}(…) { … }.`,
      };
}

/**
 * Methods that have decorators, of their parameters or of what is around them, and that nothing calls: their @On was forgotten. A
 * parent's method counts as called if one of the classes calls it.
 */
export function strayProblems(types: readonly Class[]): SetupProblem[] {
  const called = new Map<Class, Set<MethodName>>();
  for (const type of types) {
    const classes = lineage(type);
    const methods = classes.flatMap((each) => calledIn(ownMetadata(each)));
    for (const each of classes) {
      const known = called.get(each) ?? new Set();
      for (const method of methods) known.add(method);
      called.set(each, known);
    }
  }
  return [...called].flatMap(([owner, methods]) =>
    [...new Set(decoratedIn(ownMetadata(owner)))]
      .filter((method) => !methods.has(method))
      .map((method) => ({
        code: 'method_without_handler',
        where: `${owner.name}.${String(method)}`,
        what: 'it has decorators, but none that makes it a handler, so nothing calls it.',
        fix: "write @On(), @On('event') or @OnConnect above the method, or take its decorators out.",
      })),
  );
}

function calledIn(metadata: ClassMetadata | undefined): MethodName[] {
  return [...(metadata?.handlers ?? []), ...(metadata?.backgrounds ?? [])].map(({ method }) => method);
}

function decoratedIn(metadata: ClassMetadata | undefined): MethodName[] {
  const rows = [...(metadata?.params ?? []), ...(metadata?.uses ?? []), ...(metadata?.emissions ?? [])];
  return rows.flatMap(({ method }) => (method === undefined || method === 'constructor' ? [] : [method]));
}
