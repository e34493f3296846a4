/** Traces across nodes: `traceparent` travels with the messages of the bus, and what follows there belongs to the same trace. */
import type { BusMessage } from '../../base/channels/messages.js';
import { api, type Context, type Span } from './api.js';
import { contextOf } from './parents.js';
import { startSpan } from './sampling/share.js';

/** By the headers: both messages of a transfer have the same ones. */
const spans = new WeakMap<object, Span>();

/** Adds the trace to what leaves; begins a span for what has come and belongs to a trace. */
export function beginTransfer(start: BusMessage): Context {
  const active = api.context.active();
  if (start.type === 'confirmed') return active;
  if (start.direction === 'out') {
    api.propagation.inject(active, start.headers);
    return active;
  }
  const parent = contextOf(start.headers);
  if (!api.trace.getSpanContext(parent)) return parent;
  const attributes = { 'messaging.system': start.engine, 'colloquy.bus.peer': start.peer };
  const { startedAt: startTime } = start;
  const span = startSpan('bus receive', { kind: api.SpanKind.CONSUMER, attributes, startTime }, parent);
  spans.set(start.headers, span);
  return api.trace.setSpan(parent, span);
}

/** Ends the span when the message was followed. */
export function endTransfer(message: BusMessage): void {
  if (message.type !== 'end') return;
  const span = spans.get(message.headers);
  spans.delete(message.headers);
  if (!span) return;
  const { kind, error } = message.outcome;
  if (kind === 'failed') {
    span.setStatus({ code: api.SpanStatusCode.ERROR });
    if (error instanceof Error) span.recordException(error);
  }
  span.end();
}
