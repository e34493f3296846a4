import assert from 'node:assert/strict';
import { answers, type Proofs } from './world.js';

export const receiving: Proofs = {
  'The unnamed event': async ({ connect, printed }) => {
    (await connect()).send('hello');
    await printed('received hello');
  },

  JSON: async ({ connect }) => {
    const socket = await connect('/json');
    assert.equal(await socket.emitWithAck('json', { x: 7 }), 7);
    assert.equal((await socket.emitWithAck('json', { x: 'seven' })).error.code, 'invalid');
  },

  'Named events, with several arguments of any kind': async ({ connect }) => {
    assert.equal(await (await connect()).emitWithAck('my event', 3, 'label', Buffer.from('ab')), 6);
  },

  "The event's name from the function's": async ({ connect }) => {
    assert.equal(await (await connect()).emitWithAck('myCustomEvent', 1), 1);
  },

  'One field of the payload': async ({ connect }) => {
    assert.equal(await (await connect()).emitWithAck('search', { text: 'found', more: 1 }), 'found');
  },

  'A namespace': async ({ connect }) => {
    assert.equal(await (await connect('/shop')).emitWithAck('my event', 1), 1);
  },

  'Without a decorator': async ({ connect }) => {
    assert.equal(await (await connect('/shop')).emitWithAck('plain', 1), 1);
  },

  'Acknowledge: one value, several, none': async ({ connect }) => {
    const socket = await connect();
    assert.deepEqual(await answers(socket, 'one'), ['one']);
    assert.deepEqual(await answers(socket, 'several'), ['one', 2, 3]);
    assert.deepEqual(await answers(socket, 'none'), []);
  },

  'Every event that nothing else handles': async ({ connect }) => {
    assert.deepEqual(await answers(await connect(), 'anything', 1, 'two'), ['anything', [1, 'two']]);
  },

  'Every namespace that nobody declares': async ({ connect }) => {
    assert.equal(await (await connect('/far/away')).emitWithAck('ping'), '/far/away');
    assert.equal(await (await connect('/shop')).emitWithAck('ping'), '/shop');
  },
};
