import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { compactListeners, dropListeners } from '../../src/connections/namespaces/listeners.js';

/** What emitters begin with: sockets of Socket.IO and of Engine.IO, of TCP, and receivers of WebSockets. */
const kinds = [
  ['error'],
  ['close', 'data', 'error'],
  ['close', 'error', 'data', 'end'],
  ['error', 'drain', 'conclude', 'message', 'ping', 'pong'],
];
const events = ['close', 'error', 'data', 'constructor', '__proto__', 'toString', 'hasOwnProperty', 'removeListener'];
const key = Symbol('an event');

/** Does at random what may be done to an emitter, and notes everything that can be seen. */
function live(random: () => number, compact: (emitter: EventEmitter) => void): unknown[] {
  const emitter = new EventEmitter().setMaxListeners(0);
  const seen: unknown[] = [];
  const listeners = Array.from(
    { length: 4 },
    (_, n) =>
      (...values: unknown[]): void =>
        void seen.push([n, values.length]),
  );
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  for (const event of pick(kinds)) {
    if (random() < 0.1) continue;
    emitter.on(event, listeners[0]!);
    if (random() < 0.2) emitter.once(event, listeners[1]!);
  }
  compact(emitter);
  for (let step = 0; step < 60; step++) {
    const event = pick<string | symbol>([...events, key]);
    const listener = pick(listeners);
    const does = pick(['on', 'once', 'off', 'prependListener', 'prependOnceListener', 'emit', 'clear', 'compact']);
    try {
      if (does === 'compact') compact(emitter);
      else if (does === 'emit') seen.push(emitter.emit(event, step));
      else if (does === 'clear') emitter.removeAllListeners(random() < 0.2 ? undefined : event);
      else emitter[does as 'on'](event, listener);
    } catch (error) {
      // Some events are too strange for Node.js itself.
      seen.push((error as Error).name);
    }
    seen.push(emitter.eventNames(), emitter.listenerCount(event), emitter.rawListeners(event).length);
    seen.push(emitter.listeners(event).map((each) => listeners.indexOf(each as never)));
  }
  return seen;
}

/** A generator of the same numbers for the same seed. */
const numbers = (seed: number) => (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;

test('an emitter whose listeners take less memory does what any emitter does', () => {
  for (let seed = 1; seed <= 1_000; seed++) {
    const expected = live(numbers(seed), () => undefined);
    const compact = (emitter: EventEmitter): void => {
      compactListeners(emitter);
      dropListeners(emitter);
    };
    assert.deepEqual(live(numbers(seed), compact), expected, `seed ${seed}`);
  }
});
