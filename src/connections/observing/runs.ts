/** What surrounds events that came together: a run of them enters its asynchronous context once, instead of once for each call. */

/** Leads a run of events into an asynchronous context, and out of it again. */
export interface Surroundings {
  /** Does the work that arranges the turns of the events; they begin in the context, if there is to be one. */
  inside<Result>(work: (isInside: boolean) => Result): Result;
  /** Does, in the turn of an event that began inside, what is no call of the framework: listeners of the application's own. */
  outside(work: () => void): void;
}

/** Unset unless `colloquy/otel` is imported. */
export let surroundings: Surroundings | undefined;

/** Surrounds the events of all connections from now on. */
export function surroundRuns(by: Surroundings | undefined): void {
  surroundings = by;
}
