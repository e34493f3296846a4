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
  SpanOptions,
  Tracer,
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

/** Exports that are read for each call: those of `api` itself are getters. */
export const { ROOT_CONTEXT, SpanKind, trace } = api;

/** The key under which all copies of `@opentelemetry/api` 1 keep what was registered, in one object, once anything was. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

interface Registry {
  readonly context?: Api.ContextManager;
  readonly metrics?: Api.MeterProvider;
  readonly trace?: Api.TracerProvider;
}

let registry: Registry | undefined;

function registered(): Registry | undefined {
  return (registry ??= (globalThis as { [REGISTRY]?: Registry })[REGISTRY]);
}

/** The meter provider that is in force: the SDK may be started later. `api.metrics` looks for it in three steps, which is too slow for each call. */
export function meterProvider(): Api.MeterProvider | undefined {
  return registered()?.metrics;
}

/** The context in which the code runs, as `api.context.active()`. */
export function activeContext(): Api.Context {
  return registered()?.context?.active() ?? ROOT_CONTEXT;
}

/** Runs work in a context, as `api.context.with` does. */
export function runWith<Argument, Result>(
  context: Api.Context,
  work: (argument: Argument) => Result,
  argument: Argument,
): Result {
  const manager = registered()?.context;
  return manager ? manager.with(context, work, undefined, argument) : work(argument);
}

let provider: Api.TracerProvider | undefined;
let known: Api.Tracer | undefined;

/** The tracer of the framework, from the provider that is in force: the SDK may be started later. */
export function tracer(): Api.Tracer {
  const inForce = registered()?.trace ?? trace.getTracerProvider();
  if (!known || inForce !== provider) {
    provider = inForce;
    known = inForce.getTracer('colloquy');
  }
  return known;
}
