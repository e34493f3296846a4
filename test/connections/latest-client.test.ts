/** The objects of one client are kept, so that V8 keeps the classes of all: it writes down each class that it makes. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../support/run.js';
import { MARKS } from './latest-client.js';

/** Properties of Engine.IO's socket, of Socket.IO's client, and of Socket.IO's socket, which no client of theirs has. */
const PROPERTIES = ['packetsFn', 'connectTimeout', 'fns'];

/** The properties for which V8 made a class between two marks. */
function newClasses(notes: readonly string[], from: string, to: string): string[] {
  const [first, last] = [from, to].map((mark) => notes.findIndex((line) => line.endsWith(`,${mark}`)));
  assert.ok(first! > 0 && last! > first!, 'V8 wrote down the marks');
  return notes.slice(first, last).map((line) => line.split(',').at(-1)!);
}

test('when all clients have left, the latest is kept until another comes or the application closes, and V8 keeps its classes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-latest-'));
  t.after(() => rm(folder, { recursive: true }));
  const log = join(folder, 'v8.log');
  const flags = ['--expose-gc', '--log-maps', '--no-logfile-per-isolate', `--logfile=${log}`];
  const child = fileURLToPath(new URL('latest-client.child.js', import.meta.url));
  const { code, output } = await run(process.execPath, [...flags, child], folder);
  assert.equal(code, 0, output);

  const { kept, next, closed } = JSON.parse(output.trim().split('\n').at(-1)!) as Record<string, boolean[]>;
  assert.deepEqual(kept!.slice(-2), [false, true]);
  assert.deepEqual(next!.slice(-2), [false, true]);
  for (const each of [kept, next]) assert.equal(each!.filter(Boolean).length, 1);
  assert.ok(!closed!.includes(true));

  const notes = (await readFile(log, 'utf8')).split('\n').filter((line) => line.startsWith('map,Transition,'));
  const whileKept = newClasses(notes, MARKS.kept, MARKS.forgotten);
  const whenForgotten = newClasses(notes, MARKS.forgotten, MARKS.end);
  for (const property of PROPERTIES) {
    assert.ok(!whileKept.includes(property), `${property}: its class was dropped although a client is kept`);
    assert.ok(whenForgotten.includes(property), `${property}: its class was kept without a client`);
  }
});
