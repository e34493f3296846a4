/** Spans that are not recorded: such a span is active, so that those below it are not recorded either, and nothing else is made. */
import { randomBytes } from 'node:crypto';
import type { CallObserver, EventContext } from '../../base/context.js';
import type { Surroundings } from '../../connections/observing/runs.js';
import {
  activeContext,
  api,
  ROOT_CONTEXT,
  runWith,
  trace,
  tracer,
  type Context,
  type Span,
  type SpanOptions,
} from './api.js';
import { type Ratio, ratioOf } from './ratio.js';

let share = 1;
/** How many are left out until the next one reaches the SDK, and the share that this was drawn for. */
let toLeaveOut = 0;
let drawnFor = 1;

/**
 * Lets this share, between 0 and 1, of the traces that begin in the application reach the SDK and its sampler; all unless called.
 * The others are not recorded, nor is what happens below them if the sampler heeds parents, as the SDK's own does. A trace that comes
 * from elsewhere, by a `traceparent`, is always the sampler's affair. A sampler for a ratio of all traces (`TraceIdRatioBasedSampler`)
 * does the same without it.
 * @throws RangeError if it is no number between 0 and 1
 */
export function recordShare(part: number): void {
  if (!(part >= 0 && part <= 1))
    throw new RangeError(`recordShare(${part}): write a number from 0 to 1, such as 0.01.`);
  share = part;
}

/** The share that is drawn here: the given one, else that of the SDK's sampler if it is one for a ratio. */
function shareInForce(): number {
  return share < 1 ? share : (ratioInForce()?.part ?? 1);
}

function ratioInForce(): Ratio | undefined {
  return share < 1 ? undefined : ratioOf(tracer());
}

/** Draws how many come before the next one of the share: as often as if each were drawn by itself, with one draw for all of them. */
function draw(part: number): number {
  return Math.floor(Math.log(1 - Math.random()) / Math.log1p(-part));
}

/** Whether what begins here is left out of the share; of all else the SDK decides. Each question takes one place in the draw. */
export function isLeftOut(parent: Context): boolean {
  if (parent !== ROOT_CONTEXT) return false;
  const part = shareInForce();
  if (part === 1) return false;
  if (part !== drawnFor) {
    drawnFor = part;
    toLeaveOut = draw(part);
  }
  if (part === 0 || toLeaveOut-- > 0) return true;
  toLeaveOut = draw(part);
  return false;
}

/** Begins a span that is not left out ({@link isLeftOut}). */
export function startSpan(name: string, options: SpanOptions, parent: Context): Span {
  const ratio = parent === ROOT_CONTEXT ? ratioInForce() : undefined;
  return ratio ? ratio.startSpan(name, options) : tracer().startSpan(name, options, parent);
}

/** Returns the context of what is left out; `undefined` if the SDK decides. */
export function leftOut(parent: Context): Unrecorded | undefined {
  return isLeftOut(parent) ? new Unrecorded(parent) : undefined;
}

/** Follows all calls that are left out and not inside of a run, which is such a context already: in one of their own. */
export const leftOutCall: CallObserver = {
  run: (work, context) => runWith(new Unrecorded(ROOT_CONTEXT), work, context),
  end() {},
};

/** The context of something that is not recorded, and its run. Its span is made, with ids, for those who look at it. */
export class Unrecorded implements Context, CallObserver {
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

  run<Result>(work: (context: EventContext) => Result, context: EventContext): Result {
    return runWith(this, work, context);
  }

  end(): void {}

  get #context(): Context {
    return (this.#made ??= trace.setSpan(this.parent, this.span ?? unrecordedSpan()));
  }
}

/** The context of the events that came together, for those of them that are left out. */
class Run extends Unrecorded {
  /** @param around what is active where they are read */
  constructor(readonly around: Context) {
    super(ROOT_CONTEXT);
  }
}

/** Enters a context once for a run of events: entering it costs more than all else that is done for a call that is left out. */
export const oncePerRun: Surroundings = {
  inside(work) {
    return shareInForce() === 1 ? work(false) : runWith(new Run(outsideOfRuns()), work, true);
  },
  outside(work) {
    runWith(outsideOfRuns(), work, undefined);
  },
};

/** The active context, or what was active before a run. A run that kept another one would keep all before it. */
function outsideOfRuns(): Context {
  const active = activeContext();
  return active instanceof Run ? active.around : active;
}

function unrecordedSpan(): Span {
  const ids = randomBytes(24).toString('hex');
  return trace.wrapSpanContext({
    traceId: ratioInForce()?.droppedId() ?? ids.slice(0, 32),
    spanId: ids.slice(32),
    traceFlags: api.TraceFlags.NONE,
  });
}
