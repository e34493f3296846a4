import assert from 'node:assert/strict';
import { nextEvent, until } from '../../support/wait.js';
import { record, type Proofs } from './world.js';

export const errors: Proofs = {
  'Handle the errors of a namespace': async ({ connect, printed }) => {
    assert.equal(await (await connect()).emitWithAck('fail', 1), 'sorry');
    await printed('fail [ 1 ]');
  },

  'Handle all others': async ({ visit }) => {
    const shop = await visit('/shop');
    assert.equal(await shop.emitWithAck('break'), "sorry, 'break' failed");
    const { error } = (await shop.emitWithAck('nothing')) as { error: { code: string } };
    assert.equal(error.code, 'unknown_event', 'codes are let through');
  },

  'Tell the client what is wrong (Flask-SocketIO: by convention)': async ({ connect }) => {
    const { error } = (await (await connect()).emitWithAck('enter', 'hall')) as { error: object };
    assert.deepEqual(error, { code: 'room_full', message: 'No seat is left in hall.' });
  },
};

export const classes: Proofs = {
  'A namespace as a class': async ({ connect }) => {
    const [one, two] = [await connect('/chat'), await connect('/chat')];
    const said = nextEvent(two, 'said');
    await one.emitWithAck('say', 'hello');
    assert.deepEqual(await said, ['hello']);
  },

  'Around every handler of a class': async ({ connect, printed }) => {
    assert.equal(await (await connect('/audited')).emitWithAck('work'), 'done');
    await printed('audited work ');
  },
};

export const background: Proofs = {
  'A task that the first client starts, once': async ({ connect }) => {
    const socket = await connect('/counter');
    const [first] = await nextEvent<[number]>(socket, 'count');
    assert.deepEqual(await nextEvent(socket, 'count'), [first + 1]);
  },

  'A loop of its own': async ({ connect }) => {
    const [load] = await nextEvent(await connect('/load'), 'load');
    assert.equal(typeof load, 'number');
  },

  'A task that a handler starts': async ({ connect }) => {
    const socket = await connect('/report');
    const steps = record(socket);
    assert.equal(await socket.emitWithAck('start report'), undefined);
    await until(() => steps.length === 5, 'the report');
    assert.deepEqual(
      steps.map(([, step]) => step),
      [0, 1, 2, 3, 4],
    );
  },
};

export const sessions: Proofs = {
  'The session of HTTP': async ({ visit, url }) => {
    const response = await fetch(`${await url()}/login`);
    const [cookie] = response.headers.getSetCookie()[0]!.split(';');
    const socket = await visit('/session', { extraHeaders: { cookie: cookie! } });
    assert.equal(await socket.emitWithAck('who'), 'Ada');
    assert.equal(await (await visit('/session')).emitWithAck('who'), undefined);
  },

  'Only for those who are logged in': async ({ connect }) => {
    const secretFor = async (auth: object): Promise<unknown> =>
      (await connect('/private', { auth })).emitWithAck('my secret');
    assert.equal(await secretFor({ token: 'sesame' }), 42);
    for (const auth of [{}, { token: 'wrong' }, { user: 'Ada' }, { token: 'wrong', user: 'Ada' }]) {
      const refused = (await secretFor(auth)) as { error?: { code: string } };
      assert.equal(refused.error?.code, 'unauthorized', JSON.stringify(auth));
    }
  },
};

export const processes: Proofs = {
  'A message queue between the processes': async ({ visit }) => {
    assert.equal(await (await visit('/shop')).emitWithAck('my event', 1), 1);
  },

  'Emit from a process that serves nobody': async (world) => {
    const socket = await world.of('A message queue between the processes').visit('/shop');
    const news = nextEvent(socket, 'news', 30_000);
    assert.equal(await world.program.ended(), 0, world.program.output);
    assert.deepEqual(await news, ['from a worker']);
  },

  'A test without a server': async ({ program }) => {
    assert.equal(await program.ended(), 0, program.output);
  },

  'A test with pages and a session': async ({ program }) => {
    assert.equal(await program.ended(), 0, program.output);
  },
};
