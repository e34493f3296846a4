import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IsInt } from 'class-validator';
import { EventName, Namespace, On, OnMessage, Payload, reply } from '../../src/index.js';
import { start, transports } from '../support/app.js';

class Point {
  @IsInt() x!: number;
}

@Namespace('/events')
class Events {
  @OnMessage()
  text(text: string) {
    return `text: ${text}`;
  }

  @On('json')
  json(value: Point) {
    return { json: value.x };
  }

  @On('my event')
  @On('Mein Ereignis: größer!')
  spaced(value: unknown, @EventName() name: string) {
    return [name, value];
  }

  @On('several')
  several(a: number, point: Point, bytes: Buffer, @Payload({ optional: true, type: String }) d?: string) {
    return reply(a, point.x, bytes, d ?? 'nothing');
  }

  @On('echo')
  echo(value: unknown) {
    return value;
  }
}

for (const transport of transports) {
  describe(`an event (${transport})`, () => {
    it('may be the unnamed one, sent with send()', async (t) => {
      const { connect } = await start(t, [Events]);
      const client = await connect('/events', { transports: [transport] });
      const answer = await new Promise((resolve) => client.send('hello', resolve));
      assert.equal(answer, 'text: hello');
    });

    it('may be called json, and carries a validated object', async (t) => {
      const { connect } = await start(t, [Events]);
      const client = await connect('/events', { transports: [transport] });
      assert.deepEqual(await client.emitWithAck('json', { x: 1 }), { json: 1 });
      assert.equal((await client.emitWithAck('json', { x: 'one' })).error.code, 'invalid');
    });

    it('may have spaces and any letters in its name', async (t) => {
      const { connect } = await start(t, [Events]);
      const client = await connect('/events', { transports: [transport] });
      assert.deepEqual(await client.emitWithAck('my event', 1), ['my event', 1]);
      const name = 'Mein Ereignis: größer!';
      assert.deepEqual(await client.emitWithAck(name, 2), [name, 2]);
    });

    it('carries several arguments, each validated by its own type', async (t) => {
      const { connect } = await start(t, [Events]);
      const client = await connect('/events', { transports: [transport] });
      const answers = (...args: unknown[]): Promise<unknown[]> =>
        new Promise((resolve) => client.emit('several', ...args, (...got: unknown[]) => resolve(got)));
      const bytes = Buffer.from([0, 255]);
      assert.deepEqual(await answers(1, { x: 2 }, bytes, 'four'), [1, 2, bytes, 'four']);
      assert.deepEqual(await answers(1, { x: 2 }, bytes), [1, 2, bytes, 'nothing']);
      const [failed] = (await answers(1, { x: 'two' }, bytes)) as [{ error: { code: string } }];
      assert.equal(failed.error.code, 'invalid');
    });

    it('carries text, numbers, JSON and bytes at any depth, both ways', async (t) => {
      const { connect } = await start(t, [Events]);
      const client = await connect('/events', { transports: [transport] });
      for (const value of ['text', 4.5, true, null, [1, [2]], { a: { b: 'c' } }, Buffer.from('bytes')]) {
        assert.deepEqual(await client.emitWithAck('echo', value), value);
      }
      const nested = { list: [{ bytes: Buffer.from([1]) }, Buffer.from([2])] };
      assert.deepEqual(await client.emitWithAck('echo', nested), nested);
    });

    it('has a name in which case counts; a typo is answered, not swallowed', async (t) => {
      const { connect } = await start(t, [Events]);
      const client = await connect('/events', { transports: [transport] });
      assert.equal(await client.emitWithAck('echo', 1), 1);
      assert.equal((await client.emitWithAck('Echo', 1)).error.code, 'unknown_event');
    });
  });
}

describe('the events of one client', () => {
  for (const concurrentCalls of [1, 2]) {
    const how = concurrentCalls === 1 ? 'one after the other' : 'side by side';
    it(`are handled ${how} with limits.concurrentCalls: ${concurrentCalls}`, async (t) => {
      let running = 0;
      let most = 0;
      @Namespace('/work')
      class Work {
        @On() async work() {
          most = Math.max(most, ++running);
          await new Promise(setImmediate);
          running--;
        }
      }
      const { connect } = await start(t, [Work], { limits: { concurrentCalls } });
      const client = await connect('/work');
      await Promise.all([client.emitWithAck('work'), client.emitWithAck('work')]);
      assert.equal(most, concurrentCalls);
    });
  }
});
