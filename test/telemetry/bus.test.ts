/** What `colloquy:bus` tells with each broker: what left, what came of it on the other node, and the texts that travel with it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { channels, type BusEnd, type BusMessage, type BusStart } from '../../src/telemetry/index.js';
import { client, converged, next, startInside } from '../cluster/support/cluster.js';
import { absence, ENGINES } from '../cluster/support/engines.js';
import { until } from '../support/wait.js';
import { heard } from './heard.js';

// The official adapter of Redis Streams speaks its own way with its own messages.
const engines = ENGINES.filter(({ official }) => !official);
const absences = new Map(await Promise.all(engines.map(async (engine) => [engine, await absence(engine)] as const)));
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a message to another node is told with its trace', () => {
  for (const [{ name }, reason] of absences) {
    it(`over ${name}`, { skip: reason ?? false }, async (t) => {
      const options = { prefix: `test-${process.pid}-told-${name}` };
      const nodes = await Promise.all([1, 2].map(() => startInside({ engine: name, role: 'server', options })));
      t.after(() => Promise.all(nodes.map((node) => node.stop())));
      const [here, there] = nodes as [(typeof nodes)[number], (typeof nodes)[number]];
      await converged(nodes);
      const add = (message: BusMessage): void => {
        if (message.type === 'start' && message.direction === 'out')
          Object.assign(message.headers, { traceparent: TRACEPARENT });
      };
      channels.bus.subscribe(add);
      t.after(() => channels.bus.unsubscribe(add));
      const all = heard(t, channels.bus);
      const own = await here.run(({ link }) => link.node);
      const listening = await client(there);
      t.after(() => listening.disconnect());
      const told = next(listening, 'told');
      await here.run(({ io }) => void io.emit('told', { bytes: Buffer.from('abc') }));
      assert.deepEqual(await told, [{ bytes: Buffer.from('abc') }]);

      const isIn = (message: BusMessage): message is BusStart | BusEnd =>
        message.type !== 'confirmed' && message.direction === 'in' && message.peer === own;
      await until(() => all.some((each) => isIn(each) && each.type === 'end'), 'the end on the other node');
      const sent = all.filter(
        (each): each is BusStart | BusEnd =>
          each.type !== 'confirmed' && each.direction === 'out' && each.node === own && each.peer === 'all',
      );
      const received = all.filter(isIn);
      for (const messages of [sent, received]) {
        assert.deepEqual(
          messages.map(({ type }) => type),
          ['start', 'end'],
        );
        for (const { engine, headers, namespace } of messages) {
          assert.ok(name.startsWith(engine), engine);
          assert.deepEqual([{ ...headers }, namespace], [{ traceparent: TRACEPARENT }, '/']);
        }
      }
      const kinds = [sent, received].map((messages) => (messages[1] as BusEnd).outcome.kind);
      assert.deepEqual(kinds, ['published', 'done']);
      assert.notEqual(received[0]!.node, own);
      await until(() => all.some((each) => each.type === 'confirmed' && each.node === own), 'the confirmation');
    });
  }
});
