import assert from 'node:assert/strict';
import { nextEvent } from '../../support/wait.js';
import { caughtUp, record, type Proofs } from './world.js';

export const rooms: Proofs = {
  'Enter, leave, and tell the others': async ({ connect }) => {
    const [one, two] = [await connect(), await connect()];
    const [first, second] = [record(one), record(two)];
    assert.deepEqual(await one.emitWithAck('join', 'hall'), [one.id, 'hall']);
    await two.emitWithAck('join', 'hall');
    await one.emitWithAck('leave', 'hall');
    await two.emitWithAck('leave', 'hall');
    await caughtUp(one, two);
    assert.deepEqual([first, second], [[['message', 'somebody came']], [['message', 'somebody left']]]);
  },

  'Whatever the cause of coming and going (Flask-SocketIO: by hand)': async ({ connect }) => {
    const one = await connect();
    const came = nextEvent(one, 'message');
    const two = await connect();
    assert.deepEqual(await came, ['somebody came']);
    const left = nextEvent(one, 'message');
    two.disconnect();
    assert.deepEqual(await left, ['somebody left']);
  },

  'Act on another client, by its id': async ({ connect }) => {
    const [guest, clerk] = [await connect('/hall'), await connect('/office')];
    assert.deepEqual(await clerk.emitWithAck('seat', guest.id), [guest.id, 'table']);
    const expelled = nextEvent(guest, 'disconnect');
    await clerk.emitWithAck('expel', guest.id);
    assert.deepEqual((await expelled)[0], 'io server disconnect');
  },

  'Close a room': async ({ connect }) => {
    const socket = await connect();
    assert.equal(await socket.emitWithAck('close', 'hall'), undefined);
  },
};
