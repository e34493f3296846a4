/** What the channels tell: each thing has one start and one end, and the end says the cause. */
import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { channels, logCalls, type CallEnd, type CallMessage, type CallStart } from '../../src/telemetry/index.js';
import { start } from '../support/app.js';
import { deferred, until } from '../support/wait.js';
import { controllers, endings, waiting } from './endings.js';
import { heard } from './heard.js';
import { parse, valueOf } from './prometheus.js';

const isEnd = (message: CallMessage): message is CallEnd => message.type === 'end';

describe('a call ends once, and channel, log and metrics say how, under one id', () => {
  for (const { name, namespace = '/endings', event, kind, code, limit, options, calls = 1, make } of endings) {
    it(name, async (t) => {
      Object.assign(waiting, { entered: deferred(), released: deferred() });
      t.after(() => waiting.released.resolve());
      const running = await start(t, controllers, options);
      running.app.metrics();
      t.after(logCalls(running.app, { level: () => 'info' }));
      const client = await running.connect(namespace);
      const all = heard(t, channels.call);
      const messages = (): CallMessage[] => all.filter(({ io, kind: of }) => io === running.app.io && of === 'event');
      const answer = await make({ running, client });
      const ends = (): CallEnd[] => messages().filter(isEnd);
      await until(() => ends().length === calls, 'the end');

      const end = ends().find((each) => each.declared.event === event && each.outcome.kind === kind);
      assert.ok(end, JSON.stringify(ends().map(({ event: of, outcome }) => [of, outcome.kind, outcome.code])));
      const { error: _, ...outcome } = end.outcome;
      const expected = { kind, ...(code && { code }), ...(limit && { limit }) };
      assert.deepEqual(outcome, expected);
      assert.deepEqual(end.declared, { namespace, event });
      assert.equal(end.namespace, namespace);
      assert.ok(end.duration >= 0);
      assert.equal(end.context.outcome?.kind, kind);

      const starts = messages().filter((message): message is CallStart => message.type === 'start');
      assert.equal(starts.length, calls, 'a start for each end');
      const begun = starts.find(({ context }) => context === end.context);
      assert.equal(begun?.id, end.id);
      assert.equal(begun?.startedAt, end.startedAt);

      const { error } = Object(answer) as { error?: { code: string; id?: string } };
      if (error) assert.equal(error.code, code);
      if (error?.id !== undefined) assert.equal(error.id, end.id);
      if (answer !== undefined && kind === 'answered') assert.deepEqual(end.answer, [answer]);

      const own = running.log.lines.filter(({ facts }) => facts['id'] === end.id);
      const line = own.find(({ message }) => message === 'a call has ended');
      assert.ok(line, 'the log has the end');
      const { id: _id, socket: _socket, event: _event, duration: _duration, ...facts } = line.facts;
      assert.deepEqual(facts, {
        namespace,
        handler: end.handler,
        outcome: kind,
        ...(code && { code }),
        ...(limit && { limit }),
      });
      if (code === 'internal') assert.ok(own.some(({ level, facts: { err } }) => level === 'error' && err));

      const metrics = parse(running.app.metrics());
      const labels = { kind: 'event', namespace, event: end.handler === '(nobody)' ? '_other' : event };
      const counted = { ...labels, outcome: kind, code: code ?? '' };
      assert.equal(valueOf(metrics, 'colloquy_calls_total', counted), 1, 'the metrics count it');
      if (limit) assert.ok(valueOf(metrics, 'colloquy_limit_hits_total', { limit })! >= 1);
      const isTimed = kind !== 'refused' && kind !== 'passed';
      assert.equal(valueOf(metrics, 'colloquy_call_duration_seconds_count', labels) ?? 0, isTimed ? 1 : 0);
    });
  }
});

describe('a subscriber', () => {
  it('that throws, or whose promise rejects, ends no call and not the process, and is named once', async (t) => {
    const warnings: string[] = [];
    const warned = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', warned);
    t.after(() => process.off('warning', warned));
    const raw = channel('colloquy:call');
    const thrower = function thrower(): void {
      throw new Error('a subscriber that throws');
    };
    const rejecter = async function rejecter(): Promise<void> {
      throw new Error('a subscriber that rejects');
    };
    raw.subscribe(thrower);
    raw.subscribe(rejecter as () => void);
    t.after(() => {
      raw.unsubscribe(thrower);
      raw.unsubscribe(rejecter as () => void);
    });
    const { connect } = await start(t, controllers);
    const client = await connect('/endings');
    for (let n = 0; n < 3; n++) assert.equal(await client.emitWithAck('echo', n), n);
    await until(() => warnings.filter((each) => each.includes('a colloquy channel')).length === 2, 'both warnings');
    assert.match(warnings.join('\n'), /\(thrower\).*a subscriber that throws/);
    assert.match(warnings.join('\n'), /\(rejecter\).*a subscriber that rejects/);
  });
});
