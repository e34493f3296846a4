/** A span for what is emitted to clients: PRODUCER, or CLIENT for a question that waits for its answers. */
import type { EmitMessage } from '../../base/channels/messages.js';
import { api, type Context, type Span } from './api.js';
import { describeOutcome } from './calls.js';
import { BoundedNames, declaredNamespace, methodOf, SYSTEM } from './names.js';
import { startSpan } from './sampling/share.js';
import { leftOut, Unrecorded } from './sampling/unrecorded.js';

/** By the values that are sent: both messages of an emission have the same list. */
const spans = new WeakMap<readonly unknown[], Span>();

const events = new BoundedNames(1_000);

/** Begins the span of an emission; returns the context in which it is sent. */
export function beginEmission(start: EmitMessage): Context {
  const parent = api.context.active();
  const unrecorded = parent instanceof Unrecorded ? parent : leftOut(parent);
  if (unrecorded) return unrecorded;
  const { io, namespace, event, socket, rooms, asks, args, startedAt: startTime } = start;
  const method = methodOf(declaredNamespace(io, namespace), events.of(event));
  const kind = asks ? api.SpanKind.CLIENT : api.SpanKind.PRODUCER;
  const attributes = { 'rpc.system.name': SYSTEM, 'rpc.method': method };
  const span = startSpan(`${asks ? 'call' : 'emit'} ${method}`, { kind, attributes, startTime }, parent);
  spans.set(args, span);
  if (span.isRecording()) {
    if (socket === undefined) span.setAttribute('colloquy.emit.rooms', rooms.length);
    else span.setAttribute('colloquy.socket.id', socket);
  }
  return api.trace.setSpan(parent, span);
}

/** Ends the span when all was sent, or answered. */
export function endEmission(message: EmitMessage): void {
  if (message.type !== 'end') return;
  const span = spans.get(message.args);
  spans.delete(message.args);
  if (!span) return;
  if (span.isRecording()) describeOutcome(span, message.outcome);
  span.end();
}
