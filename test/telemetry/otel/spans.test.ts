/** The spans that an application makes, as OpenTelemetry's own SDK records them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, ParentBasedSampler, AlwaysOnSampler } from '@opentelemetry/sdk-trace-node';
import { IsString } from 'class-validator';
import { Socket } from 'socket.io';
import { connect as typed } from '../../../src/client/index.js';
import { call, EventContext, EventError, Namespace, On, OnConnect, OnDisconnect, OnJoin } from '../../../src/index.js';
import { createTestApp, createTestCluster } from '../../../src/testing/index.js';
import { start } from '../../support/app.js';
import { record, recordSpans } from './sdk.js';

class Text {
  @IsString() text!: string;
}

const tracer = () => trace.getTracer('test');

@Namespace('/chat')
class Chat {
  @OnConnect async enter(socket: Socket) {
    await socket.join('everybody');
  }
  @OnJoin joined() {}
  @OnDisconnect leave() {}
  @On() say({ text }: Text, socket: Socket) {
    socket.to('everybody').emit('said', text);
    return Object.keys({ ...arguments[0] });
  }
  @On() async deep() {
    const seen = [trace.getActiveSpan()];
    await Promise.resolve();
    seen.push(trace.getActiveSpan());
    await setTimeout(1);
    seen.push(trace.getActiveSpan());
    await new Promise((resolve) => process.nextTick(resolve));
    tracer().startActiveSpan('inside', (span) => span.end());
    return seen.map((span) => span?.spanContext().spanId);
  }
  @On() ask(socket: Socket) {
    return call(socket, 'question', 1);
  }
  @On() refuse() {
    throw new EventError('not_now', 'Not now.');
  }
  @On() broken() {
    throw new TypeError('a mistake of ours');
  }
  @On() seen(call: EventContext) {
    return call.id;
  }
}

@Namespace('/game/:id')
class Game {
  @On() move(socket: Socket) {
    socket.emit('moved');
  }
}

const controllers = [Chat, Game];
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const parent = `00-${TRACE_ID}-b7ad6b7169203331-01`;

for (const [begin, name] of [
  [record, 'a call'],
  [recordSpans, 'a call, where only spans are made of it,'],
] as const)
  describe(name, () => {
    it('is a server span with the names of the conventions, and a trace of its own, linked to its connection', async (t) => {
      const { named } = begin(t);
      const { connect } = await start(t, controllers);
      const client = await connect('/chat');
      await client.emitWithAck('say', { text: 'hello' });
      const [span] = await named('/chat/say');
      const [entrance] = await named('/chat/connect');
      assert.equal(span!.kind, SpanKind.SERVER);
      assert.equal(span!.attributes['rpc.system.name'], 'socket.io');
      assert.equal(span!.attributes['rpc.method'], '/chat/say');
      assert.equal(span!.attributes['rpc.method_original'], undefined);
      assert.equal(span!.attributes['code.function.name'], 'Chat.say');
      assert.equal(span!.attributes['colloquy.socket.id'], client.id);
      assert.equal(span!.attributes['colloquy.outcome'], 'answered');
      assert.equal(span!.parentSpanContext, undefined);
      assert.deepEqual(
        span!.links.map((link) => link.context),
        [entrance!.spanContext()],
      );
      assert.notEqual(span!.spanContext().traceId, entrance!.spanContext().traceId);
    });

    it('is active in its handler, in promises and timers below it, and not beside it', async (t) => {
      const { named } = begin(t);
      const { connect } = await start(t, controllers);
      const client = await connect('/chat');
      const answers = (await Promise.all([client.emitWithAck('deep'), client.emitWithAck('deep')])) as string[][];
      const spans = await named('/chat/deep', 2);
      const inside = await named('inside', 2);
      for (const [index, span] of spans.entries()) {
        const { spanId, traceId: id } = span.spanContext();
        assert.ok(answers.some((answer) => answer.every((each) => each === spanId) && answer.length === 3));
        assert.equal(inside[index]!.parentSpanContext?.spanId, spanId);
        assert.equal(inside[index]!.spanContext().traceId, id);
      }
      assert.notEqual(spans[0]!.spanContext().traceId, spans[1]!.spanContext().traceId);
      assert.equal(trace.getActiveSpan(), undefined);
    });

    it('has the code of its answer as error.type; only failures of the server are errors', async (t) => {
      const { named } = begin(t);
      const { connect, log } = await start(t, controllers);
      const client = await connect('/chat');
      for (const event of ['refuse', 'broken', 'say']) await client.emitWithAck(event, {});
      const [refused] = await named('/chat/refuse');
      assert.deepEqual([refused!.attributes['error.type'], refused!.status.code], ['not_now', SpanStatusCode.UNSET]);
      const [invalid] = await named('/chat/say');
      assert.deepEqual([invalid!.attributes['error.type'], invalid!.status.code], ['invalid', SpanStatusCode.UNSET]);
      const [broken] = await named('/chat/broken');
      assert.deepEqual([broken!.attributes['error.type'], broken!.status.code], ['internal', SpanStatusCode.ERROR]);
      assert.equal(broken!.events[0]?.attributes?.['exception.message'], 'a mistake of ours');
      const line = log.find('id', broken!.attributes['colloquy.call.id']);
      assert.equal(line?.facts['trace_id'], broken!.spanContext().traceId);
    });

    it('of a name that nobody declared is _OTHER: no client makes the name of a span', async (t) => {
      const { named, spans } = begin(t);
      const { connect } = await start(t, controllers);
      const client = await connect('/chat');
      for (let n = 0; n < 5; n++) await client.emitWithAck(`made up ${n}`);
      const unknown = await named('/chat/_OTHER', 5);
      assert.deepEqual(
        unknown.map(({ attributes }) => [attributes['rpc.method'], attributes['rpc.method_original']]),
        [0, 1, 2, 3, 4].map((n) => ['_OTHER', `/chat/made up ${n}`]),
      );
      for (const id of ['1', '2']) {
        const player = await connect(`/game/${id}`);
        await player.emitWithAck('move');
      }
      const moves = await named('/game/:id/move', 2);
      assert.deepEqual(
        moves.map(({ attributes }) => attributes['rpc.method_original']),
        ['/game/1/move', '/game/2/move'],
      );
      await named('emit /game/:id/moved', 2);
      assert.deepEqual(
        spans().filter(({ name }) => /made up|\/game\/\d/.test(name)),
        [],
      );
    });

    it('of joining, and of leaving the server, has a span too', async (t) => {
      const { named } = begin(t);
      const { connect } = await start(t, controllers);
      const client = await connect('/chat');
      const [entrance] = await named('/chat/connect');
      const [joined] = await named('/chat/join');
      assert.equal(joined!.parentSpanContext?.spanId, entrance!.spanContext().spanId);
      client.disconnect();
      const [left] = await named('/chat/disconnect');
      assert.equal(left!.links.length, 1);
    });

    it('that is sampled out is measured by nothing: no span, no id, no parent for what it calls', async (t) => {
      const { spans } = begin(t, new AlwaysOffSampler());
      const { app, connect } = await start(t, controllers);
      const client = await connect('/chat');
      const seen = (await client.emitWithAck('deep')) as string[];
      assert.equal(new Set(seen).size, 1, 'the context is carried all the same');
      await client.emitWithAck('broken');
      await client.emitWithAck('nobody');
      await app.close();
      assert.deepEqual(spans(), []);
    });
  });

describe('a trace goes on', () => {
  for (const [from, options] of [
    ['the headers of the handshake', { extraHeaders: { traceparent: parent } }],
    ['auth', { auth: { traceparent: parent } }],
  ] as const) {
    it(`from ${from} to the connection`, async (t) => {
      const { named } = record(t);
      const { connect } = await start(t, controllers);
      await connect('/chat', options);
      const [entrance] = await named('/chat/connect');
      assert.equal(entrance!.spanContext().traceId, TRACE_ID);
      assert.equal(entrance!.parentSpanContext?.spanId, 'b7ad6b7169203331');
    });
  }

  it('from each call of colloquy/client that carries it, which no DTO shows to the handler', async (t) => {
    const { named } = record(t);
    const { connect } = await start(t, controllers);
    const trackers = { trace: () => ({ traceparent: parent, tracestate: 'vendor=1' }) };
    const client = typed<never>(await connect('/chat'), trackers) as unknown as {
      call(event: string, ...args: unknown[]): Promise<unknown>;
    };
    assert.deepEqual(await client.call('say', { text: 'hello' }), ['text']);
    const [span] = await named('/chat/say');
    assert.equal(span!.spanContext().traceId, TRACE_ID);
    assert.equal(span!.spanContext().traceState?.get('vendor'), '1');
    assert.equal(span!.links.length, 1);
    // Without a first argument that is an object, there is no place for it.
    await client.call('deep');
    assert.notEqual((await named('/chat/deep'))[0]!.spanContext().traceId, TRACE_ID);
  });

  for (const broken of ['', 'nonsense', `${parent}-more`, 7, { toString: () => parent }]) {
    it(`not from what is none: ${JSON.stringify(broken)}`, async (t) => {
      const { named } = record(t);
      const { connect } = await start(t, controllers);
      const client = await connect('/chat', { auth: { traceparent: broken } });
      await client.emitWithAck('say', { text: 'hello', traceparent: broken });
      for (const name of ['/chat/connect', '/chat/say'])
        assert.equal((await named(name))[0]!.parentSpanContext, undefined);
    });
  }

  it('to what is emitted, and to questions to clients', async (t) => {
    const { named } = record(t);
    const { connect } = await start(t, controllers);
    const [client, other] = [await connect('/chat'), await connect('/chat')];
    const heard = new Promise((resolve) => other.once('said', resolve));
    await client.emitWithAck('say', { text: 'hello' });
    await heard;
    const [said] = await named('emit /chat/said');
    const [say] = await named('/chat/say');
    assert.equal(said!.kind, SpanKind.PRODUCER);
    assert.equal(said!.parentSpanContext?.spanId, say!.spanContext().spanId);
    assert.equal(said!.attributes['colloquy.emit.rooms'], 1);
    client.on('question', (n: number, answer: (value: number) => void) => answer(n + 1));
    assert.equal(await client.emitWithAck('ask'), 2);
    const [question] = await named('call /chat/question');
    const [ask] = await named('/chat/ask');
    assert.equal(question!.kind, SpanKind.CLIENT);
    assert.equal(question!.parentSpanContext?.spanId, ask!.spanContext().spanId);
    assert.equal(question!.attributes['colloquy.outcome'], 'answered');
  });

  it('to the other nodes of a cluster, with what is emitted', async (t) => {
    const { named } = record(t);
    const cluster = await createTestCluster(2, { controllers });
    t.after(() => cluster.close());
    const [one, two] = [await cluster.nodes[0]!.connect('/chat'), await cluster.nodes[1]!.connect('/chat')];
    await one.call('say', { text: 'hello' });
    assert.deepEqual(await two.next('said'), ['hello']);
    const [say] = await named('/chat/say');
    const [said] = await named('emit /chat/said');
    const received = (await named('bus receive')).find(
      (span) => span.parentSpanContext?.spanId === said!.spanContext().spanId,
    );
    assert.equal(received?.kind, SpanKind.CONSUMER);
    assert.equal(received?.spanContext().traceId, say!.spanContext().traceId);
  });

  it('with the decision of a parent, unless the sampler decides otherwise', async (t) => {
    const sampler = new ParentBasedSampler({
      root: new AlwaysOffSampler(),
      remoteParentSampled: new AlwaysOnSampler(),
    });
    const { named, spans } = record(t, sampler);
    const { connect } = await start(t, controllers);
    const client = await connect('/chat');
    await client.emitWithAck('say', { text: 'hello' });
    await client.emitWithAck('say', { text: 'hello', traceparent: parent });
    await named('/chat/say');
    assert.deepEqual(
      spans().map(({ name }) => name),
      ['emit /chat/said', '/chat/say'],
    );
  });
});

describe('a connection', () => {
  it('that is turned away has its code', async (t) => {
    const { named } = record(t);
    @Namespace('/closed')
    class Closed {
      @OnConnect enter() {
        return false;
      }
    }
    const { refusal } = await start(t, [Closed]);
    await refusal('/closed');
    const [span] = await named('/closed/connect');
    assert.equal(span!.attributes['error.type'], 'refused');
    assert.equal(span!.attributes['colloquy.transport'], 'websocket');
  });

  it('has its span around the gate', async (t) => {
    const { named } = record(t);
    let seen: string | undefined;
    @Namespace('/open')
    class Open {
      @OnConnect async enter() {
        await setTimeout(1);
        seen = trace.getActiveSpan()?.spanContext().spanId;
      }
    }
    const app = await createTestApp({ controllers: [Open] });
    t.after(() => app.close());
    await app.connect('/open');
    const [span] = await named('/open/connect');
    assert.equal(seen, span!.spanContext().spanId);
  });
});

it('the context of a caller is not taken for the parent of a call', async (t) => {
  const { named } = record(t);
  const app = await createTestApp({ controllers });
  t.after(() => app.close());
  const client = await app.connect('/chat');
  await tracer().startActiveSpan('test', async (span) => {
    await client.call('say', { text: 'in one process with its server' });
    span.end();
  });
  assert.equal((await named('/chat/say'))[0]!.parentSpanContext, undefined);
  assert.equal(propagation.fields().includes('traceparent'), true);
  assert.equal(context.active(), ROOT_CONTEXT);
});
