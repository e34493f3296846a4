/** V8 makes no new hidden classes for Node.js's objects while an application runs: it writes down each class that it makes. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { between, classesOf } from '../support/v8-classes.js';
import { CONNECTIONS, MARK } from './hidden-classes.js';

/** The properties for which V8 made a class after garbage was collected. */
async function newClasses(t: TestContext, server: 'application' | 'http'): Promise<string[]> {
  const child = fileURLToPath(new URL('hidden-classes.child.js', import.meta.url));
  const { classes } = await classesOf(t, child, server);
  return between(classes, MARK);
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
