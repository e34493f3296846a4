/** Handlers that are functions: the same facts as those of a class with one method. */
import { EventContext } from '../../base/context.js';
import type { ValueOf } from '../emits/declare.js';
import type { Step } from '../../base/boot/report.js';
import type { DeclaredAnswer, HandlerOptions, ParamOptions } from '../metadata/types.js';
import type { MiddlewareLike } from '../../base/middleware.js';
import type { Class } from '../../base/reflect.js';
import { checkEvents, eventTypeProblem, eventTaken, methodProblem } from './check-controllers.js';
import type { ControllerFacts, ParamFacts } from './facts.js';
import { validMiddleware } from './check-inputs.js';
import { handlerOptionProblems } from './decorator-options.js';
import { pathProblem } from './path.js';

/** Handles an event: the context first, then the event's arguments. What it returns is the acknowledgement. */
export type HandlerFunction<Args extends unknown[] = never[]> = (context: EventContext, ...args: Args) => unknown;

/** The types of the arguments: the class of each, or its options. */
export type FunctionPayload = readonly (Class<unknown> | ParamOptions)[];

/** The options of `app.on`, in place of decorators. */
export interface FunctionOptions<Payload extends FunctionPayload = FunctionPayload> extends HandlerOptions {
  /** The classes of the arguments in their order, each validated; without it the arguments come as they are. */
  readonly payload?: Payload;
  readonly use?: readonly MiddlewareLike[];
  /** The declaration of the answer, in the words of `emits`. */
  readonly returns?: DeclaredAnswer;
}

/** The arguments that a function is given for its `payload`; as they came if that is not known. */
export type PayloadArguments<Payload extends FunctionPayload> = number extends Payload['length']
  ? unknown[]
  : { -readonly [Index in keyof Payload]: ArgumentOf<Payload[Index]> };

type ArgumentOf<Stated> =
  | ValueOf<Stated extends { readonly type: infer Type } ? Type : Stated>
  | (Stated extends { readonly optional: true } ? undefined : never);

/** Returns the facts of `app.on(path, event, handler, options)`. */
export function functionFacts<Args extends unknown[]>(
  path: string | RegExp,
  event: string,
  handler: HandlerFunction<Args>,
  { payload, use = [], ...options }: FunctionOptions,
): ControllerFacts {
  const label = handler.name || `on('${String(event)}')`;
  const call = handler as (...values: unknown[]) => unknown;
  const method = payload ? call : (context: EventContext) => call(context, ...context.args);
  const params = [contextParam, ...(payload ?? []).map(payloadParam)];
  const name = String(event);
  const facts = {
    kind: 'event',
    method: 'handle',
    event: name,
    options,
    label,
    params,
    uses: use,
    emissions: [],
  } as const;
  return {
    type: Object,
    instance: { handle: method },
    name: label,
    namespace: { path, options: {} },
    handlers: [facts],
    uses: [],
  };
}

/** Yields what keeps the function from being added; `other` is what handles the event in its namespace already. */
export function* checkFunction<Args extends unknown[]>(
  facts: ControllerFacts,
  event: unknown,
  handler: HandlerFunction<Args>,
  other: { readonly label: string } | undefined,
): Step<void> {
  const { name: where, namespace, handlers } = facts;
  for (const { uses } of handlers) yield* validMiddleware(uses, where, '`use`');
  yield* handlerOptionProblems(handlers[0]!);
  const what = pathProblem(namespace.path);
  if (what) yield { code: 'namespace_path', where, what, fix: "write a path such as '/chat' or '/game/:id'." };
  const mistyped = eventTypeProblem(event, where, "write app.on('/path', 'name', handler).");
  if (mistyped) yield mistyped;
  yield* checkEvents([facts]);
  const problem = methodProblem(handler);
  if (problem) yield { where, ...problem };
  if (other) yield eventTaken(handlers[0]!, namespace.path, other.label);
  // Without `payload` the method of the facts is another one, which passes the arguments on.
  const isOpen = (facts.instance as { readonly handle: unknown }).handle !== handler && takesArguments(handler);
  if (isOpen) yield { where, ...unvalidated };
}

const unvalidated = {
  code: 'unvalidated',
  what: 'nothing checks the arguments of the function, because it is added without `payload`.',
  fix: "name their classes: app.on('/path', 'name', handler, { payload: [Dto] }); { payload: [Object] } accepts anything.",
} as const;

/** Whether a function has more parameters than the context, those with a default and a rest parameter among them. */
function takesArguments(handler: Function): boolean {
  if (handler.length > 1) return true;
  const text = Function.prototype.toString.call(handler);
  const start = /^(?:async\s*)?[\w$]+\s*=>/.test(text) ? -1 : text.indexOf('(');
  let depth = 0;
  for (let at = start; at >= 0 && at < text.length; at++) {
    if (depth === 1 && (text[at] === ',' || text.startsWith('...', at))) return true;
    if ('([{'.includes(text[at]!)) depth++;
    else if (')]}'.includes(text[at]!) && --depth === 0) return false;
  }
  return false;
}

const contextParam: ParamFacts = { index: 0, type: EventContext, metadata: undefined };

function payloadParam(stated: Class<unknown> | ParamOptions, position: number): ParamFacts {
  const options = typeof stated === 'object' ? stated : { type: stated };
  const index = position + 1;
  return { index, type: Object, metadata: { kind: 'payload', method: 'handle', index, key: position, options } };
}
