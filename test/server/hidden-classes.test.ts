/** V8 makes no new hidden classes for Node.js's objects while an application runs: it writes down each class that it makes. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../support/run.js';
import { CONNECTIONS, MARK } from './hidden-classes.js';

/** The properties for which V8 made a class after garbage was collected. */
async function newClasses(t: TestContext, server: 'application' | 'http'): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-classes-'));
  t.after(() => rm(folder, { recursive: true }));
  const notes = join(folder, 'v8.log');
  const flags = ['--expose-gc', '--log-maps', '--no-logfile-per-isolate', `--logfile=${notes}`];
  const child = fileURLToPath(new URL('hidden-classes.child.js', import.meta.url));
  const { code, output } = await run(process.execPath, [...flags, child, server], folder);
  assert.equal(code, 0, output);
  const made = (await readFile(notes, 'utf8')).split('\n').filter((line) => line.startsWith('map,Transition,'));
  const marked = made.findIndex((line) => line.endsWith(`,${MARK}`));
  assert.ok(marked > 0, 'V8 wrote down the mark');
  return made.slice(marked + 1).map((line) => line.split(',').at(-1)!);
}

const count = (classes: string[], part: string): number => classes.filter((name) => name.includes(part)).length;

const isV8OfNode20 = parseInt(process.versions.v8, 10) < 12;

test('an application keeps the class of what process.nextTick makes when garbage is collected, which Node.js alone does not', async (t) => {
  const [ours, bare] = await Promise.all([newClasses(t, 'application'), newClasses(t, 'http')]);
  assert.ok(count(bare, '"trigger_async_id_symbol"') >= 1);
  assert.equal(count(ours, '"trigger_async_id_symbol"'), 0);
  // With V8 12 the copy of a TCP socket's options is like any other object.
  assert.equal(count(bare, 'emitClose') >= CONNECTIONS, isV8OfNode20);
  assert.ok(count(ours, 'emitClose') <= 2, `${count(ours, 'emitClose')} classes for ${CONNECTIONS} TCP connections`);
});
