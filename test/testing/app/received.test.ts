import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import { Socket } from 'socket.io';
import { Namespace, On } from '../../../src/index.js';
import { boot } from './support.js';

@Namespace('/')
class Relay {
  @On('tell')
  tell(event: string, value: unknown, socket: Socket) {
    socket.broadcast.emit(event, value);
  }

  @On('late')
  async late(socket: Socket) {
    await pass(20);
    socket.emit('done', { at: 'last', bytes: Buffer.from('ab') });
  }

  @On('ask')
  async ask(socket: Socket) {
    return socket.emitWithAck('question', 'sure?');
  }
}

const controllers = [Relay];

async function pair() {
  const app = await boot({ controllers });
  return { app, ada: await app.connect(), bob: await app.connect() };
}

describe('what a client receives', () => {
  test('is kept in order, and by its name', async () => {
    const { app, ada, bob } = await pair();
    ada.emit('tell', 'one', 1).emit('tell', 'two', 2).emit('tell', 'one', 3);
    await app.settled();
    assert.deepEqual(
      bob.received.map(({ event, args }) => [event, ...args]),
      [
        ['one', 1],
        ['two', 2],
        ['one', 3],
      ],
    );
    assert.deepEqual(bob.receivedOf('one'), [[1], [3]]);
    assert.deepEqual(ada.received, []);
    bob.clear();
    assert.deepEqual(bob.received, []);
    await bob.expectNothing();
  });

  test('is given by next one after the other, whether it has come or is to come', async () => {
    const { app, ada, bob } = await pair();
    const coming = bob.next('one');
    ada.emit('tell', 'one', 1).emit('tell', 'one', 2);
    assert.deepEqual(await coming, [1]);
    await app.settled();
    assert.deepEqual(await bob.next<[number]>('one'), [2]);
    await assert.rejects(bob.next('one', { timeout: 5 }), /No 'one' within 5 ms\. Received so far:\n {2}one \[ 1 \]/);
  });

  test('can answer a question of the server by hand', async () => {
    const { ada } = await pair();
    const answer = ada.call('ask');
    assert.deepEqual(await ada.next('question'), ['sure?']);
    ada.received[0]?.ack?.('yes');
    assert.equal(await answer, 'yes');
  });

  test('is waited for no longer when the application closes', async () => {
    const { app, ada } = await pair();
    const waiting = assert.rejects(ada.next('never'), /closed before 'never' came/);
    await app.close();
    await waiting;
  });
});

describe('expectEmitted', () => {
  test('waits for handlers that still run, and gives the arguments', async () => {
    const { ada } = await pair();
    ada.emit('late');
    assert.deepEqual(await ada.expectEmitted('done'), [{ at: 'last', bytes: Buffer.from('ab') }]);
  });

  test('takes values, functions and the matchers of a runner, at any depth', async () => {
    const { ada, bob } = await pair();
    const any = { asymmetricMatch: (actual: unknown) => typeof actual === 'number' };
    const send = (): unknown => ada.emit('tell', 'one', { list: [1, { n: 2 }], when: null });
    send();
    await bob.expectEmitted('one', { list: [1, { n: 2 }], when: null });
    send();
    await bob.expectEmitted('one', { list: [any, { n: any }], when: null });
    send();
    await bob.expectEmitted('one', ({ list }: { list: unknown[] }) => list.length === 2);
    send();
    for (const wrong of [
      { list: [1, { n: 2 }] },
      { list: [1], when: null },
      { list: [1, { n: 3 }], when: null },
      any,
    ]) {
      await assert.rejects(bob.expectEmitted('one', wrong), { code: 'ERR_ASSERTION' });
    }
    await assert.rejects(bob.expectEmitted('one', any, any), { code: 'ERR_ASSERTION' });
  });

  test('counts each event once, and tells what came instead', async () => {
    const { ada, bob } = await pair();
    ada.emit('tell', 'one', 1);
    await bob.expectEmitted('one', 1);
    await assert.rejects(bob.expectEmitted('one', 1), {
      code: 'ERR_ASSERTION',
      message: "Expected 'one' that fits. Received so far:\n  one [ 1 ]",
    });
    await assert.rejects(ada.expectEmitted('one'), { message: "Expected 'one'. Nothing was received." });
  });
});

describe('expectNothing', () => {
  test('fails for what comes from handlers that still run', async () => {
    const { ada } = await pair();
    ada.emit('late');
    await assert.rejects(ada.expectNothing(), { code: 'ERR_ASSERTION', message: /^Expected nothing\. Received/ });
  });

  test('looks at one name, or at all, and past what was expected before', async () => {
    const { ada, bob } = await pair();
    ada.emit('tell', 'one', 1);
    await bob.expectNothing('two');
    await assert.rejects(bob.expectNothing('one'), { message: /^Expected no 'one'\./ });
    await bob.expectEmitted('one');
    await bob.expectNothing();
  });
});
