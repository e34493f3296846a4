/**
 * Where the ambient context steps in. Nobody does unless `colloquy/ambient` is imported, and then the handlers are
 * called as if this were not here.
 */
import type { EventContext } from '../base/context.js';

/** Calls `run` with the context, and gives what it gives. */
export type Around = (context: EventContext, run: (context: EventContext) => unknown) => unknown;

let around: Around | undefined;

/** Has everything that handles an event called through `step`. */
export function setAround(step: Around): void {
  around = step;
}

/** Runs what handles an event: its middleware, its handler, its error handlers. */
export function runIn(context: EventContext, run: (context: EventContext) => unknown): unknown {
  return around === undefined ? run(context) : around(context, run);
}
