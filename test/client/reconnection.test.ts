/** Clients of colloquy/client come back to a server that stopped spread over the time that it names; others are not touched. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Socket as ServerSocket } from 'socket.io';
import type { Socket } from 'socket.io-client';
import { connect as typed } from '../../src/client/index.js';
import { Namespace, OnConnect } from '../../src/index.js';
import { start } from '../support/app.js';
import { nextEvent, until } from '../support/wait.js';

@Namespace('/')
class Quiet {
  @OnConnect
  enter(): void {}
}

@Namespace('/second')
class Second {}

const limits = { connectionsPerAddress: Infinity, connectionRate: Infinity };
const own = { reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 300, randomizationFactor: 0 };

/** The part of Engine.IO's socket that sends packets of any type. */
interface Sending {
  sendPacket(type: string, data: string): void;
}

interface Watched {
  readonly socket: Socket;
  /** The pause before the first attempt, in milliseconds. */
  pause(): number;
}

/** Notes how long the client would wait when its transport has closed. */
function watch(socket: Socket): Watched {
  let pause = NaN;
  socket.io.on('close', () => (pause = socket.io.reconnectionDelay()));
  return { socket, pause: () => pause };
}

function isReachable({ conn }: ServerSocket): boolean {
  return conn.transport.writable;
}

for (const [transport, count] of [
  ['websocket', 200],
  ['polling', 40],
] as const) {
  describe(`a server that stops, over ${transport}`, () => {
    it('is come back to over the time that it names, and then the delays are as they were', async (t) => {
      const first = await start(t, [Quiet, Second], { limits });
      const clients: Watched[] = [];
      for (let n = 0; n < count; n++) {
        const socket = await first.connect('/', { ...own, transports: [transport] });
        typed(socket);
        clients.push(watch(socket));
      }
      // A client between two polls is told nothing.
      const there = [...first.app.io.of('/').sockets.values()];
      await until(() => there.every(isReachable), 'all can be told');
      const gone = Promise.all(clients.map(({ socket }) => nextEvent(socket, 'disconnect', 20_000)));
      await first.app.close();
      await gone;
      const pauses = clients.map(({ pause }) => pause());
      // 400 in a second, after a delay of their own of 10 ms.
      const spread = (count / 400) * 1000;
      assert.ok(Math.min(...pauses) >= 10 && Math.max(...pauses) <= 10 + spread, pauses.join(' '));
      assert.ok(Math.min(...pauses) < 10 + spread / 3 && Math.max(...pauses) > (spread * 2) / 3, pauses.join(' '));
      const second = await start(t, [Quiet]);
      for (const { socket } of clients) Object.assign(socket.io, { uri: second.url });
      await Promise.all(clients.map(async ({ socket }) => socket.connected || nextEvent(socket, 'connect', 20_000)));
      for (const { socket } of clients) {
        const { io } = socket;
        assert.deepEqual([io.reconnectionDelay(), io.reconnectionDelayMax(), io.randomizationFactor()], [10, 300, 0]);
      }
    });

    it('leaves a plain client as it is: nothing arrives, and it comes back as it always does', async (t) => {
      const { app, connect } = await start(t, [Quiet], { limits });
      const socket = await connect('/', { ...own, transports: [transport] });
      const seen: string[] = [];
      socket.onAny((event: string) => seen.push(event));
      const watched = watch(socket);
      const gone = nextEvent(socket, 'disconnect');
      await app.close();
      await gone;
      assert.deepEqual(seen, []);
      assert.equal(watched.pause(), 10);
    });
  });
}

for (const transport of ['websocket', 'polling'] as const) {
  for (const hints of [
    ['drain:40', 'drain:40'],
    ['drain:40', 'drain:30', 'drain:20'],
    ['drain:999999999999', 'drain:-1', 'drain:1e3', 'drain:', 'drain:40'],
  ]) {
    it(`heeds one time that a server names, and has its own delays after it, over ${transport}: ${hints.join()}`, async (t) => {
      const { app, connect } = await start(t, [Quiet], { limits });
      const socket = await connect('/', { ...own, transports: [transport] });
      typed(socket);
      const watched = watch(socket);
      const { conn } = [...app.io.of('/').sockets.values()][0]!;
      let left = hints.length;
      const told = new Promise<void>((resolve) => {
        socket.io.engine.on('packet', ({ type }) => void (type === 'noop' && --left === 0 && resolve()));
      });
      for (const hint of hints) (conn as unknown as Sending).sendPacket('noop', hint);
      await told;
      const again = nextEvent(socket, 'connect');
      conn.close();
      await again;
      assert.ok(watched.pause() >= 10 && watched.pause() <= 50, String(watched.pause()));
      const { io } = socket;
      assert.deepEqual([io.reconnectionDelay(), io.reconnectionDelayMax(), io.randomizationFactor()], [10, 300, 0]);
    });
  }
}

it('a client of several namespaces waits once, and its own jitter stays', async (t) => {
  const { app, client } = await start(t, [Quiet, Second], { limits });
  const root = client('/', { ...own, reconnectionDelay: 100, randomizationFactor: 0.5 });
  const second = root.io.socket('/second');
  for (const socket of [root, second]) typed(typed(socket).socket);
  second.connect();
  await Promise.all([root, second].map((socket) => nextEvent(socket, 'connect')));
  const watched = watch(root);
  const attempt = nextEvent(root.io as never, 'reconnect_attempt');
  const gone = nextEvent(root, 'disconnect');
  await app.close();
  await gone;
  assert.ok(watched.pause() >= 50 && watched.pause() <= 153, String(watched.pause()));
  await attempt;
  assert.deepEqual([root.io.reconnectionDelay(), root.io.randomizationFactor()], [100, 0.5]);
});

it('a socket that is not of socket.io-client is no mistake', () => {
  const none = { emit: () => none, on: () => none, once: () => none, off: () => none };
  assert.equal(typed(none).socket, none);
});
