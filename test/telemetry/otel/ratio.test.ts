/** The SDK's sampler for a ratio of all traces: drawn before a call costs anything, with the traces that it would have kept. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { context, isValidTraceId, propagation, SamplingDecision, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  ParentBasedSampler,
  RandomIdGenerator,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler as RatioSampler,
  type IdGenerator,
  type Sampler,
} from '@opentelemetry/sdk-trace-node';
import { Namespace, On } from '../../../src/index.js';
import { channels } from '../../../src/telemetry/index.js';
import { disable, enable } from '../../../src/telemetry/otel/index.js';
import { start } from '../../support/app.js';
import { heard } from '../heard.js';

const CALLS = 1_000;
const RATIO = 0.2;
/** Five deviations, so that a fair draw fails once in a million runs. */
const LEAST = CALLS * RATIO - 5 * Math.sqrt(CALLS * RATIO * (1 - RATIO));
const MOST = CALLS * RATIO + 5 * Math.sqrt(CALLS * RATIO * (1 - RATIO));

@Namespace('/ratio')
class Calls {
  @On() say(value: unknown) {
    trace.getTracer('test').startSpan('inside').end();
    return value;
  }
}

/** Counts how often it is asked about calls; its name is that of the SDK's, which it stands for. */
const Counting = class TraceIdRatioBasedSampler extends RatioSampler {
  asked = 0;
  override shouldSample(...args: [never, string]): ReturnType<RatioSampler['shouldSample']> {
    this.asked++;
    return super.shouldSample(...args);
  }
};

interface Recorded {
  readonly traces: (name: string) => string[];
  readonly call: (count: number, payload?: unknown) => Promise<void>;
}

/** An application whose spans are recorded; with `isLate`, the SDK is started after the first call. */
async function record(t: TestContext, sampler: Sampler, idGenerator?: IdGenerator, isLate = false): Promise<Recorded> {
  const memory = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    sampler,
    ...(idGenerator && { idGenerator }),
    spanProcessors: [new SimpleSpanProcessor(memory)],
  });
  t.after(async () => {
    disable();
    for (const each of [trace, context, propagation]) each.disable();
    await provider.shutdown();
  });
  enable();
  if (!isLate) provider.register();
  const { connect } = await start(t, [Calls], { limits: { eventRate: 1e6, eventBurst: 1e6 } });
  const client = await connect('/ratio');
  const call = async (count: number, payload: unknown = 'x'): Promise<void> => {
    for (let n = 0; n < count; n += 50)
      await Promise.all(Array.from({ length: Math.min(50, count - n) }, () => client.emitWithAck('say', payload)));
  };
  if (isLate) {
    await call(1);
    provider.register();
    await call(1);
  }
  const traces = (name: string): string[] =>
    memory
      .getFinishedSpans()
      .filter((span) => span.name === name)
      .map((span) => span.spanContext().traceId);
  return { traces, call };
}

const stock = new RatioSampler(RATIO);
const keeps = (traceId: string): boolean =>
  stock.shouldSample(context.active(), traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;

/** Samplers of the user's own that record all calls. */
const all = (name: string) => ({
  decision: name.startsWith('/ratio/') ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
});
const own: Readonly<Record<string, () => Sampler>> = {
  'by its text': () => ({
    shouldSample: (_context, _id, name) => all(name),
    toString: () => 'TraceIdRatioBased{0.01}',
  }),
  'by a class below it': () =>
    new (class Own extends RatioSampler {
      override shouldSample(...args: [never, string]) {
        return all(String((args as unknown[])[2]));
      }
    })(0.01),
  'by a method of its own': () =>
    Object.assign(new RatioSampler(0.01), {
      shouldSample: (_context: unknown, _id: string, name: string) => all(name),
    }),
  'at the root of one that heeds parents': () =>
    new ParentBasedSampler({
      root: { shouldSample: (_context, _id, name) => all(name), toString: () => 'TraceIdRatioBased{0.01}' },
    }),
  'around one that heeds parents': () => ({
    shouldSample: (_context, _id, name) => all(name),
    toString: () => new ParentBasedSampler({ root: new RatioSampler(0.01) }).toString(),
  }),
  'without a description': () => ({
    shouldSample: (_context, _id, name) => all(name),
    toString: () => {
      throw new Error('no description');
    },
  }),
};

describe('a sampler for a ratio', { timeout: 60_000 }, () => {
  for (const isParentBased of [false, true]) {
    for (const [how, isLate, isHeard] of [
      ['from the start', false, false],
      ['with an SDK that is started later', true, false],
      ['while somebody hears of calls', false, true],
    ] as const) {
      it(`keeps that ratio, ${isParentBased ? 'of traces without a parent, ' : ''}${how}`, async (t) => {
        if (isHeard) heard(t, channels.call);
        const counting = new Counting(RATIO);
        const sampler = isParentBased ? new ParentBasedSampler({ root: counting }) : counting;
        const { traces, call } = await record(t, sampler, undefined, isLate);
        await call(CALLS);
        const calls = traces('/ratio/say');
        assert.ok(calls.length > LEAST && calls.length < MOST, `${calls.length} of ${CALLS}`);
        assert.equal(new Set(calls).size, calls.length, 'each is a trace of its own');
        assert.ok(calls.every((id) => isValidTraceId(id) && keeps(id)));
        assert.deepEqual(traces('inside').toSorted(), calls.toSorted(), 'what is below is kept, and nothing else');
        const children = isParentBased ? 0 : CALLS;
        assert.ok(
          counting.asked < CALLS / 2 + children,
          `it was asked ${counting.asked} times about calls that are dropped`,
        );
      });
    }
  }

  it('decides of a trace that comes from elsewhere', async (t) => {
    const { traces, call } = await record(t, new ParentBasedSampler({ root: new RatioSampler(1e-6) }));
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await call(3, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    await call(3, { traceparent: `00-${traceId}-b7ad6b7169203331-00` });
    assert.deepEqual(traces('/ratio/say'), [traceId, traceId, traceId]);
  });

  it('that keeps nearly nothing, nothing or everything does so', async (t) => {
    for (const [ratio, count] of [
      [1e-12, 0],
      [0, 0],
      [1, 20],
    ] as const) {
      await t.test(String(ratio), async (inner) => {
        const { traces, call } = await record(inner, new RatioSampler(ratio));
        await call(20);
        assert.equal(traces('/ratio/say').length, count);
      });
    }
  });

  it('is asked about each call where ids are your own', async (t) => {
    const own = new RandomIdGenerator();
    let made = 0;
    const ids: IdGenerator = {
      generateTraceId: () => String(++made).padStart(32, '0'),
      generateSpanId: () => own.generateSpanId(),
    };
    const counting = new Counting(RATIO);
    const { call } = await record(t, counting, ids);
    await call(50);
    assert.ok(made >= 50 && counting.asked >= 50);
  });

  for (const [how, make] of Object.entries(own)) {
    it(`of your own that describes itself like one decides by itself: ${how}`, async (t) => {
      const { traces, call } = await record(t, make());
      await call(50);
      assert.equal(traces('/ratio/say').length, 50);
    });
  }
});
