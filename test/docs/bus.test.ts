/** What docs/bus.md says of the bus is what an emitter writes to it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { MemoryTransport } from '../../src/cluster/transports/memory.js';
import { createEmitter, type Emitter } from '../../src/cluster/emitter/index.js';
import { until } from '../support/wait.js';
import { root } from './page.js';

const page = readFileSync(join(root, 'docs/bus.md'), 'utf8');

function example(name: string): object {
  const [, json] = new RegExp(`<!-- message: ${name} -->\\s+\`\`\`json\\n([^]*?)\`\`\``).exec(page) ?? [];
  return JSON.parse(json ?? assert.fail(`docs/bus.md has no message ${name}`)) as object;
}

/** The bytes that an emitter writes for what it does. */
async function written(t: TestContext, work: (io: Emitter) => void): Promise<Buffer[]> {
  const url = new URL(`memory://bus-${process.hrtime.bigint()}`);
  const frames: Buffer[] = [];
  const transport = new MemoryTransport({ url, prefix: 'colloquy', uid: 'listener', client: undefined });
  const events = { frame: (bytes: Buffer) => void frames.push(bytes), closed() {}, blocked() {}, lost() {} };
  const session = await transport.connect(events);
  const emitter = await createEmitter(url.href);
  t.after(() => Promise.all([emitter.close(), session.close()]));
  work(emitter);
  await until(() => frames.length > 0, 'a frame');
  return frames;
}

/** Reads a frame as the page says. */
function read(frame: Buffer): { envelope: { m: object; b?: unknown }; rest: Buffer } {
  assert.equal(frame[0], 0xc1);
  assert.equal(frame[1], 6);
  assert.equal(frame.readUIntBE(10, 6), 1);
  const body = frame.subarray(16);
  const size = body.readUInt32BE(0);
  return { envelope: JSON.parse(body.toString('utf8', 4, 4 + size)) as never, rest: body.subarray(4 + size) };
}

const works: Record<string, (io: Emitter) => void> = {
  emit: (io) => io.of('/chat').to('room 1').except('room 2').emit('said', { text: 'hello' }),
  join: (io) => io.of('/chat').in('room 1').socketsJoin('room 3'),
  leave: (io) => io.of('/chat').in('room 3').socketsLeave('room 1'),
  disconnect: (io) => io.of('/chat').in('room 3').disconnectSockets(true),
  serverSideEmit: (io) => io.of('/chat').serverSideEmit('reload', 1),
};

describe('the page about the bus', () => {
  for (const [name, work] of Object.entries(works)) {
    it(`shows the message that is written for ${name}`, async (t) => {
      const [frame] = await written(t, work);
      const { envelope, rest } = read(frame!);
      assert.deepEqual(envelope, { m: example(name) });
      assert.equal(rest.length, 0);
    });
  }

  it('shows where bytes are', async (t) => {
    const [frame] = await written(t, (io) => io.of('/chat').emit('bytes', Buffer.from([1, 2, 3])));
    const { envelope, rest } = read(frame!);
    assert.deepEqual(envelope, example('bytes'));
    assert.deepEqual(rest, Buffer.from([1, 2, 3]));
  });

  it('tells the flags and numbers of the pieces of a large message', async (t) => {
    const frames = await written(t, (io) => io.emit('large', 'x'.repeat(2_500_000)));
    await until(() => frames.length === 3, 'three frames');
    assert.deepEqual(
      frames.map((frame) => [frame[1], frame.readUIntBE(10, 6), frame.length <= 1024 * 1024]),
      [
        [2, 1, true],
        [0, 2, true],
        [4, 3, true],
      ],
    );
    assert.equal(new Set(frames.map((frame) => frame.toString('hex', 2, 10))).size, 1);
  });
});
