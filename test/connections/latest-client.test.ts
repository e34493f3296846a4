/** The objects of one client are kept, so that V8 keeps the classes of all: it writes down each class that it makes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { between, classesOf } from '../support/v8-classes.js';
import { MARKS } from './latest-client.js';

/** Properties of Engine.IO's socket, of Socket.IO's client, and of Socket.IO's socket, which no client of theirs has. */
const PROPERTIES = ['packetsFn', 'connectTimeout', 'fns'];

test('when all clients have left, the latest is kept until another comes or the application closes, and V8 keeps its classes', async (t) => {
  const child = fileURLToPath(new URL('latest-client.child.js', import.meta.url));
  const { output, classes } = await classesOf(t, child);

  const { kept, next, closed } = JSON.parse(output.trim().split('\n').at(-1)!) as Record<string, boolean[]>;
  assert.deepEqual(kept!.slice(-2), [false, true]);
  assert.deepEqual(next!.slice(-2), [false, true]);
  for (const each of [kept, next]) assert.equal(each!.filter(Boolean).length, 1);
  assert.ok(!closed!.includes(true));

  const whileKept = between(classes, MARKS.kept, MARKS.forgotten);
  const whenForgotten = between(classes, MARKS.forgotten, MARKS.end);
  for (const property of PROPERTIES) {
    assert.ok(!whileKept.includes(property), `${property}: its class was dropped although a client is kept`);
    assert.ok(whenForgotten.includes(property), `${property}: its class was kept without a client`);
  }
});
