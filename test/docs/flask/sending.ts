import assert from 'node:assert/strict';
import { nextEvent } from '../../support/wait.js';
import { answering, caughtUp, record, type Proofs } from './world.js';

export const sending: Proofs = {
  'To the sender': async ({ connect }) => {
    const socket = await connect();
    const events = record(socket);
    await socket.emitWithAck('greet');
    assert.deepEqual(events, [
      ['greeting', 'hello', 1, Buffer.from('bytes')],
      ['message', 'unnamed'],
      ['json', { x: 1 }],
    ]);
  },

  'To all, to all but the sender, to all but somebody': async ({ connect }) => {
    const [caller, friend, stranger] = [await connect(), await connect(), await connect()];
    const events = [caller, friend, stranger].map(record);
    await caller.emitWithAck('tell', stranger.id);
    for (const each of [friend, stranger]) await each.emitWithAck('tell', caller.id);
    await caughtUp(caller, friend, stranger);
    const names = events.map((each) => each.map(([name]) => name as string).toSorted());
    const all = ['told all', 'told all', 'told all', 'told others', 'told others'];
    assert.deepEqual(names, [
      [...all, 'told some'],
      [...all, 'told some', 'told some', 'told some'],
      [...all, 'told some', 'told some'],
    ]);
  },

  'To rooms, to one client': async ({ connect }) => {
    const [caller, friend] = [await connect(), await connect()];
    const [mine, theirs] = [record(caller), record(friend)];
    const told = nextEvent(friend, 'told one');
    await caller.emitWithAck('tell rooms', friend.id);
    await told;
    await caughtUp(caller, friend);
    assert.deepEqual([mine, theirs], [[['told rooms']], [['told rooms'], ['told one']]]);
  },

  'Into another namespace': async ({ connect }) => {
    const [desk, paper] = [await connect('/desk'), await connect('/paper')];
    const published = nextEvent(paper, 'published');
    await desk.emitWithAck('publish', 'extra');
    assert.deepEqual(await published, ['extra']);
  },

  'To the clients of this process only': async ({ connect }) => {
    const [caller, other] = [await connect(), await connect()];
    const told = Promise.all([nextEvent(caller, 'told near'), nextEvent(other, 'told near')]);
    await caller.emitWithAck('tell near');
    await told;
  },

  'Ask the client, and wait for its answer': async ({ connect, printed }) => {
    const socket = await connect();
    answering(socket, 'question', (n) => `answer ${String(n)}`);
    assert.equal(await socket.emitWithAck('ask me'), 'answer 2');
    await printed('answer 1');
  },

  "All values of the client's answer": async ({ connect }) => {
    const socket = await connect();
    socket.on('where', (answer: (...values: number[]) => void) => answer(3, 4));
    assert.equal(await socket.emitWithAck('ask where'), 7);
  },

  'Ask everybody (Flask-SocketIO: not possible)': async ({ connect }) => {
    const [caller, friend] = [await connect(), await connect()];
    answering(caller, 'vote', () => 'yes');
    answering(friend, 'vote', () => 'no');
    const { votes, missing } = (await caller.emitWithAck('poll')) as { votes: string[]; missing: string[] };
    assert.deepEqual([votes.toSorted(), missing], [['no', 'yes'], []]);
  },

  'From outside of any handler': async ({ connect }) => {
    const [time] = await nextEvent(await connect('/shop'), 'tick');
    assert.equal(typeof time, 'number');
  },

  '…and from a service, which knows nothing of the server': async ({ connect }) => {
    const socket = await connect('/press');
    const printed = nextEvent(socket, 'printed');
    await socket.emitWithAck('print', 'extra');
    assert.deepEqual(await printed, ['extra']);
  },

  'Deep below a handler, without passing the socket': async ({ connect }) => {
    const socket = await connect('/ambient');
    const entered = nextEvent(socket, 'entered');
    await socket.emitWithAck('enter', 'hall');
    assert.deepEqual(await entered, [[socket.id, 'hall']]);
  },

  'Over time, in a long job': async ({ connect }) => {
    const socket = await connect();
    const events = record(socket);
    assert.equal(await socket.emitWithAck('work'), 'done');
    assert.deepEqual(events, [
      ['progress', 0],
      ['progress', 50],
      ['progress', 100],
    ]);
  },

  'A handler that needs more than 15 seconds': async ({ connect }) => {
    assert.equal(await (await connect()).emitWithAck('rest', 5), 'rested');
  },
};
