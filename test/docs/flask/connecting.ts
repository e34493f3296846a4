import assert from 'node:assert/strict';
import type { Proofs } from './world.js';

export const connecting: Proofs = {
  'Connect and disconnect': async ({ greeting, printed }) => {
    const [socket, welcome] = await greeting('welcome');
    assert.deepEqual(welcome, ['hello']);
    const { id } = socket;
    socket.disconnect();
    await printed(`left client namespace disconnect [ '${id}' ]`);
  },

  'Refuse a connection': async ({ connect, refusal }) => {
    assert.equal((await connect(undefined, { auth: { token: 'sesame' } })).connected, true);
    assert.equal((await refusal({ auth: { token: 'old' } })).data?.code, 'refused');
    const { message, data } = await refusal({ auth: { token: 'open' } });
    assert.deepEqual([message, data?.['hint']], ['unauthorized', 'log in']);
  },

  'Credentials, validated': async ({ connect, greeting }) => {
    const [, welcome] = await greeting('welcome', '/credentials', { auth: { token: 'sesame' } });
    assert.deepEqual(welcome, [6]);
    await assert.rejects(connect('/credentials', { auth: { token: 'short' } }), /Payload validation failed/);
  },

  'Why the client left, by name': async ({ connect, printed }) => {
    (await connect()).disconnect();
    await printed('it left by itself');
  },

  'The request behind the connection': async ({ connect }) => {
    const socket = await connect(undefined, {
      query: { room: 'hall' },
      extraHeaders: { 'user-agent': 'a test', cookie: 'theme=dark' },
    });
    const { address, ...facts } = (await socket.emitWithAck('facts')) as { address: string };
    assert.match(address, /127\.0\.0\.1$/);
    assert.deepEqual(facts, {
      sid: socket.id,
      namespace: '/the-request-behind-the-connection',
      event: 'facts',
      room: 'hall',
      agent: 'a test',
      theme: 'dark',
      transport: 'websocket',
    });
  },

  'State of one connection': async ({ connect }) => {
    const [one, two] = [await connect('/state'), await connect('/state')];
    assert.deepEqual([await one.emitWithAck('count'), await one.emitWithAck('count')], [1, 2]);
    assert.equal(await two.emitWithAck('count'), 1);
  },
};
