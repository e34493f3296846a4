import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createTestApp, type TestApp } from 'colloquy/testing';
import { GreetController } from '../src/greet.controller.js';
import { options } from '../src/options.js';

let app: TestApp;

beforeEach(async () => {
  app = await createTestApp(options);
});

afterEach(() => app.close());

test('a client that says its name is greeted', async () => {
  const client = await app.connect('/');
  assert.deepEqual(await client.call('greet', { name: 'Ada' }), { text: 'Hello, Ada!' });
});

test('an empty name is refused', async () => {
  const client = await app.connect('/');
  await assert.rejects(client.call('greet', { name: '' }), { code: 'invalid' });
});

test('the controller alone is a class with methods', () => {
  assert.deepEqual(new GreetController().greet({ name: 'Grace' }), { text: 'Hello, Grace!' });
});
