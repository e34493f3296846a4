/** The trace context of a call: two keys of W3C beside the other keys of the first argument. */

/** The headers of W3C Trace Context, as `propagation.inject` of OpenTelemetry writes them. */
export interface TraceContext {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/** Returns the arguments with the trace context in the first one. If that is no plain object, it has no place for it. */
export function withTrace(args: unknown[], trace: (() => TraceContext | undefined) | undefined): unknown[] {
  const [first, ...rest] = args;
  if (!trace || !isPlain(first)) return args;
  const { traceparent, tracestate } = trace() ?? {};
  if (traceparent === undefined) return args;
  return [{ ...first, traceparent, ...(tracestate === undefined ? {} : { tracestate }) }, ...rest];
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
