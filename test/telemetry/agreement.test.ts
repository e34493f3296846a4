/** For each way in which a call can end: channel, log, span, both kinds of metrics and the recorder tell the same id and outcome. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../src/base/channels/outcome.js';
import { channels, logCalls, type CallEnd } from '../../src/telemetry/index.js';
import { start } from '../support/app.js';
import { deferred, until } from '../support/wait.js';
import { controllers, endings, waiting } from './endings.js';
import { heard } from './heard.js';
import { record } from './otel/sdk.js';
import { parse } from './prometheus.js';

/** What all of them tell of an outcome. */
const words = ({ kind, code, limit }: Partial<Outcome>): unknown[] => [kind, code, limit];

describe('a call that ended is told of in one way everywhere', () => {
  for (const { name, namespace = '/endings', event, kind, code, limit, options, calls = 1, make } of endings) {
    it(name, async (t) => {
      Object.assign(waiting, { entered: deferred(), released: deferred() });
      t.after(() => waiting.released.resolve());
      const { spans, points } = record(t);
      const running = await start(t, controllers, { ...options, recorder: {}, metrics: '/metrics' });
      const { app, log } = running;
      t.after(logCalls(app));
      const client = await running.connect(namespace);
      const messages = heard(t, channels.call);
      const ends = (): CallEnd[] =>
        messages.filter((each): each is CallEnd => each.type === 'end' && each.io === app.io && each.kind === 'event');
      await make({ running, client });
      await until(() => ends().length === calls, 'the end');

      const end = ends().find((each) => each.declared.event === event && each.outcome.kind === kind)!;
      const { id } = end;
      const expected = [kind, code, limit];
      assert.deepEqual(words(end.outcome), expected, 'channel');

      const line = log.lines.find(({ facts, message }) => facts['id'] === id && message === 'a call has ended');
      const { outcome: told, ...facts } = line!.facts;
      assert.deepEqual(words({ ...facts, kind: told as Outcome['kind'] }), expected, 'log');

      const span = spans().find(({ attributes }) => attributes['colloquy.call.id'] === id)!;
      const { 'colloquy.outcome': outcome, 'error.type': type, 'colloquy.limit': hit } = span.attributes;
      assert.deepEqual([outcome, type, hit], expected, 'span');
      assert.equal(span.name, `${namespace}/${event === '*' && end.handler === '(nobody)' ? '_OTHER' : event}`);

      const entry = app.recorder.dump().entries.find((each) => each.type === 'call' && each.id === id)!;
      assert.deepEqual(entry.type === 'call' && words(entry.outcome as Outcome), expected, 'recorder');

      const counted = parse(app.metrics()).get('colloquy_calls_total')!.series;
      const rows = counted.filter(({ labels, value }) => labels['kind'] === 'event' && value > 0);
      assert.ok(
        rows.some(({ labels }) => labels['outcome'] === kind && (labels['code'] || undefined) === code),
        `metrics: ${JSON.stringify(rows)}`,
      );
      const measured = await points('rpc.server.call.duration');
      assert.ok(
        measured.some(({ attributes }) => attributes['colloquy.outcome'] === kind && attributes['error.type'] === code),
        `OpenTelemetry: ${JSON.stringify(measured.map(({ attributes }) => attributes))}`,
      );
      assert.equal(
        measured.reduce((sum, { value }) => sum + (value as { count: number }).count, 0),
        rows.reduce((sum, { value }) => sum + value, 0),
        'as many calls in both kinds of metrics',
      );
    });
  }
});
