/** A span for each call: active in its handler, ended with its outcome. */
import { complaint } from '../../base/channels/channel.js';
import type { CallMessage } from '../../base/channels/messages.js';
import type { Outcome } from '../../base/channels/outcome.js';
import type { CallObserver, EventContext } from '../../base/context.js';
import { eventName } from '../../base/log.js';
import { declaredBy } from '../../connections/observing/observed-call.js';
import { bytesOf } from '../../connections/observing/packet-bytes.js';
import { api, ROOT_CONTEXT, runWith, SpanKind, trace, type Context, type Span, type SpanOptions } from './api.js';
import { methodOf, namesOf } from './names.js';
import { linksTo, parentOfCall } from './parents.js';
import { isLeftOut, startSpan } from './sampling/share.js';
import { leftOut, leftOutCall, Unrecorded } from './sampling/unrecorded.js';

/** Stands for the span of a call that is not recorded. */
const none: object = Object.freeze({});

function spanIn({ span }: EventContext): Span | undefined {
  return span === none ? undefined : (span as Span | undefined);
}

/**
 * Follows a call of which only spans are made, without messages: one that is not recorded in a context that makes its span for those who
 * look at it, another one in that of its span.
 */
export function followCall(context: EventContext, isInside: boolean): CallObserver | 'nothing' {
  const parent = parentOf(context);
  if (isLeftOut(parent)) return isInside ? 'nothing' : leftOutCall;
  const { handler } = context;
  const span = spanOf({ context, kind: handler.kind, handler: handler.label, declared: declaredBy(context) }, parent);
  if (!span.isRecording()) return new Unrecorded(parent, span);
  context.span = span;
  return new Recorded(context, span, trace.setSpan(parent, span));
}

const failedToEnd = complaint(endCall);

class Recorded implements CallObserver {
  constructor(
    private readonly call: EventContext,
    private readonly span: Span,
    private readonly active: Context,
  ) {}

  run<Result>(work: (context: EventContext) => Result): Result {
    return runWith(this.active, work, this.call);
  }

  end(outcome: Outcome): void {
    try {
      describe(this.span, this.call, outcome);
      this.span.end();
    } catch (error) {
      failedToEnd(error);
    }
  }
}

/** Begins the span of a call; returns the context in which its handler runs. */
export function beginCall(message: CallMessage): Context {
  const { context } = message;
  const parent = parentOf(context);
  const unrecorded = leftOut(parent);
  if (unrecorded) {
    context.span = none;
    return unrecorded;
  }
  const span = spanOf(message, parent, message.startedAt);
  context.span = span;
  return trace.setSpan(parent, span);
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
  if (span.isRecording()) describe(span, context, message.outcome);
  span.end();
}

/** Whether the plan knows the event: a catch-all counts, a name without a handler does not. */
export function isHandled({ handler }: Pick<CallMessage, 'handler'>): boolean {
  return handler !== '(nobody)';
}

/** Messages of clients begin a trace of their own; joining a room is part of what causes it. */
function parentOf({ kind, packet }: EventContext): Context {
  if (kind === 'event') return parentOfCall(packet);
  return kind === 'disconnect' ? ROOT_CONTEXT : api.context.active();
}

/** @param startTime now, unless given: then only the SDK looks at the clock, and only for a span that is recorded */
function spanOf(
  call: Pick<CallMessage, 'context' | 'kind' | 'handler' | 'declared'>,
  parent: Context,
  startTime?: number,
): Span {
  const { span, attributes } = namesOf(call.declared, isHandled(call));
  const { SERVER, INTERNAL } = SpanKind;
  const options: SpanOptions = {
    kind: call.kind === 'event' ? SERVER : INTERNAL,
    attributes,
    links: linksTo(call.context.socket),
  };
  if (startTime !== undefined) options.startTime = startTime;
  return startSpan(span, options, parent);
}

function describe(span: Span, context: EventContext, outcome: Outcome): void {
  const { namespace, packet, socket, handler } = context;
  const declared = declaredBy(context);
  const event = eventName(packet[0]);
  const bytes = bytesOf(packet);
  span.setAttribute('colloquy.call.id', context.id);
  span.setAttribute('colloquy.socket.id', socket.id);
  span.setAttribute('code.function.name', handler.label);
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
