import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IsNumber, IsString } from 'class-validator';
import { Ack, Namespace, On, reply, type AckFunction } from '../../src/index.js';
import { createTestApp } from '../../src/testing/index.js';

class Said {
  @IsString() text!: string;
}
class Point {
  @IsNumber() x!: number;
}

const secret = { text: 'a', secret: 1 };

@Namespace('/returns')
class Returns {
  @On('one', { returns: Said }) one() {
    return secret;
  }
  @On('late', { returns: Said }) async late() {
    return Promise.resolve(secret);
  }
  @On('list', { returns: { each: Said } }) list() {
    return [secret];
  }
  @On('two', { returns: [Point, String] }) two() {
    return reply({ x: 1, y: 2 }, 'b');
  }
  @On('text', { returns: String }) text() {
    return 'a';
  }
  @On('nothing', { returns: [] }) nothing() {}
  @On('byHand', { returns: Said }) byHand(@Ack() ack: AckFunction): never {
    ack(secret);
    return undefined as never;
  }
  @On('wrong', { returns: Said }) wrong() {
    return { text: 1 } as unknown as Said;
  }
  @On('missing', { returns: Said }) missing() {
    return undefined as unknown as Said;
  }
  @On('wrongByHand', { returns: Said }) wrongByHand(@Ack() ack: AckFunction): never {
    ack(1);
    return undefined as never;
  }
  @On('refused', { returns: Said }) refused(said: Said) {
    return said;
  }
}

const cases: readonly [event: string, answer: unknown[]][] = [
  ['one', [{ text: 'a' }]],
  ['late', [{ text: 'a' }]],
  ['list', [[{ text: 'a' }]]],
  ['two', [{ x: 1 }, 'b']],
  ['text', ['a']],
  ['nothing', []],
  ['byHand', [{ text: 'a' }]],
];

test('a declared answer leaves without the keys that have no rule', async (t) => {
  const app = await createTestApp({ controllers: [Returns] });
  t.after(() => app.close());
  const client = await app.connect('/returns');
  for (const [event, answer] of cases) {
    const given = await new Promise((resolve) => client.socket.emit(event, (...values: unknown[]) => resolve(values)));
    assert.deepEqual(given, answer, event);
  }
});

test('an answer that does not fit is the program’s mistake: the client is answered internal', async (t) => {
  const app = await createTestApp({ controllers: [Returns] });
  t.after(() => app.close());
  const client = await app.connect('/returns');
  for (const event of ['wrong', 'missing', 'wrongByHand']) {
    const answer = (await client.socket.emitWithAck(event)) as { error: { code: string; id: string } };
    assert.equal(answer.error.code, 'internal', event);
  }
  const refused = (await client.socket.emitWithAck('refused', {})) as { error: { code: string } };
  assert.equal(refused.error.code, 'invalid');
});
