/**
 * For each way in which a connection can end, or not begin: channel, log, span, both kinds of metrics and the recorder tell it once,
 * with the same id and outcome.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { Outcome } from '../../src/base/channels/outcome.js';
import { channels, logConnections, type ConnectionEnd } from '../../src/telemetry/index.js';
import { start } from '../support/app.js';
import { deferred, until } from '../support/wait.js';
import { controllers, endings } from './connection-endings.js';
import { heard } from './heard.js';
import { record } from './otel/sdk.js';
import { parse, valueOf } from './prometheus.js';

/** What all of them tell of an outcome. */
const words = ({ kind, code, limit }: Partial<Outcome<string>>): unknown[] => [kind, code, limit];

/** The one of a list, however many there should be. */
function one<Each>(all: readonly Each[], who: string): Each {
  assert.equal(all.length, 1, `${who}: ${inspect(all, { depth: 1 })}`);
  return all[0]!;
}

describe('a connection ends once, and is told of in one way everywhere', () => {
  for (const { name, namespace, kind, code, limit, reason, transport = 'websocket', options, make } of endings) {
    it(name, async (t) => {
      const all = heard(t, channels.connection);
      const { spans, points } = record(t);
      const running = await start(t, controllers, { ...options, recorder: {}, metrics: '/metrics' });
      const { app, log } = running;
      t.after(logConnections(app));
      await make(running, t);
      const messages = () => all.filter(({ io }) => io === app.io);
      const ends = (): ConnectionEnd[] =>
        messages().filter((message): message is ConnectionEnd => message.type === 'end');
      const expected = [kind, code, limit];
      const isMeant = (outcome: Partial<Outcome<string>>): boolean => words(outcome).join() === expected.join();
      const told = () => ends().map(({ outcome }) => words(outcome).join());
      await until(() => ends().some(({ outcome }) => isMeant(outcome)), `the end, of ${JSON.stringify(told())}`);

      const end = one(
        ends().filter(({ outcome }) => isMeant(outcome)),
        'channel',
      );
      const { id } = end;
      assert.equal(end.declared?.namespace, namespace);
      assert.equal(end.reason, reason);
      assert.equal(end.transport, transport);
      assert.equal(end.request.method, 'GET');
      const own = messages().filter(({ socket, startedAt }) => socket === end.socket && startedAt === end.startedAt);
      const types = own.map(({ type }) => type);
      const wasIn = kind === 'left' || kind === 'cut';
      assert.deepEqual(types, wasIn ? ['start', 'accepted', 'end'] : ['start', 'end']);

      const lines = log.lines.filter(
        ({ message, facts }) =>
          message === 'a connection has ended' && facts['socket'] === id && facts['outcome'] === kind,
      );
      const line = one(lines, 'log');
      const { outcome: logged, ...facts } = line.facts;
      assert.deepEqual(words({ ...facts, kind: logged as string }), expected, 'log');
      assert.deepEqual([facts['transport'], facts['reason']], [transport, reason], 'log');

      const found = spans().filter(
        ({ attributes }) => attributes['colloquy.socket.id'] === id && attributes['colloquy.outcome'] === kind,
      );
      const span = one(found, 'span');
      const { 'colloquy.outcome': outcome, 'error.type': type, 'colloquy.limit': hit } = span.attributes;
      assert.deepEqual([outcome, type, hit], expected, 'span');
      const place = namespace ?? '';
      assert.equal(span.name, wasIn ? `connection ${place}` : namespace ? `${place}/connect` : 'handshake');

      const entries = app.recorder.dump().entries.filter((each) => 'transport' in each && each.outcome?.kind === kind);
      const entry = one(
        entries.filter((each) => each.socket === (id ?? '')),
        'recorder',
      );
      assert.deepEqual(words('outcome' in entry ? (entry.outcome as Outcome<string>) : {}), expected, 'recorder');
      assert.equal(entry.type, wasIn ? 'left' : 'refused', 'recorder');

      const labels = { namespace: namespace ?? '_other', outcome: kind, cause: limit ?? code ?? reason ?? '' };
      const metrics = parse(app.metrics());
      assert.equal(valueOf(metrics, 'colloquy_connections_ended_total', labels), 1, 'metrics');
      if (limit) assert.equal(valueOf(metrics, 'colloquy_limit_hits_total', { limit }), 1, 'limits');
      const measured = await points(wasIn ? 'colloquy.connection.duration' : 'colloquy.connection.refused');
      const point = one(
        measured.filter(
          ({ attributes }) => attributes['colloquy.outcome'] === kind && attributes['error.type'] === code,
        ),
        'OpenTelemetry',
      );
      assert.equal(wasIn ? (point.value as { count: number }).count : point.value, 1);
    });
  }

  it('and one that its application ends in a namespace without controllers did join in time', async (t) => {
    const all = heard(t, channels.connection);
    const { app, connect } = await start(t, controllers, { limits: { joinTime: 20 } });
    const entered = deferred<{ disconnect(close: boolean): void }>();
    app.io.of('/own').on('connection', (socket) => entered.resolve(socket));
    await connect('/own');
    const socket = await entered.promise;
    await new Promise((resolve) => setTimeout(resolve, 25));
    socket.disconnect(true);
    await until(() => app.io.engine.clientsCount === 0, 'the end of the transport');
    assert.deepEqual(all, []);
    assert.deepEqual(app.health().counts, {});
  });
});
