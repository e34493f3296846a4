/** The two moments that belong to a whole namespace: its classes handle them one after the other, in one chain. */
import type { EventContext } from '../../base/context.js';
import { isThenable, promiseOf } from '../../base/thenable.js';
import type { CompileOptions, ControllerPlan } from './controller-plan.js';
import type { Chain, Run } from './compose.js';
import { middlewareName } from './instances.js';
import { clearController, faultsOf, withController, throwFaults, type Fault } from './lifecycle-errors.js';
import type { HandlerPlan } from './types.js';

/**
 * Makes one handler of all: the application's middleware once, then each class's middleware around its methods.
 * `undefined` if there is nothing to run.
 */
export function planLifecycle(
  kind: 'connect' | 'disconnect',
  controllers: readonly ControllerPlan[],
  { use, timeout }: CompileOptions,
  chain: Chain,
): HandlerPlan | undefined {
  const parts = controllers.flatMap((controller) => planPart(kind, controller, chain));
  if (parts.length === 0 && use.length === 0) return undefined;
  const methods = controllers.flatMap(({ handlers }) => handlers.filter(({ facts }) => facts.kind === kind));
  const steps = [...parts, clearController];
  const runAll: Run = kind === 'connect' ? untilRefused(steps) : despiteErrors(steps);
  return Object.freeze({
    label: methods.map(({ facts }) => facts.label).join(', ') || kind,
    kind,
    event: kind,
    arguments: [],
    middleware: use.map(middlewareName),
    answersByHand: false,
    timeout: methods.length === 0 ? timeout : Math.max(...methods.map(({ plan }) => plan.timeout)),
    run: chain(use, runAll),
    errors: controllers.flatMap(({ errors }) => errors),
    emissions: [],
  });
}

/** A class with middleware takes part even if it has no method for the moment: the middleware may refuse. */
function planPart(kind: string, { facts, handlers, errors }: ControllerPlan, chain: Chain): Run[] {
  const methods = handlers.filter((handler) => handler.facts.kind === kind).map(({ plan }) => plan.run);
  if (methods.length === 0 && facts.uses.length === 0) return [];
  const run = kind === 'connect' ? untilRefused(methods) : despiteErrors(methods);
  return [withController(chain(facts.uses, run), errors)];
}

function reach(context: EventContext): void {
  context.reached = true;
}

/**
 * One after the other; `false`, and a middleware that does not call `next`, refuse the rest. A refusal is remembered in
 * the context, so that a middleware which drops the result of `next()` cannot lose it.
 */
function untilRefused(steps: readonly Run[]): Run {
  const from = (index: number, context: EventContext): unknown => {
    const step = steps[index];
    if (!step) return reach(context);
    context.reached = false;
    const result = step(context);
    if (isThenable(result)) return promiseOf(result).then((value) => goOn(index, context, value));
    return goOn(index, context, result);
  };
  const goOn = (index: number, context: EventContext, result: unknown): unknown => {
    if (result !== false && context.reached) return from(index + 1, context);
    context.reached = false;
    return false;
  };
  return (context) => from(0, context);
}

/** The innermost step of one `@OnConnect`: its `false` counts, whatever middleware makes of it. */
export function rememberRefusal(run: Run): Run {
  return (context) => {
    const result = run(context);
    return isThenable(result) ? promiseOf(result).then((value) => note(context, value)) : note(context, result);
  };
}

function note(context: EventContext, result: unknown): unknown {
  if (result === false) context.reached = false;
  return result;
}

/** One after the other, each whatever became of the others; then throws what they threw. */
function despiteErrors(steps: readonly Run[]): Run {
  return async (context) => {
    const faults: Fault[] = [];
    for (const step of steps) {
      try {
        await step(context);
      } catch (error) {
        faults.push(...faultsOf(context, error));
      }
    }
    context.reached = true;
    throwFaults(context, faults);
  };
}
