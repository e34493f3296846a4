import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { connect } from 'colloquy/client';
import { createTestApp, type TestApp } from 'colloquy/testing';
import type { Contract } from '../src/contract.js';
import { options } from '../src/options.js';

let app: TestApp;

beforeEach(async () => {
  app = await createTestApp(options);
});

afterEach(() => app.close());

/** Enters the chat: the client of the test kit, the typed client of the same socket, and what was said before. */
async function enter(name: string) {
  const client = await app.connect('/chat', { auth: { name } });
  const chat = connect<Contract['/chat']>(client.socket);
  return { client, chat, before: await chat.call('join') };
}

test('everybody hears what is said, and it is remembered', async () => {
  const [ada, grace] = [await enter('Ada'), await enter('Grace')];
  const line = await ada.chat.call('say', { text: 'hello' });
  assert.deepEqual([line.name, line.text], ['Ada', 'hello']);
  await grace.client.expectEmitted('said', line);
  assert.deepEqual((await enter('Eve')).before, [line]);
});

test('everybody is told who is here', async () => {
  const ada = await enter('Ada');
  await ada.client.expectEmitted('people', { names: ['Ada'] });
  const grace = await enter('Grace');
  await ada.client.expectEmitted('people', { names: ['Ada', 'Grace'] });
  await grace.client.disconnect();
  await ada.client.expectEmitted('people', { names: ['Ada'] });
});

test('an empty message is refused', async () => {
  const { chat } = await enter('Ada');
  await assert.rejects(chat.call('say', { text: '' }), { code: 'invalid' });
});

test('nobody enters without a name', async () => {
  await assert.rejects(app.connect('/chat'), { code: 'invalid' });
});
