import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { Duplex, Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { compactListeners, compactStream, dropListeners } from '../../src/connections/namespaces/listeners.js';

interface Kind {
  make(): EventEmitter;
  /** What emitters of the kind begin with. */
  readonly begins: readonly (readonly string[])[];
  readonly events: readonly (string | symbol)[];
  compact(emitter: EventEmitter): void;
  /** Of a stream, events that nobody has listened to have their places already. */
  readonly isOrdered: boolean;
}

const key = Symbol('an event');
const odd = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'removeListener'];

const kinds: Readonly<Record<string, Kind>> = {
  'a socket of Socket.IO or of Engine.IO': {
    make: () => new EventEmitter(),
    begins: [['error'], ['close', 'data', 'error']],
    events: ['close', 'error', 'data', ...odd, key],
    compact: compactListeners,
    isOrdered: true,
  },
  'a TCP socket': {
    make: () => new Duplex({ read() {}, write() {} }),
    begins: [['close', 'error', 'data', 'end']],
    events: ['close', 'error', 'data', 'end', 'drain', 'else', key],
    compact: compactStream,
    isOrdered: false,
  },
  'the receiver of a WebSocket': {
    make: () => new Writable({ write() {} }),
    begins: [['error', 'drain', 'conclude', 'message', 'ping', 'pong']],
    events: ['error', 'drain', 'conclude', 'message', 'finish', 'else', key],
    compact: compactStream,
    isOrdered: false,
  },
  'a request that nobody listens to': {
    make: () => new Readable({ read() {} }),
    begins: [[]],
    events: ['close', 'error', 'end', 'else', key],
    compact: dropListeners,
    isOrdered: false,
  },
};

/** Does at random what may be done to an emitter, and notes everything that can be seen. */
function live(random: () => number, { make, begins, events, compact, isOrdered }: Kind): unknown[] {
  const emitter = make().setMaxListeners(0);
  const seen: unknown[] = [];
  const listeners = Array.from(
    { length: 4 },
    (_, n) =>
      (...values: unknown[]): void =>
        void seen.push([n, values.length]),
  );
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  for (const event of pick(begins)) {
    if (random() < 0.1) continue;
    // One for a single time goes while its list is being called.
    for (let more = random(); more >= 0; more -= 0.4) emitter[pick(['on', 'once'] as const)](event, pick(listeners));
  }
  compact(emitter);
  for (let step = 0; step < 60; step++) {
    const event = pick(events);
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
    const names = emitter.eventNames();
    seen.push(isOrdered ? names : new Set(names), emitter.listenerCount(event), emitter.rawListeners(event).length);
    seen.push(emitter.listeners(event).map((each) => listeners.indexOf(each as never)));
  }
  return seen;
}

/** A generator of the same numbers for the same seed; the first ones of small seeds are alike. */
function numbers(seed: number): () => number {
  const next = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  next();
  return next;
}

for (const [name, kind] of Object.entries(kinds)) {
  test(`${name} does the same when its listeners take less memory`, () => {
    for (let seed = 1; seed <= 1_000; seed++) {
      const expected = live(numbers(seed), { ...kind, compact: () => undefined });
      assert.deepEqual(live(numbers(seed), kind), expected, `seed ${seed}`);
    }
  });
}
