/** Classes → checked facts. Every mistake is collected; nothing is thrown here. */
import { once, type PlacelessProblem, type Step } from '../../base/boot/report.js';
import { lineage, ownMetadata } from '../metadata/store.js';
import type { EmissionMetadata, HandlerMetadata, MethodName, UseMetadata } from '../metadata/types.js';
import { constructorTypes, hasDesignTypes, areTypesLost, parameterTypes, type Class } from '../../base/reflect.js';
import { checkData, checkEvents, eventTypeProblem, methodProblem } from './check-controllers.js';
import type { ControllerFacts, HandlerFacts, ParamFacts } from './facts.js';
import { idleProblem, noNamespaceProblem, notAMethodProblem, strayProblems } from './check-class.js';
import { checkInputs, validMiddleware } from './check-inputs.js';
import { namespaceOptionProblems } from './decorator-options.js';
import { pathProblem } from './path.js';

/**
 * Returns one record for each class and namespace, and yields the mistakes.
 * @param isGiven whether the container has the object of a class, or a function that makes it
 */
export function* scan(
  classes: readonly Class[],
  isGiven: (type: Class) => boolean = () => false,
): Step<ControllerFacts[]> {
  const facts: ControllerFacts[] = [];
  for (const type of classes) facts.push(...(yield* scanClass(type, isGiven(type))));
  yield* strayProblems(classes);
  yield* checkEvents(facts);
  yield* checkData(facts);
  return facts;
}

function* scanClass(type: Class, isGiven: boolean): Step<ControllerFacts[]> {
  const name = type.name || '(a class without a name)';
  const namespaces = ownMetadata(type)?.namespaces ?? [];
  if (namespaces.length === 0) {
    yield noNamespaceProblem(type, name);
    return [];
  }
  const idle = idleProblem(type, name);
  if (idle) yield idle;
  if (!isGiven) yield* checkConstructor(type, name);
  const used = allUses(lineage(type));
  const handlers = yield* once(checkInputs(yield* scanHandlers(type, name, used)));
  const uses = yield* once(validMiddleware(usesOf(used, undefined), name, '@Use'));
  for (const { path, options } of namespaces) {
    yield* namespaceOptionProblems(options, name);
    const what = pathProblem(path);
    if (what) yield { code: 'namespace_path', where: name, what, fix: PATH_REMEDY };
  }
  const usable = namespaces.filter(({ path }) => !pathProblem(path));
  return usable.map((namespace) => ({ type, name, namespace, handlers, uses }));
}

const PATH_REMEDY = "write a path such as '/chat' or '/game/:id', a RegExp, or '*'.";

function* scanHandlers(type: Class, name: string, uses: readonly UseMetadata[]): Step<HandlerFacts[]> {
  const classes = lineage(type);
  const rows = uniqueHandlers(classes.toReversed().flatMap((each) => ownMetadata(each)?.handlers ?? []));
  const common = { uses, emissions: uniqueEmissions(classes.flatMap((each) => ownMetadata(each)?.emissions ?? [])) };
  const handlers: HandlerFacts[] = [];
  let untyped: HandlerMetadata | undefined;
  for (const row of rows) {
    const noMethod = notAMethodProblem(type, row.method, `${name}.${String(row.method)}`);
    if (noMethod) {
      if (row === rows.find(({ method }) => method === row.method)) yield noMethod;
      continue;
    }
    const params = scanParams(classes, row.method);
    if (!params) untyped ??= row;
    const isShared = rows.some(({ kind, method }) => kind !== row.kind && method === row.method);
    // Without types it is still a handler, so that every other mistake is reported at once.
    const facts = handlerFacts(row, params ?? [], name, { ...common, isShared });
    handlers.push(facts);
    const problem = methodProblem((type.prototype as Record<MethodName, unknown>)[row.method]);
    if (problem) yield { where: facts.label, ...problem };
    const mistyped = eventTypeProblem(row.event ?? '', facts.label, NAME_FIRST);
    if (mistyped) yield mistyped;
  }
  if (untyped) yield { where: `${name}.${String(untyped.method)}`, ...untypedProblem(classes, untyped.method) };
  return handlers;
}

const NAME_FIRST = "write @On('name', { … }), with the name first; @On(undefined, { … }) takes the name of the method.";

interface MethodContext {
  readonly uses: readonly UseMetadata[];
  readonly emissions: readonly EmissionMetadata[];
  /** Whether another kind of handler is the same method. */
  readonly isShared: boolean;
}

function handlerFacts(
  row: HandlerMetadata,
  params: readonly ParamFacts[],
  name: string,
  { uses, emissions, isShared }: MethodContext,
): HandlerFacts {
  return {
    ...row,
    label: `${name}.${String(row.method)}`,
    event: row.kind === 'event' ? String(row.event ?? row.method) : row.kind === 'any' ? '*' : row.kind,
    params,
    uses: usesOf(uses, row.method),
    emissions: emissions.filter(({ method }) => method === row.method),
    isShared,
  };
}

/** A child that decorates an inherited method again with the same words says nothing new. */
function uniqueHandlers(rows: readonly HandlerMetadata[]): readonly HandlerMetadata[] {
  if (new Set(rows.map(({ method }) => method)).size === rows.length) return rows;
  const last = new Map<string, HandlerMetadata>();
  const idOf = numbering();
  for (const row of rows) {
    const event = row.event === undefined ? '' : JSON.stringify(row.event);
    last.set(`${row.kind} ${idOf(row.errorType)} ${event} ${idOf(row.method)}`, row);
  }
  return [...last.values()];
}

/** The same of what methods emit, the most derived class first. */
function uniqueEmissions(rows: readonly EmissionMetadata[]): EmissionMetadata[] {
  const first = new Map<string, EmissionMetadata>();
  const idOf = numbering();
  for (const row of rows) {
    const { to, on, skipEmpty } = row.options;
    const target = typeof to === 'object' ? ['room', idOf(to.room)] : [to];
    const key = JSON.stringify([idOf(row.method), row.event, idOf(on), skipEmpty, ...target]);
    if (!first.has(key)) first.set(key, row);
  }
  return [...first.values()];
}

/** Numbers what has no name that tells it apart: classes, symbols. */
function numbering(): (key: unknown) => number {
  const ids = new Map<unknown, number>();
  return (key) => {
    if (!ids.has(key)) ids.set(key, ids.size);
    return ids.get(key)!;
  };
}

/** The class whose declaration of the method counts: the most derived one that was compiled with a decorator on it. */
function declaring(classes: readonly Class[], method: MethodName): Class | undefined {
  return classes.find((each) => hasDesignTypes(prototypeOf(each), method));
}

/** The parameters of a method; `undefined` if the compiler did not write down their types. */
export function scanParams(classes: readonly Class[], method: MethodName): ParamFacts[] | undefined {
  const owner = declaring(classes, method);
  if (!owner) return undefined;
  const rows = (ownMetadata(owner)?.params ?? []).filter((row) => row.method === method);
  const types = parameterTypes(prototypeOf(owner), method) ?? [];
  const { defaults, rest } = optionalPart((owner.prototype as Record<MethodName, unknown>)[method], types.length);
  return types.map((type, index) => ({
    index,
    type,
    metadata: rows.find((row) => row.index === index),
    hasDefault: index >= defaults && index !== rest,
    isRest: index === rest,
  }));
}

/** A parent's first, and of each class the uppermost first. */
function allUses(classes: readonly Class[]): UseMetadata[] {
  return classes.toReversed().flatMap((each) => (ownMetadata(each)?.uses ?? []).toReversed());
}

/** The middleware of a method, or with `undefined` of the class; what a child says again is not run again. */
function usesOf(uses: readonly UseMetadata[], method: MethodName | undefined): UseMetadata['middleware'] {
  if (uses.length === 0) return NO_MIDDLEWARE;
  return [...new Set(uses.filter((row) => row.method === method).flatMap(({ middleware }) => middleware))];
}

const NO_MIDDLEWARE: UseMetadata['middleware'] = [];

function prototypeOf(type: Class): object {
  return type.prototype as object;
}

/** The problem of a method without design types. */
export function untypedProblem(classes: readonly Class[], method: MethodName): PlacelessProblem {
  if (classes.some((each) => areTypesLost(prototypeOf(each), method))) {
    return {
      code: 'library_copies',
      what: 'the design types are lost: another polyfill of Reflect.metadata was loaded after reflect-metadata and replaced it.',
      fix: 'import one of them only, `reflect-metadata`, as the first line of the program.',
    };
  }
  const tsx = Symbol.for('tsx:global-cjs-loader-count') in globalThis || process.execArgv.join(' ').includes('tsx');
  return {
    code: 'no_design_types',
    what: `the compiler emitted no design types here (design:type is missing)${tsx ? '; this process runs under tsx, whose compiler, esbuild, never does' : ''}.`,
    fix: tsx
      ? 'start with `node --import @oxc-node/core/register main.ts` instead of tsx, or compile with tsc.'
      : 'set "emitDecoratorMetadata": true in tsconfig.json. Compilers built on esbuild (tsx, older vite) never write them: use tsc, swc, or `node --import @oxc-node/core/register`.',
  };
}

function* checkConstructor(type: Class, where: string): Step<void> {
  for (const [index, entry] of (constructorTypes(type) ?? []).entries()) {
    if (entry !== Function && entry !== Object && entry !== undefined) continue;
    yield {
      where,
      code: 'constructor_type',
      what: `parameter ${index + 1} of the constructor has no class at run time (${entry === undefined ? 'undefined' : (entry as Class).name}): an interface, a cycle of imports, or a service imported with \`import type\`.`,
      fix: 'import the class itself, without `type` (Biome: switch off `style.useImportType`), or name a token with @inject(…).',
    };
  }
  for (const row of ownMetadata(type)?.params ?? []) {
    if (row.method !== 'constructor') continue;
    yield {
      where,
      code: 'constructor_decorator',
      what: `parameter ${row.index + 1} of the constructor carries a decorator that is meant for handlers.`,
      fix: 'move it to a parameter of a handler; a constructor is filled by the container.',
    };
  }
}

/**
 * Which parameters may be left out: `Function.length` counts those before the first default or rest parameter. A rest parameter, which
 * can only be the last one, is distinguished from a default by the text of the function.
 */
function optionalPart(
  method: unknown,
  count: number,
): { readonly defaults: number; readonly rest: number | undefined } {
  if (typeof method !== 'function' || method.length >= count) return { defaults: count, rest: undefined };
  const hasRest = /^[^{]*\(?[^]*?\.\.\.\s*[\w$]+\s*\)\s*(?:\{|=>)/.test(headOf(method));
  return { defaults: method.length, rest: hasRest ? count - 1 : undefined };
}

/** The text of a function up to the end of its parameters. */
function headOf(method: Function): string {
  const text = Function.prototype.toString.call(method);
  let depth = 0;
  for (let at = text.indexOf('('); at >= 0 && at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth === 0) return `${text.slice(0, at + 1)} {`;
  }
  return text;
}
