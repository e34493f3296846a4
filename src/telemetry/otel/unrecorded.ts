/** Spans that are not recorded: such a span is active, so that those below it are not recorded either, and nothing else is made. */
import { randomBytes } from 'node:crypto';
import type { CallObserver } from '../../base/context.js';
import { api, type Context, type Span } from './api.js';

let share = 1;

/**
 * Lets this share, between 0 and 1, of the traces that begin in the application reach the SDK and its sampler; all unless called.
 * The others are not recorded, nor is what happens below them if the sampler heeds parents, as the SDK's own does. A trace that comes
 * from elsewhere, by a `traceparent`, is always the sampler's affair.
 * @throws RangeError if it is no number between 0 and 1
 */
export function recordShare(part: number): void {
  if (!(part >= 0 && part <= 1))
    throw new RangeError(`recordShare(${part}): write a number from 0 to 1, such as 0.01.`);
  share = part;
}

/** Returns the context of what begins a trace that is not recorded; `undefined` if the SDK decides. Drawn anew with each call. */
export function leftOut(parent: Context): Unrecorded | undefined {
  return share < 1 && parent === api.ROOT_CONTEXT && Math.random() >= share ? new Unrecorded(parent) : undefined;
}

/** The context of something that is not recorded, and its run. Its span is made, with ids, for those who look at it. */
export class Unrecorded implements Context, CallObserver {
  isBegun = false;
  #made: Context | undefined;

  constructor(
    private readonly parent: Context,
    private readonly span?: Span,
  ) {}

  getValue(key: symbol): unknown {
    return this.#context.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#context.setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#context.deleteValue(key);
  }

  run<Result>(work: () => Result): Result {
    this.isBegun = true;
    return api.context.with(this, work);
  }

  suspend(): void {}

  resume(work: () => void): void {
    api.context.with(this, work);
  }

  end(): void {}

  get #context(): Context {
    return (this.#made ??= api.trace.setSpan(this.parent, this.span ?? unrecordedSpan()));
  }
}

function unrecordedSpan(): Span {
  const ids = randomBytes(24).toString('hex');
  return api.trace.wrapSpanContext({
    traceId: ids.slice(0, 32),
    spanId: ids.slice(32),
    traceFlags: api.TraceFlags.NONE,
  });
}
