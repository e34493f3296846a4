import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, mock, test, afterEach } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import { Socket } from 'socket.io';
import { singleton } from 'tsyringe';
import { Background, Namespace, On, OnConnect, OnDisconnect, OnJoin, Signal } from '../../../src/index.js';
import { boot } from './support.js';

const steps: string[] = [];

@Namespace('/')
class Slow {
  @OnConnect async enter() {
    await pass(10);
    steps.push('entered');
  }
  @On('work') async work(socket: Socket) {
    await pass(10);
    socket.broadcast.emit('worked');
    steps.push('worked');
  }
  @On('wait') async wait(@Signal() signal: AbortSignal) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  @On('sleep') async sleep(time: number) {
    await new Promise((resolve) => setTimeout(resolve, time));
    return 'slept';
  }
  @On('enter') async enterRoom(socket: Socket) {
    await socket.join('room');
  }
  @OnJoin async joined() {
    await pass(10);
    steps.push('joined');
  }
  @On('quick') quick() {
    return 'quick';
  }
  @OnDisconnect async leave() {
    await pass(10);
    steps.push('left');
  }
}

@singleton()
class Ticker {
  rounds = 0;
  @Background({ every: 60_000 }) async tick() {
    await Promise.resolve();
    this.rounds++;
  }
  @Background() loop(signal: AbortSignal) {
    return new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
}

class SlowTicker {
  rounds = 0;
  @Background({ every: 60_000 }) async tick() {
    await pass(20);
    this.rounds++;
  }
}

const controllers = [Slow];
afterEach(() => {
  steps.length = 0;
});

describe('settled', () => {
  test('waits for the gate, for handlers and what they send, and for the end of a connection', async () => {
    const app = await boot({ controllers });
    const connecting = app.connect();
    await app.settled();
    assert.deepEqual(steps, ['entered']);
    const client = await connecting;
    const other = await app.connect();
    client.emit('work');
    await app.settled();
    assert.equal(other.received[0]?.event, 'worked');
    await client.disconnect();
    await app.settled();
    assert.deepEqual(steps, ['entered', 'entered', 'worked', 'left']);
  });

  test('waits for what runs when a room is entered', async () => {
    const app = await boot({ controllers });
    const client = await app.connect();
    await client.call('enter');
    assert.deepEqual(steps, ['entered']);
    await app.settled();
    assert.deepEqual(steps, ['entered', 'joined']);
  });

  test('waits for the round that background work is in, and not for the next one', async () => {
    const app = await boot({ controllers, services: [SlowTicker, Ticker] });
    await app.settled();
    assert.equal(app.container.resolve(SlowTicker).rounds, 1);
  });

  test('names the handlers that still run when its time is over', async () => {
    const app = await boot({ controllers });
    const client = await app.connect();
    client.emit('wait');
    await assert.rejects(app.settled({ timeout: 20 }), /Not settled after 20 ms; still running: Slow\.wait\./);
  });
});

describe('a mocked clock', () => {
  const clock = (): void => mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });

  test('drives the time limit of a handler', async () => {
    clock();
    const app = await boot({ controllers, limits: { handlerTime: 15_000 } });
    const client = await app.connect();
    const answer = client.call('wait');
    await app.delivered();
    mock.timers.tick(14_999);
    await app.delivered();
    assert.deepEqual(client.received, []);
    mock.timers.tick(1);
    await assert.rejects(answer, { code: 'timeout' });
    await app.close();
    mock.timers.reset();
  });

  test('drives what a handler itself waits for', async () => {
    clock();
    const app = await boot({ controllers });
    const client = await app.connect();
    const answer = client.call('sleep', 5_000);
    await app.delivered();
    mock.timers.tick(5_000);
    assert.equal(await answer, 'slept');
    await app.close();
    mock.timers.reset();
  });

  test('drives the rate limit', async () => {
    clock();
    const app = await boot({ controllers, limits: { eventRate: 1, eventBurst: 2 } });
    const client = await app.connect();
    const outcome = (): Promise<unknown> => client.call('quick').catch((error: { code: string }) => error.code);
    assert.deepEqual([await outcome(), await outcome(), await outcome()], ['quick', 'quick', 'rate_limited']);
    mock.timers.tick(1_000);
    assert.deepEqual([await outcome(), await outcome()], ['quick', 'rate_limited']);
    await app.close();
    mock.timers.reset();
  });

  test('drives background work, of a service that is overridden too', async () => {
    clock();
    class FastTicker extends Ticker {}
    const app = await boot({ controllers, services: [Ticker], overrides: [{ token: Ticker, useClass: FastTicker }] });
    const ticker = app.container.resolve(Ticker);
    assert.ok(ticker instanceof FastTicker);
    for (let rounds = 1; rounds <= 3; rounds++) {
      await app.settled();
      assert.equal(ticker.rounds, rounds);
      mock.timers.tick(60_000);
    }
    await app.close();
    mock.timers.reset();
  });

  test('holds neither closing nor waiting up, with a handler that waits for it', async () => {
    clock();
    const app = await boot({ controllers, limits: { drainTime: 60_000 } });
    const client = await app.connect();
    const answer = client.call('sleep', 60_000);
    await app.delivered();
    await assert.rejects(client.next('never', { timeout: 5 }), /No 'never' within 5 ms/);
    const ended = assert.rejects(answer, { code: 'closing' });
    await app.close();
    await ended;
    mock.timers.reset();
  });
});
