/** Handlers that are functions: the same facts as those of a class with one method. */
import { EventContext } from '../context.js';
import type { SetupProblem } from '../errors.js';
import type { HandlerOptions, ParamOptions } from '../metadata/types.js';
import type { MiddlewareLike } from '../middleware.js';
import type { Class } from '../reflect.js';
import { checkEvents, eventTaken, methodProblem } from './checks.js';
import type { ControllerFacts, ParamFacts } from './facts.js';
import { usable } from './given.js';
import { pathProblem } from './path.js';

/** Handles an event: the context first, then the event's arguments. What it returns is the acknowledgement. */
export type HandlerFunction = (context: EventContext, ...args: never[]) => unknown;

export interface FunctionOptions extends HandlerOptions {
  /** The classes of the arguments in their order, each validated; without it the arguments come as they are. */
  readonly payload?: readonly (Class<unknown> | ParamOptions)[];
  readonly use?: readonly MiddlewareLike[];
}

/** Gives the facts of `app.on(path, event, handler, options)`. */
export function functionFacts(
  path: string | RegExp,
  event: string,
  handler: HandlerFunction,
  { payload, use = [], ...options }: FunctionOptions,
): ControllerFacts {
  const label = handler.name || `on('${event}')`;
  const call = handler as (...values: unknown[]) => unknown;
  const method = payload ? call : (context: EventContext) => call(context, ...context.args);
  const params = [contextParam, ...(payload ?? []).map(payloadParam)];
  const facts = { kind: 'event', method: 'handle', event, options, label, params, uses: use, emissions: [] } as const;
  return {
    type: Object,
    instance: { handle: method },
    name: label,
    namespace: { path, options: {} },
    handlers: [facts],
    uses: [],
  };
}

/** Adds what keeps the function from being added; `other` is what handles the event in its namespace already. */
export function checkFunction(
  facts: ControllerFacts,
  handler: HandlerFunction,
  other: { readonly label: string } | undefined,
  problems: SetupProblem[],
): void {
  const { name: where, namespace, handlers } = facts;
  for (const { uses } of handlers) usable(uses, where, '`use`', problems);
  const what = pathProblem(namespace.path);
  if (what) problems.push({ where, what, mend: "write a path such as '/chat' or '/game/:id'." });
  checkEvents([facts], problems);
  const problem = methodProblem(handler);
  if (problem) problems.push({ where, ...problem });
  if (other) problems.push(eventTaken(handlers[0]!, namespace.path, other.label));
}

const contextParam: ParamFacts = { index: 0, type: EventContext, metadata: undefined };

function payloadParam(stated: Class<unknown> | ParamOptions, position: number): ParamFacts {
  const options = typeof stated === 'object' ? stated : { type: stated };
  const index = position + 1;
  return { index, type: Object, metadata: { kind: 'payload', method: 'handle', index, key: position, options } };
}
