/** Packets that are none of the protocol end a connection, never the process, whichever parser reads them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Socket as EngineSocket } from 'engine.io-client';
import msgpack from 'socket.io-msgpack-parser';
import { Namespace, On, OnConnect } from '../../src/index.js';
import { start, transports } from '../support/app.js';
import { undisturbed } from '../support/undisturbed.js';
import { nextEvent } from '../support/wait.js';

@Namespace('/')
class Root {
  static entered = 0;
  @OnConnect enter() {
    Root.entered++;
  }
  @On() echo(value: unknown) {
    return value;
  }
}

const odd = { toString: 1, valueOf: 1 };

/** Packets as a parser that checks nothing would hand them over. */
const packets: readonly unknown[] = [
  { type: 2, nsp: '/', data: [odd] },
  { type: 2, nsp: '/', data: [null] },
  { type: 2, nsp: '/', data: [['a']] },
  { type: 2, nsp: '/', data: [{}] },
  { type: 2, nsp: '/', data: [] },
  { type: 2, nsp: '/', data: {} },
  { type: 2, nsp: '/', data: 'echo' },
  { type: 2, nsp: '/', data: null },
  { type: 2, nsp: '/' },
  { type: 2, nsp: '/', data: ['connect'] },
  { type: 2, nsp: '/', data: ['disconnect'] },
  { type: 2, nsp: '/', data: ['newListener'] },
  { type: 2, nsp: '/', id: odd, data: ['echo', 1] },
  { type: 2, nsp: '/', id: -1, data: ['echo', 1] },
  { type: 2, nsp: '/', id: '7', data: ['echo', 1] },
  { type: 2, nsp: '/', id: 1.5, data: ['echo', 1] },
  { type: 2, nsp: odd, data: ['echo'] },
  { type: 2, nsp: 7, data: ['echo'] },
  { type: 2, data: ['echo'] },
  { type: 3, nsp: '/', id: 1, data: 'no' },
  { type: 3, nsp: '/', data: [] },
  { type: 3, nsp: '/', id: odd, data: [] },
  { type: 0, nsp: '/', data: null },
  { type: 0, nsp: '/', data: [1] },
  { type: 0, nsp: '/', data: 'auth' },
  { type: 0, nsp: `/${'a'.repeat(90_000)}` },
  { type: odd, nsp: '/' },
  { type: '2', nsp: '/', data: ['echo'] },
  { type: 9, nsp: '/' },
  { type: null, nsp: '/' },
  { type: 5, nsp: '/', data: 'x', attachments: 1e9 },
  [],
  7,
  'text',
  null,
  { __proto__: null, type: 2, nsp: '__proto__', data: ['constructor'] },
];

const encode = (packet: unknown): Buffer[] =>
  new (msgpack as unknown as { Encoder: new () => { encode(packet: unknown): Buffer[] } }).Encoder().encode(packet);

async function send(url: string, transport: string, frames: readonly (Buffer | string)[]): Promise<void> {
  const engine = new EngineSocket(url, { path: '/socket.io/', transports: [transport] });
  await nextEvent(engine as never, 'open');
  const closed = new Promise((resolve) => engine.on('close', resolve));
  for (const frame of frames) engine.write(frame as never);
  await new Promise<void>((resolve) => {
    engine.once('drain', () => setImmediate(resolve));
    void closed.then(() => resolve());
  });
  engine.close();
  await closed;
}

for (const transport of transports) {
  describe(`packets over ${transport}`, () => {
    it('of msgpack that are none end only their own connection', async (t) => {
      const { app, url, connect } = await start(t, [Root], { parser: msgpack });
      const witness = await connect('/', { parser: msgpack } as never);
      await undisturbed(async () => {
        for (const packet of packets) {
          let frames: Buffer[];
          try {
            frames = encode(packet);
          } catch {
            continue;
          }
          await send(url, transport, [...encode({ type: 0, nsp: '/' }), ...frames]);
          assert.equal(await witness.emitWithAck('echo', 1), 1, JSON.stringify(packet)?.slice(0, 80));
        }
      });
      assert.ok((app.health().counts.invalid_packet ?? 0) > 20);
    });

    it('of the default parser that are none end only their own connection', async (t) => {
      const { url, connect } = await start(t, [Root]);
      const witness = await connect('/');
      await undisturbed(async () => {
        for (const frame of [
          '0null',
          '0[1]',
          '0"a"',
          '2[]',
          '2[null]',
          '2[{}]',
          '2["connect"]',
          '2{}',
          '3[]',
          '31',
          '9',
          '',
          '5',
          '51-["a",{"_placeholder":true,"num":"x"}]',
          `0/${'a'.repeat(300)},`,
          '2-1["echo"]',
          '0{"__proto__":{"x":1}}',
        ]) {
          await send(url, transport, ['0', frame]);
          assert.equal(await witness.emitWithAck('echo', 1), 1, frame);
        }
      });
    });
  });
}

it('random packets of msgpack end nothing', { timeout: 60_000 }, async (t) => {
  const { url, connect } = await start(t, [Root], { parser: msgpack, limits: { connectRate: Infinity } });
  const witness = await connect('/', { parser: msgpack } as never);
  const part = fc.oneof(
    fc.integer({ min: -2, max: 8 }),
    fc.string({ maxLength: 5 }),
    fc.constant('/'),
    fc.constant(['echo', 1]),
    fc.jsonValue(),
    fc.constant(undefined),
  );
  await undisturbed(() =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ type: part, nsp: part, id: part, data: part }), { maxLength: 5 }),
        async (list) => {
          await send(url, 'websocket', [...encode({ type: 0, nsp: '/' }), ...list.flatMap(encode)]);
          assert.equal(await witness.emitWithAck('echo', 1), 1);
        },
      ),
      { numRuns: 200, seed: 20261127 },
    ),
  );
});

it('the name of a namespace has at most 256 characters, and nothing is kept of a longer one', async (t) => {
  @Namespace('/game/:id')
  class Game {
    @On() echo(value: unknown) {
      return value;
    }
  }
  const { app, url, connect } = await start(t, [Root, Game]);
  const before = app.io._nsps.size;
  for (const length of [300, 5_000, 90_000]) await send(url, 'websocket', [`0/game/${'a'.repeat(length)},`]);
  assert.equal(app.io._nsps.size, before);
  const longest = await connect(`/game/${'a'.repeat(250)}`);
  assert.equal(await longest.emitWithAck('echo', 1), 1);
});
