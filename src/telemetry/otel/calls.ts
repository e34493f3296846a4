/** A span for each call: active in its handler, ended with its outcome. */
import { performance } from 'node:perf_hooks';
import type { CallEnd, CallMessage } from '../../base/channels/messages.js';
import type { Outcome } from '../../base/channels/outcome.js';
import type { EventContext } from '../../base/context.js';
import { callerOf } from '../../connections/connection.js';
import type { HandlerPlan } from '../../controllers/plan/types.js';
import { api, tracer, type Context, type Span } from './api.js';
import { methodOf, namesOf } from './names.js';
import { linksTo, parentOfCall } from './parents.js';
import { leftOut, Unrecorded } from './unrecorded.js';

/** Stands for the span of a call that is not recorded. */
const none: object = Object.freeze({});

function spanIn({ span }: EventContext): Span | undefined {
  return span === none ? undefined : (span as Span | undefined);
}

/**
 * Decides early about a call that only spans are made of: one that is not recorded needs no message and no time. Otherwise its span has
 * begun.
 */
export function passOver(context: EventContext): Unrecorded | undefined {
  const parent = parentOf(context);
  const unrecorded = leftOut(parent);
  if (unrecorded) return unrecorded;
  const { handler } = context;
  const declared = { namespace: callerOf(context).served.plan.label, event: (handler as HandlerPlan).event };
  const span = spanOf(
    { context, kind: handler.kind, handler: handler.label, declared, startedAt: performance.now() },
    parent,
  );
  if (!span.isRecording()) return new Unrecorded(parent, span);
  context.span = span;
  return undefined;
}

/** Begins the span of a call, unless it has begun; returns the context in which its handler runs. */
export function beginCall(message: CallMessage): Context {
  const { context } = message;
  const parent = parentOf(context);
  const unrecorded = context.span ? undefined : leftOut(parent);
  if (unrecorded) {
    context.span = none;
    return unrecorded;
  }
  context.span ??= spanOf(message, parent);
  return api.trace.setSpan(parent, context.span as Span);
}

/** The facts that find the trace of a call in its log lines, also after its end; none if it is not recorded. */
export function traceOf(context: EventContext): object {
  const { traceId, spanId, traceFlags = 0 } = spanIn(context)?.spanContext() ?? {};
  return traceFlags & api.TraceFlags.SAMPLED ? { trace_id: traceId, span_id: spanId } : {};
}

/** Ends the span; of a call that was never begun, it begins it too. */
export function endCall(message: CallMessage): void {
  if (message.type !== 'end') return;
  const { context } = message;
  if (context.span === undefined) beginCall(message);
  const span = spanIn(context);
  if (!span) return;
  if (span.isRecording()) describe(span, message);
  span.end();
}

/** Whether the plan knows the event: a catch-all counts, a name without a handler does not. */
export function isHandled({ handler }: Pick<CallMessage, 'handler'>): boolean {
  return handler !== '(nobody)';
}

/** Messages of clients begin a trace of their own; joining a room is part of what causes it. */
function parentOf({ kind, packet }: EventContext): Context {
  if (kind === 'event') return parentOfCall(packet);
  return kind === 'disconnect' ? api.ROOT_CONTEXT : api.context.active();
}

function spanOf(
  call: Pick<CallMessage, 'context' | 'kind' | 'handler' | 'declared' | 'startedAt'>,
  parent: Context,
): Span {
  const { span, attributes } = namesOf(call.declared, isHandled(call));
  const { kind, context, startedAt: startTime } = call;
  const { SERVER, INTERNAL } = api.SpanKind;
  const links = linksTo(context.socket);
  return tracer().startSpan(span, { kind: kind === 'event' ? SERVER : INTERNAL, attributes, links, startTime }, parent);
}

function describe(span: Span, message: CallEnd): void {
  const { id, socket, handler, namespace, event, declared, bytes, outcome } = message;
  span.setAttribute('colloquy.call.id', id);
  span.setAttribute('colloquy.socket.id', socket);
  span.setAttribute('code.function.name', handler);
  if (bytes !== undefined) span.setAttribute('colloquy.call.bytes', bytes);
  if (declared.event !== event || declared.namespace !== namespace)
    span.setAttribute('rpc.method_original', methodOf(namespace, event));
  describeOutcome(span, outcome);
}

/** Failures that are the server's own make an error of a span; the others are answers that it meant. */
const faults: ReadonlySet<unknown> = new Set(['internal', 'timeout', 'busy', 'closing']);

/**
 * Says how something ended; `error.type` is the code that the client was answered with.
 * @param isFault whether it makes an error of the span
 */
export function describeOutcome(span: Span, outcome: Outcome<string>, isFault = faults.has(outcome.code)): void {
  const { kind, code, limit, error } = outcome;
  span.setAttribute('colloquy.outcome', kind);
  if (limit !== undefined) span.setAttribute('colloquy.limit', limit);
  if (code !== undefined) span.setAttribute('error.type', code);
  if (!isFault) return;
  span.setStatus({ code: api.SpanStatusCode.ERROR });
  if (error instanceof Error) span.recordException(error);
}
