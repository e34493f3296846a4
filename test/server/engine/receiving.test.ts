/**
 * The same bytes from a client, on the stock engine and on one that reads frames itself: a server hears the same.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readTexts } from '../../../src/server/engine/frame-reader.js';
import { beneath, clientFrame, RawClient, start, withClient, type Running } from './support.js';

const SEED = 20261127;
const MAX_PAYLOAD = 5000;
/** Around every length at which a frame's header changes, and around what the server takes. */
const LENGTHS = [0, 1, 118, 119, 120, 125, 126, 127, 4096, MAX_PAYLOAD - 12, MAX_PAYLOAD, 70_000];

const event = (text: string): Buffer => Buffer.from(`42["said",${JSON.stringify(text)}]`);
const said = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc
    .tuple(fc.constantFrom(...LENGTHS), fc.constantFrom('a', 'é', '語', '\u{1f600}'))
    .map(([length, character]) => character.repeat(length / character.length)),
);
const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
/** Engine.IO's heartbeat answer, an empty message, and what is no packet at all. */
const oddPacket = fc.constantFrom('3', '', '4', '42[', '9', 'b', '2probe').map((text) => Buffer.from(text));

/** What a client sends, in the pieces that a chunk may end between. */
type Pieces = Buffer[];

const text = fc.tuple(said, mask).map(([value, key]): Pieces => [clientFrame({ payload: event(value), mask: key })]);
const fragmented = fc.tuple(said, mask, fc.nat()).map(([value, key, where]): Pieces => {
  const payload = event(value);
  const at = where % payload.length;
  return [
    clientFrame({ first: 0x01, payload: payload.subarray(0, at), mask: key }),
    clientFrame({ first: 0x80, payload: payload.subarray(at), mask: key }),
  ];
});
/** A message whose payload is itself a frame, cut where that begins. */
const smuggled = fc.constantFrom(0x81, 0x82).map((first): Pieces => {
  const frame = clientFrame({ first, payload: clientFrame({ payload: event('smuggled') }) });
  return [frame.subarray(0, 6), frame.subarray(6)];
});
/** No UTF-8, which as it is masked looks like a packet. */
const disguised = (): Pieces => {
  const payload = Buffer.from([0x34, 0xff, 0xfe, 0xff]);
  return [clientFrame({ payload, mask: payload.map((byte, at) => byte ^ Buffer.from('4003')[at]!) })];
};
/** A heartbeat's answer, cut behind its first byte: what is left looks like an empty text. */
const halved = (): Pieces => [Buffer.from([0x81]), Buffer.from([0x81, 0x80, 0, 0, 0, 0x80 ^ 0x33])];
const other = fc.oneof(
  fc.tuple(oddPacket, mask).map(([payload, key]): Pieces => [clientFrame({ payload, mask: key })]),
  mask.map((key): Pieces => [clientFrame({ first: 0x89, payload: Buffer.from('ping'), mask: key })]),
  fc
    .constantFrom(0x82, 0xc1, 0xa1, 0x83, 0x80, 0x88, 0x01)
    .chain((first) =>
      mask.map((key): Pieces => [clientFrame({ first, payload: Buffer.from([0x03, 0xe8]), mask: key })]),
    ),
  fc.constantFrom(disguised(), halved()),
  text.map(([whole]): Pieces => [clientFrame({ first: 0x01, payload: event('begun') }), whole!]),
  fc.constant([Buffer.from([0x81, 0x02, 0x34, 0x32])]), // not masked
  fc.constant([Buffer.from([0xa1, 0x80])]), // a reserved bit, and nothing behind it
);
/** Mostly what clients send; what ends a connection is rare, so that something follows and something came before. */
const conversation = fc
  .array(
    fc.oneof(
      { arbitrary: text, weight: 12 },
      { arbitrary: fragmented, weight: 2 },
      { arbitrary: smuggled, weight: 1 },
      { arbitrary: other, weight: 2 },
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((pieces) => pieces.flat());
/** The sizes of chunks, in turn; without any, each piece is a chunk. */
const sizes = fc.oneof(
  fc.constant([]),
  fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 70_000 })), {
    minLength: 1,
    maxLength: 6,
  }),
);

/** What the server heard of one client's chunks, up to its end. */
async function heardOf(server: Running, chunks: readonly Buffer[]): Promise<unknown[]> {
  const { client, socket } = await RawClient.connect(server);
  const heard: unknown[] = [];
  socket.onAny((...values: unknown[]) => heard.push(values));
  socket.conn.on('packet', ({ type, data }: { type: string; data?: unknown }) => heard.push([type, data]));
  const { ws, tcp } = beneath(socket);
  const ended = once(socket.conn, 'close').then(([reason]) => heard.push(reason));
  // Straight into the server's end, where a network would join and cut them; all in one tick, as after a pause.
  tcp.pause();
  for (const chunk of chunks) tcp.push(Buffer.from(chunk));
  tcp.resume();
  await new Promise((resolve) => setImmediate(resolve));
  if (socket.conn.readyState === 'open') ws.terminate();
  await ended;
  client.tcp.destroy();
  return heard;
}

function cut(pieces: readonly Buffer[], into: readonly number[]): readonly Buffer[] {
  if (into.length === 0) return pieces;
  const bytes = Buffer.concat(pieces);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunks.at(-1)!.length) {
    chunks.push(bytes.subarray(at, at + into[chunks.length % into.length]!));
  }
  return chunks;
}

describe('texts', () => {
  for (const character of ['a', 'é', '語', '\u{1f600}']) {
    it(`are read with every length and mask, and what is no text stays as it came: ${character}`, () => {
      for (let length = 0; length <= 300; length++) {
        const payload = Buffer.from(`${'x'.repeat(length)}${character}`);
        const keys = [
          [0, 0, 0, 0],
          [255, 254, 253, 252],
          Array.from({ length: 4 }, (_, at) => (length * 7 + at * 61) & 255),
        ];
        for (const key of keys) {
          const frame = clientFrame({ payload, mask: Uint8Array.from(key) });
          const texts: string[] = [];
          assert.equal(readTexts(Buffer.from(frame), Infinity, texts), frame.length);
          assert.deepEqual(texts, [payload.toString()]);
          const broken = clientFrame({
            payload: Buffer.concat([payload, Buffer.of(0xff)]),
            mask: Uint8Array.from(key),
          });
          const left = Buffer.from(broken);
          assert.equal(readTexts(left, Infinity, texts), 0);
          assert.ok(left.equals(broken));
        }
      }
    });
  }
});

describe('an engine that reads frames itself', { timeout: 60_000 }, () => {
  it('hears what the stock engine hears, whatever the frames and wherever their chunks are cut', async () => {
    const options = { maxHttpBufferSize: MAX_PAYLOAD };
    const [stock, corked] = await Promise.all([start('ws', options), start('corked', options)]);
    try {
      await fc.assert(
        fc.asyncProperty(conversation, sizes, async (pieces, into) => {
          const chunks = cut(pieces, into);
          assert.deepEqual(await heardOf(corked, chunks), await heardOf(stock, chunks));
        }),
        { seed: SEED, numRuns: 400 },
      );
    } finally {
      await Promise.all([stock.stop(), corked.stop()]);
    }
  });

  it('reads a text without ws, and leaves it what is binary', async () => {
    await withClient('corked', async (client, socket) => {
      const { socket: ws } = socket.conn.transport as unknown as {
        socket: { _receiver: { _write(...args: unknown[]): void } };
      };
      const { _receiver: receiver } = ws;
      const { _write: stock } = receiver;
      let written = 0;
      receiver._write = (...args) => {
        written++;
        stock.apply(receiver, args);
      };
      const texts = once(socket, 'said');
      client.tcp.write(clientFrame({ payload: event('hello') }));
      await texts;
      assert.equal(written, 0);
      const bytes = once(socket, 'file');
      client.send('451-["file",{"_placeholder":true,"num":0}]');
      client.tcp.write(clientFrame({ first: 0x82, payload: Buffer.from([1, 2, 3]) }));
      assert.deepEqual(await bytes, [Buffer.from([1, 2, 3])]);
      assert.equal(written, 1);
    });
  });

  it('leaves messages to ws where somebody else listens for them', async () => {
    await withClient('corked', async (client, socket) => {
      const { socket: ws } = socket.conn.transport as unknown as {
        socket: { on(event: 'message', listener: (data: Buffer) => void): void };
      };
      const messages: string[] = [];
      ws.on('message', (data) => messages.push(data.toString()));
      const heard = once(socket, 'said');
      client.send('42["said","hello"]');
      await heard;
      assert.deepEqual(messages, ['42["said","hello"]']);
    });
  });

  it('holds nothing back for ever when a listener throws', async () => {
    await withClient('corked', async (client, socket) => {
      socket.on('echo', (value: string, ack: (value: string) => void) => ack(value));
      const thrown = new Error('a listener of the test');
      socket.conn.once('packet', () => {
        throw thrown;
      });
      const { tcp } = beneath(socket);
      const [stream] = tcp.listeners('data') as ((chunk: Buffer) => void)[];
      const chunk = Buffer.concat(['lost', 'lost too'].map((value) => clientFrame({ payload: event(value) })));
      assert.throws(() => stream!.call(tcp, chunk), thrown);
      client.send('420["echo","later"]');
      await client.until(({ text: answer }) => answer === '430["later"]');
    });
  });
});
