import 'reflect-metadata';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createTestApp, type TestApp, type TestClient } from 'colloquy/testing';
import { Clock, NotesController, Users } from './notes.controller.js';

const names: Record<string, string> = { 'ada-token': 'Ada', 'bob-token': 'Bob' };
const clock = { time: 0, now: () => clock.time };
let app: TestApp;

beforeEach(async () => {
  clock.time = 0;
  app = await createTestApp({
    controllers: [NotesController],
    overrides: [
      { token: Users, useValue: { nameOf: async (token: string) => names[token] } },
      { token: Clock, useValue: clock },
    ],
  });
});

afterEach(async () => {
  await app.close();
});

const enter = (name: string): Promise<TestClient> => app.connect('/notes', { auth: { token: `${name}-token` } });

test('a note reaches those who have the board open, and nobody else', async () => {
  const [ada, bob, other] = [await enter('ada'), await enter('bob'), await enter('bob')];
  await bob.call('open', 'kitchen');
  assert.equal(await ada.call('add', { board: 'kitchen', text: 'milk' }), 1);
  await bob.expectEmitted('added', { board: 'kitchen', text: 'milk', by: 'Ada' });
  await ada.expectNothing();
  await other.expectNothing();
});

test('a note that breaks the rules is answered with what is wrong', async () => {
  const ada = await enter('ada');
  await assert.rejects(ada.call('add', { board: 'kitchen', text: '' }), {
    code: 'invalid',
    issues: [{ path: 'text', rule: 'isLength', message: 'text must be longer than or equal to 1 characters' }],
  });
});

test('a note can be changed for a minute, by the one who wrote it', async () => {
  const [ada, bob] = [await enter('ada'), await enter('bob')];
  await assert.rejects(ada.call('change', { board: 'kitchen', text: 'tea' }), { code: 'empty_board' });
  await ada.call('add', { board: 'kitchen', text: 'milk' });
  await assert.rejects(bob.call('change', { board: 'kitchen', text: 'tea' }), { code: 'too_late' });
  clock.time = 60_000;
  await ada.call('change', { board: 'kitchen', text: 'oat milk' });
  clock.time = 60_001;
  await assert.rejects(ada.call('change', { board: 'kitchen', text: 'tea' }), { code: 'too_late' });
});

test('whoever has no known token is refused', async () => {
  await assert.rejects(enter('eve'), { name: 'ConnectError', code: 'unknown_token', message: 'Who are you?' });
  await assert.rejects(app.connect('/notes'), { code: 'invalid' });
});
