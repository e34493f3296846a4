/** What clients send as their trace: it ends no call and not the process, and makes nothing grow. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { metrics, propagation, context, trace } from '@opentelemetry/api';
import { Background, Namespace, On } from '../../../src/index.js';
import { subscriberFailures } from '../../../src/base/channels/channel.js';
import { channels } from '../../../src/telemetry/index.js';
import { start } from '../../support/app.js';
import { heard } from '../heard.js';
import { record } from './sdk.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${TRACE_ID}-b7ad6b7169203331-01`;

@Namespace('/hostile')
class Hostile {
  @On() see() {
    const carrier: Record<string, string> = {};
    propagation.inject(context.active(), carrier);
    return { carrier, span: trace.getActiveSpan()?.spanContext().traceId };
  }
}

const texts: readonly [string, Record<string, unknown>][] = [
  ['a number as baggage', { traceparent, baggage: 7 }],
  ['an object as baggage', { traceparent, baggage: { split: 1 } }],
  ['a list as baggage', { traceparent, baggage: [{}, 1] }],
  ['huge baggage', { traceparent, baggage: `a=${'x'.repeat(20_000)}` }],
  ['many pairs of baggage', { traceparent, baggage: Array.from({ length: 5_000 }, (_, n) => `k${n}=v`).join() }],
  ['baggage that breaks a header', { traceparent, baggage: 'a=b\r\nx-evil: 1,c=%0d%0a' }],
  ['a number as tracestate', { traceparent, tracestate: 7 }],
  ['a list as tracestate', { traceparent, tracestate: ['a=1', null] }],
  ['a huge tracestate', { traceparent, tracestate: `a=${'x'.repeat(20_000)}` }],
  ['a traceparent that breaks a header', { traceparent: `${traceparent}\r\nx-evil: 1` }],
  ['a huge traceparent', { traceparent: 'x'.repeat(20_000) }],
  ['a list as traceparent', { traceparent: [traceparent] }],
  ['names of prototypes', { traceparent: '__proto__', constructor: 1, toString: 2 }],
];

function begin(t: TestContext, isHeard: boolean): void {
  record(t);
  // Without metrics and subscribers, the decision comes before everything else.
  metrics.disable();
  if (isHeard) heard(t, channels.call);
}

for (const isHeard of [false, true]) {
  describe(`a client's trace, ${isHeard ? 'while somebody hears of calls' : 'with spans alone'}`, () => {
    for (const [name, sent] of texts) {
      it(name, async (t) => {
        begin(t, isHeard);
        const { connect } = await start(t, [Hostile]);
        const client = await connect('/hostile', { auth: sent });
        const { carrier, span } = (await client.emitWithAck('see', sent)) as {
          carrier: Record<string, string>;
          span: string;
        };
        assert.match(span, /^[0-9a-f]{32}$/);
        assert.ok(JSON.stringify(carrier).length < 9_000, 'what goes on is bounded');
        for (const text of Object.values(carrier)) assert.doesNotMatch(text, /[\r\n]/);
      });
    }
  });
}

for (const isHeard of [false, true]) {
  it(`a span that cannot end fails no call, ${isHeard ? 'while somebody hears of calls' : 'with spans alone'}`, async (t) => {
    begin(t, isHeard);
    const before = subscriberFailures();
    @Namespace('/broken')
    class Broken {
      @On() work() {
        trace.getActiveSpan()!.end = () => {
          throw new TypeError('expected by a test');
        };
        return 'done';
      }
    }
    const { connect } = await start(t, [Broken]);
    assert.equal(await (await connect('/broken')).emitWithAck('work'), 'done');
    assert.equal(subscriberFailures(), before + 1);
  });
}

it('a round of background work is a trace of its own, active in the work, and an error where it fails', async (t) => {
  const { named } = record(t);
  const seen: (string | undefined)[] = [];
  @Namespace('/rounds')
  class Rounds {
    @Background({ every: 5 }) async work() {
      await Promise.resolve();
      seen.push(trace.getActiveSpan()?.spanContext().spanId);
      if (seen.length === 1) throw new TypeError('expected by a test');
    }
  }
  const { app } = await start(t, [Rounds]);
  const [failed, done] = await named('Rounds.work', 2);
  await app.close();
  assert.deepEqual(
    [failed, done].map((span) => span!.spanContext().spanId),
    seen.slice(0, 2),
  );
  assert.deepEqual(
    [failed, done].map((span) => [span!.attributes['colloquy.outcome'], span!.status.code, span!.parentSpanContext]),
    [
      ['failed', 2, undefined],
      ['done', 0, undefined],
    ],
  );
  assert.notEqual(failed!.spanContext().traceId, done!.spanContext().traceId);
});
