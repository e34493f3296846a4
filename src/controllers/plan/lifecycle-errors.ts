/**
 * The errors of connections and disconnections. All classes of a namespace handle these events, one after the other; the
 * context carries the error handlers of the class that runs.
 */
import type { EventContext } from '../../base/context.js';
import type { Run } from './compose.js';
import type { ErrorPlan, HandlerPlan } from './types.js';

/** One failure, and the error handlers for it. */
export interface Fault {
  readonly error: unknown;
  readonly errorHandlers: readonly ErrorPlan[];
}

/** Thrown if several handlers of one event failed. */
export class SeveralFaults extends AggregateError {
  constructor(readonly faults: readonly Fault[]) {
    super(
      faults.map(({ error }) => error),
      'several handlers of the disconnection failed',
    );
  }
}

/** Runs the handlers of a class, with its error handlers in the context. */
export function withController(run: Run, errorHandlers: readonly ErrorPlan[]): Run {
  return (context) => {
    context.errorHandlers = errorHandlers;
    return run(context);
  };
}

/** The step after the last class: later failures belong to no class. */
export function clearController(context: EventContext): void {
  context.errorHandlers = undefined;
  context.reached = true;
}

/** Returns the error handlers for a failure that happens now: those of the class that runs, else those of all classes. */
export function errorHandlersOf(context: EventContext): readonly ErrorPlan[] {
  return context.errorHandlers ?? (context.handler as HandlerPlan).errors;
}

/** Returns the single failures of an error. */
export function faultsOf(context: EventContext, error: unknown): readonly Fault[] {
  return error instanceof SeveralFaults ? error.faults : [{ error, errorHandlers: errorHandlersOf(context) }];
}

/** Throws the failure; several failures are thrown as one. */
export function throwFaults(context: EventContext, faults: readonly Fault[]): void {
  const [first, ...more] = faults;
  if (!first) return;
  if (more.length > 0) throw new SeveralFaults(faults);
  context.errorHandlers = first.errorHandlers;
  throw first.error;
}

/** Reports each failure by itself, with its own error handlers in the context. */
export async function reportEach(
  context: EventContext,
  error: unknown,
  report: (error: unknown) => Promise<void>,
): Promise<void> {
  for (const fault of faultsOf(context, error)) {
    context.errorHandlers = fault.errorHandlers;
    await report(fault.error);
  }
}
