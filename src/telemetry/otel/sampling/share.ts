/** Which of the traces that begin in the application reach the SDK. */
import { ROOT_CONTEXT, tracer, type Context, type Span, type SpanOptions } from '../api.js';
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

/** The ratio of the SDK's sampler, if nothing but that decides. */
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

/** Whether some of the traces that begin here are left out. */
export function sharesTraces(): boolean {
  return shareInForce() < 1;
}

/** An id of a trace that the SDK's sampler drops, if it is one for a ratio: what is below decides by it. */
export function droppedTraceId(): string | undefined {
  return ratioInForce()?.droppedId();
}
