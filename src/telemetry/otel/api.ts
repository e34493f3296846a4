/** The door to `@opentelemetry/api`, which is an optional peer: it is loaded by those who import `colloquy/otel`. */
import { createRequire } from 'node:module';
import type * as Api from '@opentelemetry/api';

export type {
  Attributes,
  BatchObservableResult,
  Context,
  Counter,
  Histogram,
  Link,
  Meter,
  Observable,
  Span,
  SpanContext,
  UpDownCounter,
} from '@opentelemetry/api';

/** The exports of `@opentelemetry/api`. Its globals are shared by all copies, so it does not matter which one is loaded. */
export const api: typeof Api = load();

function load(): typeof Api {
  try {
    return createRequire(import.meta.url)('@opentelemetry/api') as typeof Api;
  } catch (cause) {
    throw new Error('colloquy/otel needs the package "@opentelemetry/api": npm install @opentelemetry/api', { cause });
  }
}

let provider: Api.TracerProvider | undefined;
let known: Api.Tracer | undefined;

/** The tracer of the framework, from the provider that is in force: the SDK may be started later. */
export function tracer(): Api.Tracer {
  const inForce = api.trace.getTracerProvider();
  if (!known || inForce !== provider) {
    provider = inForce;
    known = inForce.getTracer('colloquy');
  }
  return known;
}
