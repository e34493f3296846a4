/** What the channels tell: each thing has one start and one end, and the end says the cause. */
import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { channels, type CallEnd, type CallMessage, type CallStart } from '../../src/telemetry/index.js';
import { start } from '../support/app.js';
import { deferred, until } from '../support/wait.js';
import { controllers, endings, waiting } from './endings.js';
import { heard } from './heard.js';

const isEnd = (message: CallMessage): message is CallEnd => message.type === 'end';

describe('a call ends once, and its channel says how', () => {
  for (const { name, namespace = '/endings', event, kind, code, limit, options, calls = 1, make } of endings) {
    it(name, async (t) => {
      Object.assign(waiting, { entered: deferred(), released: deferred() });
      t.after(() => waiting.released.resolve());
      const running = await start(t, controllers, options);
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
      if (code === 'internal') assert.ok(running.log.lines.some(({ facts }) => facts['id'] === end.id));
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
