/**
 * The same emits, on the stock engine and with one write per turn: a client reads the same bytes.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ServerOptions } from 'socket.io';
import { RawClient, start, type Running } from './support.js';

type Step = { how: 'emit' | 'broadcast' | 'binary' | 'turn'; value: string };

const SEED = 20260501;
/** Around every length at which a frame's header, or the way it is written, changes. */
const LENGTHS = [0, 1, 100, 115, 125, 126, 127, 4080, 4096, 4097, 5000, 65_530, 65_536, 70_000];
const text = fc.oneof(
  fc.string({ maxLength: 150 }),
  fc.string({ maxLength: 150, unit: 'binary' }),
  fc
    .tuple(fc.constantFrom(...LENGTHS), fc.constantFrom('a', 'é', '語', '\u{1f600}'))
    .map(([n, c]) => c.repeat(n / c.length)),
);
const step: fc.Arbitrary<Step> = fc.record({
  how: fc.constantFrom('emit', 'emit', 'emit', 'broadcast', 'broadcast', 'binary', 'turn'),
  value: text,
});

/** With numbers for ids: random ones would be different bytes, and compress differently. */
async function startNumbered(...options: Parameters<typeof start>): Promise<Running> {
  const server = await start(...options);
  let ids = 0;
  const nextId = () => String(ids++).padStart(20, '0');
  server.io.engine.generateId = nextId;
  server.io.use((socket, next) => {
    Object.assign(socket, { id: nextId() });
    next();
  });
  return server;
}

async function play(server: Running, steps: Step[], deflate = false): Promise<string[]> {
  const { client, socket } = await RawClient.connect(server, deflate);
  const packet: Record<Step['how'], (value: string) => unknown> = {
    emit: (value) => socket.emit('said', value),
    broadcast: (value) => server.io.emit('said', value),
    binary: (value) => socket.emit('file', { name: value.slice(0, 10), bytes: Buffer.from(value) }),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
  };
  for (const { how, value } of steps) {
    const turned = packet[how](value);
    if (how === 'turn') await turned;
  }
  socket.disconnect(true);
  return (await client.untilClosed()).map(({ bytes }) => bytes.toString('latin1'));
}

const WAYS: [string, Partial<ServerOptions>, boolean][] = [
  ['plain TCP', {}, false],
  ['TLS', {}, true],
  ['compressed', { perMessageDeflate: { threshold: 100 } }, false],
  ['compressed without context', { perMessageDeflate: { serverNoContextTakeover: true, threshold: 100 } }, false],
];

describe('one write per turn', { timeout: 30_000 }, () => {
  for (const [way, options, tls] of WAYS) {
    it(`sends the same bytes in the same order as the stock engine: ${way}`, async () => {
      const [stock, corked] = await Promise.all([
        startNumbered('ws', options, tls),
        startNumbered('corked', options, tls),
      ]);
      const deflate = options.perMessageDeflate !== undefined;
      try {
        const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const expected = await play(stock, steps, deflate);
          assert.deepEqual(await play(corked, steps, deflate), expected);
        });
        await fc.assert(property, { seed: SEED, numRuns: 40 });
      } finally {
        await Promise.all([stock.stop(), corked.stop()]);
      }
    });
  }

  it('sends the same bytes where a batch is longer than one chunk of joined frames', async () => {
    const [stock, corked] = await Promise.all([startNumbered('ws'), startNumbered('corked')]);
    const steps: Step[] = Array.from({ length: 2000 }, (_, i) => ({ how: 'emit', value: 'x'.repeat(i) }));
    try {
      const expected = await play(stock, steps);
      assert.deepEqual(await play(corked, steps), expected);
    } finally {
      await Promise.all([stock.stop(), corked.stop()]);
    }
  });

  it('answers acknowledgements, binary ones included, with the same bytes', async () => {
    const answers = async (server: Running): Promise<string[]> => {
      const { client, socket } = await RawClient.connect(server);
      socket.on('echo', (value: unknown, ack: (...values: unknown[]) => void) => ack(value, Buffer.from('ab')));
      socket.on('plain', (ack: (value: string) => void) => ack('é'));
      client.send(...Array.from({ length: 20 }, (_, id) => `42${id}["${id % 3 === 0 ? 'plain"' : 'echo",1'}]`));
      await client.until(({ text }) => text.startsWith('4319') || text.startsWith('461-19'));
      socket.disconnect(true);
      return (await client.untilClosed()).map(({ bytes }) => bytes.toString('latin1'));
    };
    const [stock, corked] = await Promise.all([startNumbered('ws'), startNumbered('corked')]);
    try {
      const expected = await answers(stock);
      assert.equal(expected.length, 2 + 7 + 2 * 13 + 2); // handshakes, 7 plain, 13 with an attachment each, goodbyes
      assert.deepEqual(await answers(corked), expected);
    } finally {
      await Promise.all([stock.stop(), corked.stop()]);
    }
  });
});
