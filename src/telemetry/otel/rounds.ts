/** A span for each round of background work: a trace of its own, active in the work. */
import type { BackgroundMessage } from '../../base/channels/messages.js';
import { api, ROOT_CONTEXT, trace, type Context, type Span } from './api.js';
import { describeOutcome } from './calls.js';
import { startSpan } from './sampling/share.js';
import { leftOut } from './sampling/unrecorded.js';

/** The spans of the rounds that run, by their `start` and by what both messages share. */
const running = new Map<string, Span>();

function keyOf({ work, startedAt }: BackgroundMessage): string {
  return `${startedAt} ${work}`;
}

/** Begins the span of a round; returns the context in which it runs. */
export function beginRound(start: BackgroundMessage): Context {
  const unrecorded = leftOut(ROOT_CONTEXT);
  if (unrecorded) return unrecorded;
  const { work, startedAt: startTime } = start;
  const attributes = { 'code.function.name': work };
  const span = startSpan(work, { kind: api.SpanKind.INTERNAL, attributes, startTime }, ROOT_CONTEXT);
  running.set(keyOf(start), span);
  return trace.setSpan(ROOT_CONTEXT, span);
}

/** Ends the span; a round that failed is an error. */
export function endRound(message: BackgroundMessage): void {
  if (message.type !== 'end') return;
  const key = keyOf(message);
  const span = running.get(key);
  running.delete(key);
  if (!span) return;
  describeOutcome(span, message.outcome, message.outcome.kind === 'failed');
  span.end();
}
