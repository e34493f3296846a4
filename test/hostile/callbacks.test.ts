/** Functions of the user's that are called on behalf of a client: what they throw is logged, and the process goes on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Socket } from 'socket.io';
import type { Socket as ClientSocket } from 'socket.io-client';
import { Namespace, On, type App } from '../../src/index.js';
import { emit as emitToCaller } from '../../src/connections/ambient/index.js';
import { start, transports } from '../support/app.js';
import { undisturbed } from '../support/undisturbed.js';
import { openRaw } from '../support/raw-client.js';
import { until } from '../support/wait.js';

type Answer = (value: unknown) => unknown;

const bad: Readonly<Record<string, Answer>> = {
  'throws a TypeError': (answer) => (answer as { name: string }).name.length,
  'throws a text': () => {
    // oxlint-disable-next-line typescript/only-throw-error -- users do
    throw 'no';
  },
  rejects: () => Promise.reject(new Error('later')),
};

/** Every way to ask a client with a callback. */
const ways: Readonly<Record<string, (app: App, socket: Socket, answer: Answer) => void>> = {
  'socket.emit': (_app, socket, answer) => void socket.emit('question', answer),
  'socket.timeout': (_app, socket, answer) =>
    void socket.timeout(1_000).emit('question', (_error: unknown, value: unknown) => answer(value)),
  'socket.timeout that ends': (_app, socket, answer) => void socket.timeout(5).emit('silence', () => answer(null)),
  'namespace.timeout': (app, _socket, answer) =>
    void app.io
      .of('/asked')
      .timeout(1_000)
      .emit('question', () => answer(null)),
  'namespace.timeout that ends': (app, _socket, answer) =>
    void app.io
      .of('/asked')
      .timeout(5)
      .emit('silence', () => answer(null)),
  'a room': (app, socket, answer) =>
    void app.io
      .of('/asked')
      .to(socket.id)
      .timeout(1_000)
      .emit('question', () => answer(null)),
  'the handler’s caller': (_app, _socket, answer) => emitToCaller('question', answer),
};

@Namespace('/asked')
class Asked {
  static ask: (socket: Socket) => void = () => {};
  @On() ask(socket: Socket) {
    Asked.ask(socket);
  }
  @On() echo(value: unknown) {
    return value;
  }
}

const answerWith = (client: ClientSocket, value: unknown): void => {
  client.on('question', (done: Answer) => done(value));
};

for (const transport of transports) {
  describe(`callbacks over ${transport}`, () => {
    for (const [way, ask] of Object.entries(ways)) {
      for (const [what, answer] of Object.entries(bad)) {
        it(`${way}: one that ${what} is logged with event and place`, async (t) => {
          const { app, connect, log } = await start(t, [Asked]);
          const client = await connect('/asked', { transports: [transport] });
          answerWith(client, null);
          Asked.ask = (socket) => ask(app, socket, answer);
          await undisturbed(async () => {
            await client.emitWithAck('ask');
            await until(() => log.at('error').length === 1, 'the line in the log');
            assert.equal(await client.emitWithAck('echo', 1), 1);
          });
          const { facts } = log.at('error')[0]!;
          assert.match(String(facts['event']), /question|silence/);
          assert.ok(facts['socket'] ?? facts['namespace']);
          assert.equal(app.health().counts.callback_failed, 1);
        });
      }
    }
  });
}

describe('listeners', () => {
  for (const [what, listener] of Object.entries({
    throws: () => {
      throw new Error('no');
    },
    rejects: () => Promise.reject(new Error('later')),
  })) {
    it(`of the user's own stay inside: each that ${what}`, async (t) => {
      const { app, connect, log } = await start(t, [Asked]);
      app.io.of('/asked').on('connection', (socket) => {
        socket.onAny(listener as never);
        socket.on('heard', listener);
        socket.on('disconnect', listener);
        socket.on('disconnecting', listener);
      });
      app.io.of('/asked').on('connection', listener);
      let left = 0;
      app.io.of('/asked').on('connection', (socket) => socket.on('disconnect', () => left++));
      await undisturbed(async () => {
        const client = await connect('/asked');
        assert.equal(await client.emitWithAck('echo', 1), 1, 'a handler runs although onAny failed');
        client.emit('heard');
        client.disconnect();
        await until(() => left === 1, 'the other listeners of the disconnection');
        assert.equal(app.io.of('/asked').sockets.size, 0);
        await until(() => log.at('error').length >= 5, 'the lines in the log');
      });
    });

    it(`middleware of the user's own refuses with no word of the reason: each that ${what}`, async (t) => {
      const { app, refusal, log } = await start(t, [Asked]);
      app.io.of('/asked').use(listener as never);
      await undisturbed(async () => {
        const refused = await refusal('/asked');
        assert.deepEqual([refused.message, refused.data?.code], ['Internal error', 'internal']);
      });
      assert.equal(log.at('error').length, 1);
    });

    it(`middleware of socket.use answers: each that ${what}`, async (t) => {
      const { app, connect } = await start(t, [Asked]);
      app.io.of('/asked').on('connection', (socket) => socket.use(listener as never));
      const client = await connect('/asked');
      await undisturbed(async () => {
        const { error } = (await client.emitWithAck('echo', 1)) as { error: { code: string; message: string } };
        assert.deepEqual([error.code, error.message], ['internal', 'Internal error']);
      });
    });

    it(`allowRequest and cors refuse: each that ${what}`, async (t) => {
      await undisturbed(async () => {
        const one = await start(t, [Asked], { allowRequest: listener as never });
        await one.refusal('/asked');
        const two = await start(t, [Asked], { cors: { origin: listener as never } });
        await two.refusal('/asked', { extraHeaders: { origin: 'http://evil.example' } } as never);
      });
    });
  }
});

it('an answer that is nested too deep is dropped, logged once and counted', async (t) => {
  const { app, url, log } = await start(t, [Asked]);
  const raw = await openRaw(t, url);
  raw.send('0/asked,');
  await raw.frame('0/asked,');
  let answered = 0;
  Asked.ask = (socket) => void socket.emit('question', () => answered++);
  const deep = '['.repeat(40_000) + ']'.repeat(40_000);
  for (let n = 0; n < 2; n++) {
    raw.send(`2/asked,${n}["ask"]`);
    const [id] = /\d+/.exec((await raw.frame('2/asked,')).slice('2/asked,'.length))!;
    raw.send(`3/asked,${id}[${deep}]`);
  }
  await until(() => app.health().counts.dropped_answer === 2, 'the count');
  assert.equal(answered, 0);
  assert.equal(log.lines.filter(({ message }) => message.includes('too deep')).length, 1);
});

it('inherited keys are nobody’s: Object.prototype may have any', async (t) => {
  const polluted = Object.prototype as unknown as Record<string, unknown>;
  for (const value of ['bar', { deep: { deep: {} } }, () => {}, 1]) {
    const { app, connect } = await start(t, [Asked]);
    polluted['foo'] = value;
    polluted['error'] = { code: 'x' };
    try {
      const client = await connect('/asked');
      await undisturbed(async () => {
        assert.deepEqual(await client.emitWithAck('echo', { a: [1] }), { a: [1] });
        await new Promise((resolve) => setTimeout(resolve, 1_100)); // one look at all clients
        assert.equal(app.health().clients, 1);
        assert.deepEqual(
          await client.emitWithAck('nobody').then((answer: { error: { code: string } }) => answer.error.code),
          'unknown_event',
        );
      });
    } finally {
      delete polluted['foo'];
      delete polluted['error'];
    }
  }
});
