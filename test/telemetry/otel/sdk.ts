/** OpenTelemetry's own SDK around one test: spans and metrics that can be read, and nothing left of it afterwards. */
import type { TestContext } from 'node:test';
import { context, metrics, propagation, trace, type Attributes } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
  type Sampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';
import { disable, enable } from '../../../src/telemetry/otel/index.js';
import { until } from '../../support/wait.js';

// Importing it has switched it on; a test does that for itself.
disable();

export interface Recorded {
  /** The spans that have ended. */
  readonly spans: () => ReadableSpan[];
  /** The spans of that name, once there are so many. */
  readonly named: (name: string, count?: number) => Promise<ReadableSpan[]>;
  /** The points of a metric, read now. */
  readonly points: (metric: string) => Promise<{ readonly attributes: Attributes; readonly value: unknown }[]>;
}

/** The same without a meter provider: then nobody needs to be told of calls, and their spans are made without messages. */
export function recordSpans(...args: Parameters<typeof record>): Recorded {
  const recorded = record(...args);
  metrics.disable();
  return recorded;
}

/** Starts the SDK and the framework's part for one test. */
export function record(t: TestContext, sampler?: Sampler, exporter?: SpanExporter): Recorded {
  const memory = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    ...(sampler && { sampler }),
    spanProcessors: [memory, ...(exporter ? [exporter] : [])].map((each) => new SimpleSpanProcessor(each)),
  });
  provider.register();
  const read = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: read, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(meters);
  enable();
  t.after(async () => {
    disable();
    for (const each of [trace, context, propagation, metrics]) each.disable();
    await provider.shutdown();
    await meters.shutdown();
  });
  const spans = (): ReadableSpan[] => memory.getFinishedSpans();
  return {
    spans,
    async named(name, count = 1) {
      const found = (): ReadableSpan[] => spans().filter((span) => span.name === name);
      await until(() => found().length >= count, `${count} spans ${name}`);
      return found();
    },
    async points(metric) {
      await reader.forceFlush();
      const all =
        read
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap((each) => each.metrics) ?? [];
      const found: MetricData | undefined = all.find(({ descriptor }) => descriptor.name === metric);
      return found?.dataPoints ?? [];
    },
  };
}
