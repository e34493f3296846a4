/**
 * Connections and disconnections are handled by all classes of a namespace, one after the other; whose turn it is
 * decides whose `@OnError` hears of what fails.
 */
import type { EventContext } from '../../base/context.js';
import type { Run } from './compose.js';
import type { ErrorPlan, HandlerPlan } from './types.js';

/** One failure, and the error handlers that are to hear of it. */
export interface Fault {
  readonly error: unknown;
  readonly errorHandlers: readonly ErrorPlan[];
}

/** What is thrown where several failures came of one moment. */
export class SeveralFaults extends AggregateError {
  constructor(readonly faults: readonly Fault[]) {
    super(
      faults.map(({ error }) => error),
      'several handlers of the disconnection failed',
    );
  }
}

const turns = new WeakMap<EventContext, readonly ErrorPlan[]>();

/** Gives a class its turn. */
export function withController(run: Run, errorHandlers: readonly ErrorPlan[]): Run {
  return (context) => {
    turns.set(context, errorHandlers);
    return run(context);
  };
}

/** The step after the last class: what fails from here on is no class's own. */
export function clearController(context: EventContext): void {
  turns.delete(context);
  context.reached = true;
}

/** The error handlers that hear of what fails now; of what is no class's own, those of all classes. */
export function errorHandlersOf(context: EventContext): readonly ErrorPlan[] {
  return turns.get(context) ?? (context.handler as HandlerPlan).errors;
}

/** The failures that a step is to answer for. */
export function faultsOf(context: EventContext, error: unknown): readonly Fault[] {
  return error instanceof SeveralFaults ? error.faults : [{ error, errorHandlers: errorHandlersOf(context) }];
}

/** Throws what failed; of several failures all. */
export function throwFaults(context: EventContext, faults: readonly Fault[]): void {
  const [first, ...more] = faults;
  if (!first) return;
  if (more.length > 0) throw new SeveralFaults(faults);
  turns.set(context, first.errorHandlers);
  throw first.error;
}

/** Tells of each failure by itself, with its own hearers. */
export async function reportEach(
  context: EventContext,
  error: unknown,
  tell: (error: unknown) => Promise<void>,
): Promise<void> {
  for (const fault of faultsOf(context, error)) {
    turns.set(context, fault.errorHandlers);
    await tell(fault.error);
  }
}
