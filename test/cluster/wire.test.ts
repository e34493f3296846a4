import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Server } from 'socket.io';
import { decode, encode } from '../../src/cluster/bus/frames/codec.js';
import { findEngine } from '../../src/cluster/engines.js';
import { Assembler } from '../../src/cluster/bus/frames/assembler.js';
import { parseFrame } from '../../src/cluster/bus/frames/frame.js';
import { Framer } from '../../src/cluster/bus/frames/framer.js';
import { openAdapter } from '../../src/cluster/index.js';
import { absence, ENGINES } from './support/engines.js';

const jsonOrBytes = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('m', 'b', '$bin', '_placeholder', '__proto__')), tie('value')),
  ),
})).value;

describe('what travels between nodes', () => {
  it('any message of JSON and bytes comes out as it went in', () => {
    fc.assert(
      fc.property(jsonOrBytes, (value) => {
        assert.equal(JSON.stringify(decode(encode({ value }))), JSON.stringify({ value }));
      }),
    );
  });

  it('a message of any size is cut and joined, also when another sender is between', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 17, max: 100 }), (bytes, max) => {
        const [one, two] = [new Framer(randomBytes(8).toString('hex')), new Framer(randomBytes(8).toString('hex'))];
        const body = Buffer.from(bytes);
        const frames = one.cut(body, 'all', max);
        assert.ok(frames.every((frame) => frame.length <= max));
        const assembler = new Assembler();
        const whole = frames.flatMap((frame) => {
          feed(assembler, two.cut(Buffer.from('between'), 'all', 1000)[0]);
          return feed(assembler, frame) ?? [];
        });
        assert.deepEqual(whole, [body]);
        assert.equal(assembler.missed, 0);
      }),
    );
  });

  it('a frame that comes twice counts once, and one that is lost is counted and spoils its message only', () => {
    const framer = new Framer('0011223344556677');
    const assembler = new Assembler();
    const [first] = framer.cut(Buffer.from('first'), 'all', 100);
    assert.deepEqual([feed(assembler, first), feed(assembler, first)].map(String), ['first', 'undefined']);
    const cut = framer.cut(Buffer.from('cut into pieces'), 'all', 20);
    for (const [at, frame] of cut.entries()) assert.equal(at === 1 ? undefined : feed(assembler, frame), undefined);
    const [after] = framer.cut(Buffer.from('after'), 'all', 100);
    assert.equal(String(feed(assembler, after)), 'after');
    assert.equal(assembler.missed, 1);
  });

  it('every message of a frame that is lost is counted, however many it holds', () => {
    const turns = fc.array(fc.record({ messages: fc.integer({ min: 1, max: 9 }), isLost: fc.boolean() }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(turns, (all) => {
        const framer = new Framer('0011223344556677');
        const assembler = new Assembler();
        let lost = 0;
        for (const { messages, isLost } of [{ messages: 3, isLost: false }, ...all, { messages: 2, isLost: false }]) {
          const bodies = Array.from({ length: messages }, () => Buffer.from('x'.repeat(20)));
          for (const parcel of framer.pack(bodies, 100)) {
            if (isLost) lost += parcel.messages;
            else for (const frame of parcel.frames) assert.ok(feed(assembler, frame));
          }
        }
        assert.equal(assembler.missed, lost);
      }),
    );
  });

  it('bytes that are no message are refused with an error, whatever they are', () => {
    const message = encode({ a: Buffer.from([1, 2, 3]) });
    for (let size = 0; size < message.length; size++) assert.throws(() => decode(message.subarray(0, size)));
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.throws(() => decode(Buffer.from(bytes)));
      }),
    );
    const evil = encode({ m: 1 }).toString().replace('{"m":{"m":1}}', '');
    const text = JSON.stringify({ m: {}, b: [[['__proto__', 'polluted'], 1]] });
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    assert.throws(() => decode(Buffer.concat([length, Buffer.from(`${text}x${evil}`)])), /bad path/);
    assert.equal('polluted' in {}, false);
  });
});

describe('garbage on the bus', () => {
  for (const engine of ENGINES.filter(({ official }) => !official)) {
    it(`${engine.name}: is dropped and counted, and what follows is delivered`, async (t) => {
      const missing = await absence(engine);
      if (missing) return t.skip(missing);
      const option = await engine.option(`garbage-${process.pid}`);
      const link = openAdapter(option);
      await link.ready();
      const io = new Server({ adapter: link.factory });
      const warnings: string[] = [];
      const onWarning = (warning: Error): void => void warnings.push(warning.name);
      process.on('warning', onWarning);
      const told = new Promise((resolve) => io.on('told', resolve));

      const found = findEngine(option.url);
      const context = { url: found.url, prefix: option.prefix ?? '', uid: null, client: option.client };
      const transport = await found.engine.open!(context);
      const session = await transport.connect({ frame() {}, closed() {}, blocked() {}, lost() {} });
      const framer = new Framer(randomBytes(8).toString('hex'));
      for (const frame of garbage(framer)) session.publish('all', frame);
      const good = encode({ nsp: '/', type: 9, data: { packet: ['told', 1] } });
      for (const frame of framer.cut(good, 'all', session.maxFrame)) session.publish('all', frame);

      assert.equal(await told, 1);
      assert.ok(link.health().malformed >= 6);
      assert.equal(link.health().nodes, 1);
      await session.close();
      await link.close();
      process.off('warning', onWarning);
      assert.ok(warnings.every((name) => name === 'AdapterWarning' || name === 'TypeError'));
    });
  }
});

function feed(assembler: Assembler, bytes: Buffer | undefined): Buffer | undefined {
  const frame = bytes && parseFrame(bytes);
  return frame ? assembler.accept(frame, 0) : undefined;
}

function garbage(framer: Framer): Buffer[] {
  const bodies = [
    Buffer.from('not a message'),
    encode({ node: 'hello' }),
    encode({ node: 'beat', state: { held: 5, wanted: [] } }),
    encode({ nsp: '/', type: 3 }),
    encode({ nsp: '/', type: 3, data: { packet: null, opts: { rooms: [], except: [] } } }),
    encode({ nsp: '/', type: 7, data: null }),
    encode({ nsp: '/', type: 99 }),
    encode({ nsp: 5 }),
    encode({ answer: 'none', data: null }),
    encode([]),
  ];
  return [
    Buffer.from('hello'),
    Buffer.from([0xc1]),
    // One in 256 would begin as a frame does.
    Buffer.concat([Buffer.of(0), randomBytes(5000)]),
    ...bodies.flatMap((body) => framer.cut(body, 'all', 1000)),
    framer.cut(Buffer.alloc(3000, 1), 'all', 1000)[0] ?? Buffer.alloc(0),
  ];
}
