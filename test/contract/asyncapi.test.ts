/* oxlint-disable typescript/no-explicit-any -- the document is plain data */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parser } from '@asyncapi/parser';
import { asyncapiOf } from '../../src/contract/index.js';
import { createTestApp } from '../../src/testing/index.js';
import { sampleContract } from './sample.js';

test('the parser of AsyncAPI finds nothing to complain of', async () => {
  const contract = await sampleContract();
  const document = asyncapiOf(contract, { title: 'Chat', version: '1.2.3' });
  const { diagnostics } = await new Parser().parse(JSON.stringify(document));
  assert.deepEqual(
    diagnostics.map(({ message, path }) => [message, path]),
    [],
  );
});

test('nor for an application without events, for families of namespaces and odd names', async () => {
  const app = await createTestApp({ controllers: [] });
  for (const path of ['/', '/game/:id', '/a b/c']) app.on(path, 'ä b/c', () => 1).on(path, 'ä b_c', () => 1);
  const { diagnostics } = await new Parser().parse(JSON.stringify(asyncapiOf(app.contract())));
  await app.close();
  assert.deepEqual(
    diagnostics.map(({ message, path }) => [message, path]),
    [],
  );
});

test('a namespace is a channel, an event an operation with arguments as a tuple and an answer as its reply', async () => {
  const document = asyncapiOf(await sampleContract()) as any;
  assert.deepEqual(Object.keys(document.channels), ['0_chat']);
  const operation = document.operations['0_chat_on_say'];
  assert.equal(operation.action, 'receive');
  assert.equal(operation.reply.messages.length, 2);
  assert.deepEqual(operation.security, [{ $ref: '#/components/securitySchemes/0_chat_auth' }]);
  const { payload } = document.channels['0_chat'].messages.on_say;
  assert.deepEqual([payload.type, payload.items.length, payload.minItems], ['array', 2, 1]);
  assert.ok(document.channels['0_chat'].bindings.ws);
});
