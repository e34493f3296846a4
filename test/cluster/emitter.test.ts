/** An emitter that declares its events, in a process of its own, beside an application with the same declaration. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Namespace, On, SetupError } from '../../src/index.js';
import { createEmitter, InvalidEmission } from '../../src/cluster/emitter/index.js';
import { startNode } from './support/cluster.js';
import { absence, ENGINES, forgetStreams } from './support/engines.js';
import { start } from '../support/app.js';
import { nextEvent } from '../support/wait.js';
import { events, Said } from '../support/events.js';

@Namespace('/chat')
class Chat {
  @On() work() {}
}

const engines = await Promise.all(ENGINES.map(async (engine) => ({ engine, skip: (await absence(engine)) ?? false })));

describe('an emitter that declares what it sends', () => {
  for (const { engine, skip } of engines) {
    it(`sends what fits, and throws for all else before it is published (${engine.name})`, { skip }, async (t) => {
      const prefix = `emits-${process.pid}-${engine.name}`;
      const { connect } = await start(t, [Chat], { adapter: await engine.option(prefix), emits: events });
      const emitter = await startNode({ engine: engine.name, role: 'declaring', options: { prefix } });
      t.after(async () => {
        await emitter.stop();
        if (engine.official) await forgetStreams(prefix);
      });
      const client = await connect('/chat');
      const names: string[] = [];
      client.onAny((event: string) => names.push(event));
      const [said, cleared] = [nextEvent(client, 'said'), nextEvent(client, 'cleared')];
      const refusals = await emitter.run(({ emitter: io }, id) => {
        const chat = io.of('/chat');
        const refused = (send: () => unknown): string => {
          try {
            return String(send());
          } catch (error) {
            return `${(error as Error).name} ${(error as Error).message}`;
          }
        };
        const all = [
          refused(() => chat.emit('said', { text: '' })),
          refused(() => chat.to(id).emit('siad', 1)),
          refused(() => io.emit('said', { text: 1 })),
        ];
        chat.to(id).emit('said', { text: 'hello', password: 'secret' });
        chat.except('nobody').emit('cleared');
        return all;
      }, client.id!);
      assert.match(refusals[0]!, /^InvalidEmission The event 'said' was not sent: text: text must be longer/);
      assert.match(refusals[1]!, /^InvalidEmission The event 'siad' was not sent: `emits` declares only said, /);
      assert.match(refusals[2]!, /^InvalidEmission The event 'said' was not sent: text: /);
      assert.deepEqual(await said, [{ text: 'hello' }]);
      await cleared;
      assert.deepEqual(names, ['said', 'cleared']);
    });
  }

  it('is told of the mistakes in its declaration, all at once, before it connects', async () => {
    const emits = { connect: Said, said: Date };
    await assert.rejects(createEmitter('redis://127.0.0.1:1', { emits }), (error: unknown) => {
      assert.ok(error instanceof SetupError);
      assert.deepEqual(
        error.problems.map(({ where }) => where),
        ["emits['connect']", "emits['said']"],
      );
      return true;
    });
  });

  it('takes the options of payloads', async (t) => {
    const payload = { validator: { forbidNonWhitelisted: true } };
    const emitter = await createEmitter('memory://emits', { emits: events, payload });
    t.after(() => emitter.close());
    const more = { text: 'a', more: 1 };
    assert.throws(() => emitter.of('/chat').emit('said', more), InvalidEmission);
  });

  it('joins, leaves and disconnects as any other', async (t) => {
    const { connect, app } = await start(t, [Chat], { adapter: 'memory://emits-moves', emits: events });
    const emitter = await createEmitter('memory://emits-moves', { emits: events });
    t.after(() => emitter.close());
    const client = await connect('/chat');
    const chat = app.io.of('/chat');
    const joined = new Promise((resolve) => chat.adapter.once('join-room', resolve));
    emitter.of('/chat').in(client.id!).socketsJoin('room');
    assert.equal(await joined, 'room');
    const left = new Promise((resolve) => chat.adapter.once('leave-room', resolve));
    emitter.of('/chat').socketsLeave('room');
    assert.equal(await left, 'room');
    const gone = nextEvent(client, 'disconnect');
    emitter.of('/chat').in(client.id!).disconnectSockets();
    assert.deepEqual((await gone)[0], 'io server disconnect');
  });
});
