/** The metrics of Prometheus' text are the metrics of OpenTelemetry: one source, the same values and labels. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventError, Namespace, On } from '../../../src/index.js';
import { instrumentOf } from '../../../src/telemetry/otel/exported.js';
import { start } from '../../support/app.js';
import { nextEvent, until } from '../../support/wait.js';
import { everything } from '../everything.js';
import { parse, type Series } from '../prometheus.js';
import { record } from './sdk.js';

@Namespace('/exported')
class Exported {
  @On() say(value: unknown) {
    return value;
  }
  @On() fail() {
    throw new EventError('own', 'Own.');
  }
}

/** Values that change between two readings. */
const moving: ReadonlySet<string> = new Set(['colloquy_event_loop_delay_seconds']);

describe('the metrics of OpenTelemetry', () => {
  it('have an instrument for each family of Prometheus, with its unit', async (t) => {
    const { points } = record(t);
    const { metrics } = await everything(t);
    assert.ok(metrics.size > 25);
    for (const name of metrics.keys()) {
      const instrument =
        name === 'colloquy_call_duration_seconds' ? 'rpc.server.call.duration' : instrumentOf(name).name;
      assert.ok((await points(instrument)).length > 0, `${name}: ${instrument}`);
    }
    assert.deepEqual(instrumentOf('colloquy_bus_published_total'), { name: 'colloquy.bus_published', unit: '1' });
    assert.deepEqual(instrumentOf('colloquy_received_bytes_total'), { name: 'colloquy.received_bytes', unit: 'By' });
    assert.deepEqual(instrumentOf('colloquy_bus_delay_seconds'), { name: 'colloquy.bus_delay', unit: 's' });
  });

  it('have the values and labels of the text, of an application that serves none too', async (t) => {
    const { points } = record(t);
    const options = { adapter: `memory://${t.name.replaceAll(/\W+/g, '-')}`, limits: { depth: 3, joinTime: 60_000 } };
    const { app, connect, refusal } = await start(t, [Exported], options);
    const client = await connect('/exported');
    await client.emitWithAck('say', 'x'.repeat(1_000));
    await client.emitWithAck('say', [[[[1]]]]);
    for (const event of ['fail', 'nobody', 'made up\n{evil="1"}']) await client.emitWithAck(event);
    await refusal('/nobody');
    const gone = nextEvent(app.io.of('/exported').sockets.get(client.id!)! as never, 'disconnect');
    client.disconnect();
    await gone;
    await until(() => app.io.engine.clientsCount === 0, 'the end of the transports');
    for (const [name, { type, series }] of parse(app.metrics())) {
      if (type === 'histogram' || moving.has(name)) continue;
      const exported = await points(instrumentOf(name).name);
      const rows = exported.map(({ attributes, value }) => row(attributes as Series['labels'], value as number));
      assert.deepEqual(sort(rows), sort(series.map(({ labels, value }) => row(labels, value))), name);
    }
  });

  it('of several applications are added up', async (t) => {
    const { points } = record(t);
    const all = [await start(t, [Exported]), await start(t, [Exported])];
    for (const [index, { connect }] of all.entries()) {
      const client = await connect('/exported');
      for (let n = 0; n <= index; n++) await client.emitWithAck('say', n);
    }
    const [calls] = await points('colloquy.calls');
    assert.equal(calls?.value, 3);
    await all[0]!.app.close();
    const [rest] = await points('colloquy.calls');
    assert.equal(rest?.value, 2, 'one that is closed is not read any more');
  });
});

function row(labels: Readonly<Record<string, unknown>>, value: number): string {
  return JSON.stringify([Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)), value]);
}

function sort(rows: string[]): string[] {
  return rows.toSorted((a, b) => (a < b ? -1 : 1));
}
