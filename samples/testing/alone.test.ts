import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeSocket } from 'colloquy/testing';
import { NotesController, Users } from './notes.controller.js';

const controller = (now = 0): NotesController => new NotesController(new Users(), { now: () => now });

test('a note is told to everybody else on its board', () => {
  const socket = fakeSocket({ rooms: ['kitchen'] });
  assert.equal(controller().add({ board: 'kitchen', text: 'milk' }, 'Ada', socket), 1);
  assert.deepEqual(socket.emitted, [
    {
      event: 'added',
      args: [{ board: 'kitchen', text: 'milk', by: 'Ada' }],
      to: 'others',
      rooms: ['kitchen'],
      except: [],
    },
  ]);
});

test('opening a board enters its room and gives its notes', async () => {
  const socket = fakeSocket();
  const notes = controller();
  notes.add({ board: 'kitchen', text: 'milk' }, 'Ada', socket);
  assert.deepEqual(await notes.open('kitchen', socket), [{ text: 'milk', by: 'Ada' }]);
  assert.deepEqual(socket.joined, ['kitchen']);
});

test('a note can be changed for a minute', () => {
  const clock = { time: 0, now: () => clock.time };
  const notes = new NotesController(new Users(), clock);
  const socket = fakeSocket();
  notes.add({ board: 'kitchen', text: 'milk' }, 'Ada', socket);
  clock.time = 60_000;
  notes.change({ board: 'kitchen', text: 'oat milk' }, 'Ada', socket);
  clock.time = 60_001;
  assert.throws(() => notes.change({ board: 'kitchen', text: 'tea' }, 'Ada', socket), { code: 'too_late' });
  assert.throws(() => notes.change({ board: 'kitchen', text: 'tea' }, 'Eve', socket), { code: 'too_late' });
});

test('whoever has no known token is refused', async () => {
  await assert.rejects(controller().enter({ token: 'eve-token' }, fakeSocket()), { name: 'ConnectionRefused' });
  const socket = fakeSocket();
  await controller().enter({ token: 'ada-token' }, socket);
  assert.deepEqual(socket.data, { name: 'Ada' });
});
