/** The emitter of samples/cluster in Python, beside two nodes in processes of their own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Socket } from 'socket.io-client';
import { client, converged, next, startNode, until, type TestNode } from '../cluster/support/cluster.js';
import { absence, absent, engineNamed } from '../cluster/support/engines.js';
import { root } from '../repo/sources.js';

const PYTHON = '/usr/bin/python3';
const skip = existsSync(PYTHON) ? ((await absence(engineNamed('redis'))) ?? false) : absent(`no ${PYTHON}`);
const folder = join(root, 'samples/cluster');
const prefix = `python-${process.pid}`;
const environment = { ...process.env, BROKER: 'redis://127.0.0.1:6379', PREFIX: prefix, PYTHONDONTWRITEBYTECODE: '1' };

/** Runs Python in the folder of the sample; gives what it printed. */
async function run(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(PYTHON, args, { cwd: folder, env: environment, timeout: 30_000 });
  return stdout;
}

/** Runs statements with an emitter `io` and the ids of clients in `ids`. */
function emit(statements: string, ...ids: string[]): Promise<string> {
  const program = `import os, sys
from emit import Emitter
ids = sys.argv[1:]
with Emitter(os.environ['BROKER'], prefix=os.environ['PREFIX']) as io:
${statements.trim().replaceAll(/^\s*/gm, '    ')}`;
  return run('-c', program, ...ids);
}

describe('the emitter in Python', { skip }, () => {
  let nodes: TestNode[];
  /** Clients: one on each node in room "both", and one more on the second node in room "second". */
  let one: Socket;
  let two: Socket;
  let second: Socket;

  before(async () => {
    nodes = await Promise.all([1, 2].map(() => startNode({ engine: 'redis', role: 'server', options: { prefix } })));
    await converged(nodes);
    const [a, b] = nodes as [TestNode, TestNode];
    [one, two, second] = await Promise.all([
      client(a, { rooms: ['both'] }),
      client(b, { rooms: ['both'] }),
      client(b, { rooms: ['second'] }),
    ]);
  });
  after(async () => {
    for (const each of [one, two, second]) each?.disconnect();
    await Promise.all((nodes ?? []).map((node) => node.stop()));
  });

  it('reaches the clients of both nodes: all, rooms, without a room, one, with bytes, in order', async () => {
    const names = [one, two, second].map((each) => until(each, 'end'));
    const values = [one, second].map((each) => next(each, 'values'));
    await emit(
      `io.emit('values', 1, 'zwei é😀', {'three': [b'\\x01\\x02', None, True]}, b'\\x03')
       io.to('both').emit('room')
       io.skip('both').emit('others')
       io.to('both', 'second').skip(ids[0]).emit('not one')
       io.to(ids[0]).emit('only one')
       io.emit('end')`,
      one.id!,
    );
    const expected = [1, 'zwei é😀', { three: [Buffer.from([1, 2]), null, true] }, Buffer.from([3])];
    for (const each of values) assert.deepEqual(await each, expected);
    assert.deepEqual(await Promise.all(names), [
      ['values', 'room', 'only one', 'end'],
      ['values', 'room', 'not one', 'end'],
      ['values', 'others', 'not one', 'end'],
    ]);
  });

  it('joins, leaves and disconnects, in the namespace that it names', async () => {
    const [a, b] = nodes as [TestNode, TestNode];
    const pair = await Promise.all([client(a, { rooms: ['old'] }, '/fixed'), client(b, { rooms: ['old'] }, '/fixed')]);
    const names = pair.map((each) => until(each, 'moved'));
    const gone = pair.map((each) => next(each, 'disconnect'));
    await emit(
      `fixed = io.of('/fixed')
       fixed.to('old').join('new')
       fixed.to('new').leave('old')
       fixed.to('old').emit('wrong')
       fixed.to('new').emit('moved')
       fixed.to('new').disconnect()`,
    );
    assert.deepEqual(await Promise.all(names), [['moved'], ['moved']]);
    assert.deepEqual(await Promise.all(gone), Array(2).fill(['io server disconnect', undefined]));
    assert.ok(one.connected && two.connected);
  });

  it('sends what is larger than a frame', async () => {
    const large = next(two, 'large', 20_000);
    await emit(`io.emit('large', 'x' * 2500000, bytes(1500000))`);
    const [text, bytes] = (await large) as [string, Buffer];
    assert.deepEqual([text.length, bytes.length], [2_500_000, 1_500_000]);
  });

  it('is a program too, and no node of the cluster', async () => {
    const fixed = await client(nodes[1]!, { rooms: ['here'] }, '/fixed');
    const names = until(fixed, 'end');
    const news = next(fixed, 'news');
    const common = ['emit.py', '--namespace', '/fixed'];
    await run(...common, '--room', 'here', 'news', '{"number": 1}', '2');
    await run(...common, '--skip', 'here', 'others');
    await run(...common, 'end');
    assert.deepEqual(await news, [{ number: 1 }, 2]);
    assert.deepEqual(await names, ['news', 'end']);
    await converged(nodes);
    fixed.disconnect();
  });

  it('says what is wrong: no broker, a value that JSON does not know', async () => {
    await assert.rejects(emit(`io.emit('x', float('nan'))`), /ValueError: Out of range float/);
    await assert.rejects(
      run('-c', `from emit import Emitter; Emitter('redis://127.0.0.1:1')`),
      /ConnectionRefusedError/,
    );
  });
});
