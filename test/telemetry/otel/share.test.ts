/** Which traces are recorded: decided early, and heeded by everything below. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { context, isSpanContextValid, propagation, trace, TraceFlags, type SpanContext } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace-node';
import { Socket } from 'socket.io';
import { Namespace, On, OnConnect, OnDisconnect, OnError, EventContext, EventError } from '../../../src/index.js';
import { channels } from '../../../src/telemetry/index.js';
import { recordShare } from '../../../src/telemetry/otel/index.js';
import { oncePerRun } from '../../../src/telemetry/otel/sampling/unrecorded.js';
import { start } from '../../support/app.js';
import { heard } from '../heard.js';
import type { Class } from '../../../src/base/reflect.js';
import { record, recordSpans } from './sdk.js';

/** What was active in the handlers. */
let seen: (SpanContext | undefined)[] = [];
const look = (): void => void seen.push(trace.getActiveSpan()?.spanContext());

@Namespace('/share')
class Share {
  @OnConnect enter() {
    look();
  }
  @OnDisconnect left() {}
  @On() async say(_value: unknown, call: EventContext) {
    look();
    await setTimeout(1);
    look();
    trace.getTracer('test').startActiveSpan('inside', (span) => span.end());
    call.socket.emit('said');
    const carrier: Record<string, string> = {};
    propagation.inject(context.active(), carrier);
    call.log.info('here');
    return carrier['traceparent'];
  }
  @On('late', { timeout: 10 }) late() {
    return new Promise(() => undefined);
  }
  @On() fail() {
    throw new EventError('own', 'Own.');
  }
  @OnError hear() {
    look();
  }
}

function begin(t: TestContext, share: number, sampler?: Sampler, isMeasured = false): ReturnType<typeof record> {
  seen = [];
  recordShare(share);
  t.after(() => recordShare(1));
  return isMeasured ? record(t, sampler) : recordSpans(t, sampler);
}

const ways: readonly [string, number, Sampler | undefined][] = [
  ['a share that leaves everything out', 0, undefined],
  ['a share that is nearly nothing', Number.MIN_VALUE, undefined],
  ['a sampler that records nothing', 1, new AlwaysOffSampler()],
  ['a sampler for a ratio that is nearly nothing', 1, new TraceIdRatioBasedSampler(1e-9)],
  ['the same for traces without a parent', 1, new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(1e-9) })],
];
const besides = ['', ', while somebody hears of calls', ', while calls are measured'] as const;

describe('what is not recorded is active all the same, so that nothing below it is recorded', () => {
  const all = ways.flatMap(([name, ...way]) => besides.map((beside) => [name + beside, ...way, beside] as const));
  for (const [name, share, sampler, beside] of all) {
    it(name, async (t) => {
      const { spans } = begin(t, share, sampler, beside === besides[2]);
      if (beside === besides[1]) heard(t, channels.call);
      const { app, connect, log } = await start(t, [Share]);
      const client = await connect('/share');
      const parents = [await client.emitWithAck('say', 1), await client.emitWithAck('say', 2)] as string[];
      for (const event of ['late', 'fail', 'nobody']) await client.emitWithAck(event);
      client.disconnect();
      await app.close();
      assert.deepEqual(spans(), [], 'no span, also not of emissions');
      assert.equal(seen.length, 7);
      for (const each of seen) assert.ok(each && isSpanContextValid(each) && each.traceFlags === TraceFlags.NONE);
      const ids = seen.map((each) => each!.traceId);
      assert.equal(new Set(ids).size, 5, 'one for the connection and for each call, the same after a wait');
      assert.deepEqual([ids[1], ids[3]], [ids[2], ids[4]]);
      assert.deepEqual(
        parents.map((parent) => parent.split('-').slice(1)),
        [ids[1], ids[3]].map((id, index) => [id, seen[1 + 2 * index]!.spanId, '00']),
        'what is called from there hears of the decision',
      );
      const line = log.lines.find(({ message }) => message === 'here')!;
      assert.deepEqual([line.facts['trace_id'], typeof line.facts['id']], [undefined, 'string']);
    });
  }
});

/** Traces of the handlers of one connection, by what they were called with. */
const traces = new Map<unknown, Set<string | undefined>>();
function note(key: unknown): void {
  const known = traces.get(key) ?? new Set();
  traces.set(key, known.add(trace.getActiveSpan()?.spanContext().traceId));
}
const spanHere = (name: string): void => trace.getTracer('test').startSpan(name).end();

@Namespace('/watched')
class Watched {
  @OnConnect enter(socket: Socket) {
    socket.on('both', () => spanHere('listener'));
    socket.on('own', () => spanHere('listener'));
    socket.onAny((event: string) => event === 'watched' && spanHere('listener'));
  }
  @On() both() {
    spanHere('handler');
  }
  @On() watched() {
    spanHere('handler');
  }
}

@Namespace('/together')
class Together {
  @On() async first({ key }: { key: number }) {
    note(key);
    await setTimeout(1);
    note(key);
    return key;
  }
  @On('late', { timeout: 10 }) late(key: number) {
    note(key);
    return new Promise(() => undefined);
  }
  @OnError hear(_error: unknown, call: EventContext) {
    note(call.args[0]);
  }
}

describe('events that come together and are left out', () => {
  for (const isHeard of [false, true]) {
    const ending = isHeard ? ', while somebody hears of calls' : '';
    const startTogether = async (t: TestContext, controller: Class, options: object = {}) => {
      traces.clear();
      const recorded = begin(t, 0);
      if (isHeard) heard(t, channels.call);
      const { app, connect } = await start(t, [controller], options);
      return { ...recorded, app, client: await connect(controller === Together ? '/together' : '/watched') };
    };

    it(`hide nothing that listeners of the application's own do${ending}`, async (t) => {
      const { named, spans, client } = await startTogether(t, Watched);
      for (const event of ['both', 'own', 'watched']) client.emit(event);
      await client.emitWithAck('both');
      assert.equal((await named('listener', 4)).length, 4);
      assert.deepEqual(
        spans().filter(({ name }) => name === 'handler'),
        [],
      );
    });

    for (const concurrentCalls of [1, 10]) {
      it(`keep their traces apart where ${concurrentCalls} may run at a time${ending}`, async (t) => {
        const { client } = await startTogether(t, Together, { limits: { concurrentCalls } });
        const traceId = '0af7651916cd43dd8448eb211c80319c';
        const recorded = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
        const dropped = { traceparent: `00-${traceId}-b7ad6b7169203331-00` };
        const none: { traceparent?: string } = {};
        const calls = [recorded, none, dropped, none, dropped, none].map((call, key) => ({ key, ...call }));
        await Promise.all(calls.map((call) => client.emitWithAck('first', call)));
        for (const { key, traceparent: given } of calls) {
          const [found, ...others] = traces.get(key)!;
          assert.deepEqual(
            [others, found === traceId, typeof found],
            [[], given !== undefined, 'string'],
            `call ${key}`,
          );
        }
      });
    }

    it(`end in the trace that they began in, also when their time is over${ending}`, async (t) => {
      const { app, client } = await startTogether(t, Together);
      assert.equal(app.health().fastLane, 1, 'they come together');
      await Promise.all([1, 2, 3].map((key) => client.emitWithAck('late', key)));
      for (const key of [1, 2, 3]) assert.equal(traces.get(key)?.size, 1, `call ${key}`);
    });
  }
});

it('a run of events that begins within another one, as with a client in the same process, does not keep that one', (t) => {
  begin(t, 0);
  const active = (): unknown => trace.getActiveSpan();
  oncePerRun.inside(() => {
    oncePerRun.inside((isInside) => {
      assert.ok(isInside && active());
      oncePerRun.outside(() => assert.equal(active(), undefined));
    });
  });
});

describe('recordShare', () => {
  it('records that share of the calls, with everything below them, and nothing of the others', async (t) => {
    const { spans } = begin(t, 0.25);
    const { connect } = await start(t, [Share], { limits: { eventRate: 1e6, eventBurst: 1e6 } });
    const client = await connect('/share');
    for (let n = 0; n < 40; n++) await Promise.all(Array.from({ length: 10 }, () => client.emitWithAck('say', n)));
    const of = (name: string): string[] =>
      spans()
        .filter((span) => span.name === name)
        .map((span) => span.spanContext().traceId)
        .toSorted((a, b) => a.localeCompare(b));
    const calls = of('/share/say');
    assert.ok(calls.length > 50 && calls.length < 160, `${calls.length} of 400`);
    assert.deepEqual(of('inside'), calls);
    assert.equal(of('emit /share/said').length + of('emit _OTHER/said').length, calls.length);
  });

  it('leaves a trace that comes from elsewhere to the sampler', async (t) => {
    const { named } = begin(t, 0);
    const { connect } = await start(t, [Share]);
    const client = await connect('/share');
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await client.emitWithAck('say', { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    assert.equal((await named('/share/say'))[0]!.spanContext().traceId, traceId);
  });

  for (const wrong of [-0.1, 1.1, NaN, Infinity, '0.5 %' as unknown as number, undefined as unknown as number]) {
    it(`of ${String(wrong)} is a RangeError, and changes nothing`, () => {
      assert.throws(() => recordShare(wrong), RangeError);
    });
  }
});
