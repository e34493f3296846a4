/** Who hears what: a client in the gate is no member, the room of an id is its owner's, and results are never lost. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Socket } from 'socket.io';
import { io } from 'socket.io-client';
import { Auth, callAll, ConnectionRefused, Namespace, On, OnConnect, type Middleware } from '../../src/index.js';
import { isSocketId, newSocketId } from '../../src/connections/namespaces/socket-ids.js';
import { start, transports } from '../support/app.js';
import { startInMemory } from '../support/kit.js';
import { undisturbed } from '../support/undisturbed.js';
import { deferred, nextEvent, until, within } from '../support/wait.js';

describe('a client in the gate', () => {
  for (const end of ['accepted', 'refused'] as const) {
    it(`is not fetched, counted or asked, and hears afterwards what concerns it: ${end}`, async (t) => {
      const inside = deferred();
      const open = deferred();
      @Namespace('/gate')
      class Gate {
        @OnConnect async enter(socket: Socket, @Auth('slow') slow: boolean) {
          if (!slow) return;
          await socket.join('hall');
          inside.resolve();
          await open.promise;
          if (end === 'refused') throw new ConnectionRefused('no');
        }
      }
      const { app, client, connect } = await start(t, [Gate]);
      const member = await connect('/gate', { auth: { slow: false } });
      member.on('question', (answer: (value: number) => void) => answer(7));
      const slow = client('/gate', { auth: { slow: true } });
      const heard: unknown[] = [];
      slow.onAny((...args: unknown[]) => heard.push(args));
      const concluded = Promise.race([nextEvent(slow, 'connect'), nextEvent(slow, 'connect_error')]);
      await inside.promise;
      const gate = app.io.of('/gate');
      assert.deepEqual([...gate.sockets.keys()], [member.id]);
      assert.deepEqual(
        (await gate.fetchSockets()).map(({ id }) => id),
        [member.id],
      );
      assert.deepEqual(await gate.timeout(1_500).emitWithAck('question'), [7]);
      const { answers, complete } = await callAll(gate, 'question');
      assert.deepEqual([answers.length, complete], [1, true]);
      gate.to('hall').emit('news', 1);
      gate.emit('news', 2);
      gate.to('elsewhere').emit('news', 3);
      open.resolve();
      await concluded;
      if (end === 'accepted') await until(() => heard.length === 2, 'the news');
      assert.deepEqual(
        heard,
        end === 'accepted'
          ? [
              ['news', 1],
              ['news', 2],
            ]
          : [],
      );
      await until(() => gate.adapter.rooms.has('hall') === (end === 'accepted'), 'the rooms');
    });
  }
});

describe('the room of an id', () => {
  it('is recognised by every node: ids are, other names of twenty letters are not', () => {
    for (let n = 0; n < 10_000; n++) assert.ok(isSocketId(newSocketId()));
    const letters = 'abcdefghijklmnopqrst';
    const names = Array.from({ length: 10_000 }, (_, n) => letters.slice(n % 7) + String(n).padStart(n % 7, '0')).map(
      (name) => name.slice(0, 20).padEnd(20, 'x'),
    );
    assert.deepEqual(names.filter(isSocketId), []);
    assert.ok(!isSocketId('') && !isSocketId(`${newSocketId()}x`));
  });

  it('is its owner’s alone, wherever the owner is', async (t) => {
    @Namespace('/rooms')
    class Rooms {
      @On() async join(room: string, socket: Socket) {
        await socket.join(room);
      }
    }
    const one = await start(t, [Rooms]);
    const two = await start(t, [Rooms]);
    const owner = await one.connect('/rooms');
    const eve = await two.connect('/rooms');
    const { id } = owner;
    for (const room of [id, newSocketId()]) {
      const { error } = (await eve.emitWithAck('join', room)) as { error: { code: string } };
      assert.equal(error.code, 'room_taken');
    }
    owner.disconnect();
    assert.equal(((await eve.emitWithAck('join', id)) as { error: { code: string } }).error.code, 'room_taken');
    assert.equal(await eve.emitWithAck('join', 'twentylettersexactly'), undefined);
    assert.equal(await eve.emitWithAck('join', eve.id), undefined, 'its own room is its own');
  });
});

for (const transport of transports) {
  it(`a stock client that connects a namespace twice is served: ${transport}`, async (t) => {
    @Namespace('/chat')
    class Chat {
      @OnConnect async enter() {
        await Promise.resolve();
      }
      @On() echo(value: unknown) {
        return value;
      }
    }
    const { url } = await start(t, [Chat]);
    const chat = io(`${url}/chat`, { forceNew: true, transports: [transport] });
    t.after(() => chat.disconnect());
    chat.connect();
    for (let n = 0; n < 8; n++) assert.equal(await within(chat.emitWithAck('echo', n), 'the answer'), n);
  });
}

it('the time to join ends where the gate begins', async (t) => {
  const open = deferred();
  @Namespace('/slow')
  class Slow {
    @OnConnect enter() {
      return open.promise;
    }
    @On() echo(value: unknown) {
      return value;
    }
  }
  const { client } = await start(t, [Slow], { limits: { joinTime: 100 } });
  const slow = client('/slow');
  const connected = nextEvent(slow, 'connect');
  await new Promise((resolve) => setTimeout(resolve, 300));
  open.resolve();
  await connected;
  assert.equal(await slow.emitWithAck('echo', 1), 1);
});

describe('a result that JSON would lose', () => {
  const results: Readonly<Record<string, () => unknown>> = {
    'a Map': () => new Map([['a', 1]]),
    'a Set': () => new Set([1]),
    'an Error': () => new Error('secret'),
    'an Error of its own class': () => new (class Own extends TypeError {})('secret'),
    'an Observable': () =>
      new (class Observable {
        subscribe() {}
        pipe() {}
      })(),
    'an async iterable': () => ({ async *[Symbol.asyncIterator]() {} }),
    'an async generator': () => (async function* () {})(),
    'a generator': () => (function* () {})(),
    'a WeakMap': () => new WeakMap(),
    'a function': () => () => 1,
    'a symbol': () => Symbol('x'),
    'a RegExp': () => /x/,
    'a promise of a Map': () => Promise.resolve(new Map()),
  };
  for (const [what, make] of Object.entries(results)) {
    it(`is answered internal, and the log says what to return: ${what}`, async (t) => {
      @Namespace('/results')
      class Results {
        @On() give() {
          return make();
        }
      }
      const { connect, log } = await startInMemory(t, [Results]);
      const client = await connect('/results');
      const { error } = (await client.emitWithAck('give')) as { error: { code: string; message: string } };
      assert.deepEqual([error.code, error.message], ['internal', 'Internal error']);
      const [line] = log.at('error');
      assert.match(String((line!.facts['err'] as Error).message), /a handler returned .*: /);
      assert.ok(!JSON.stringify(error).includes('secret'));
    });
  }

  it('is none of these: data, dates, buffers, objects with toJSON, arrays, instances', async (t) => {
    class Point {
      x = 1;
    }
    const fine = [
      1,
      'a',
      null,
      true,
      [1],
      { a: 1 },
      new Date(0),
      Buffer.from('a'),
      new Point(),
      { toJSON: () => 'x' },
      new URL('http://a/'),
    ];
    @Namespace('/results')
    class Results {
      @On() give(n: number) {
        return fine[n];
      }
    }
    const { connect } = await startInMemory(t, [Results]);
    const client = await connect('/results');
    for (let n = 0; n < fine.length; n++)
      assert.ok(!(Object((await client.emitWithAck('give', n)) as object) as { error?: unknown }).error);
  });
});

describe('middleware that does not wait for the handler', () => {
  const ways: Readonly<Record<string, Middleware>> = {
    'calls next() and returns nothing, asynchronously': async (_context, next) => {
      void next();
    },
    'calls next() and waits for something else': async (_context, next) => {
      void next();
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
  for (const [what, middleware] of Object.entries(ways)) {
    it(`loses neither value nor error: ${what}`, async (t) => {
      @Namespace('/late')
      class Late {
        @On() async value() {
          await new Promise((resolve) => setTimeout(resolve, 20));
          return 5;
        }
        @On() async fail() {
          await new Promise((resolve) => setTimeout(resolve, 1));
          throw new Error('no');
        }
      }
      const { app, connect, log } = await start(t, [Late], { use: [middleware] });
      const client = await connect('/late');
      await undisturbed(async () => {
        assert.equal(await client.emitWithAck('value'), 5);
        assert.equal(await client.emitWithAck('value'), 5);
        const { error } = (await client.emitWithAck('fail')) as { error: { code: string } };
        assert.equal(error.code, 'internal');
      });
      assert.equal(log.at('error').length, 1);
      assert.equal(log.at('warn').filter(({ message }) => message.includes('drops what handlers return')).length, 1);
      assert.ok((app.health().counts.dropped_result ?? 0) >= 2);
    });
  }

  it('that answers by itself has its answer, and the failure is logged', async (t) => {
    const early: Middleware = async (_context, next) => {
      void next();
      return Promise.resolve('early');
    };
    @Namespace('/late')
    class Late {
      @On() async fail() {
        await new Promise((resolve) => setTimeout(resolve, 10));
        throw new Error('no');
      }
    }
    const { connect, log } = await start(t, [Late], { use: [early] });
    const client = await connect('/late');
    assert.equal(await client.emitWithAck('fail'), 'early');
    await until(() => log.at('error').length === 1, 'the line in the log');
  });

  it('that waits and answers with nothing is obeyed', async (t) => {
    const silent: Middleware = async (_context, next) => {
      await next();
    };
    const caught: Middleware = async (_context, next) => {
      try {
        return await next();
      } catch {
        return undefined;
      }
    };
    @Namespace('/late')
    class Late {
      @On() async value() {
        await Promise.resolve();
        return 5;
      }
      @On() async fail() {
        await Promise.resolve();
        throw new Error('no');
      }
    }
    const one = await start(t, [Late], { use: [silent] });
    assert.equal(await (await one.connect('/late')).emitWithAck('value'), undefined);
    const two = await start(t, [Late], { use: [caught] });
    assert.equal(await (await two.connect('/late')).emitWithAck('fail'), undefined);
    assert.deepEqual([...one.log.at('error'), ...two.log.at('error'), ...one.log.at('warn')], []);
  });
});

describe('what is heard in one chunk', () => {
  for (const withUse of [false, true]) {
    it(`is heard in the same order ${withUse ? 'with' : 'without'} socket.use: an event before a disconnection is handled`, async (t) => {
      const heard: string[] = [];
      @Namespace('/order')
      class Order {
        @On() note(text: string) {
          heard.push(text);
        }
      }
      const { app, client, url } = await start(t, [Order]);
      void client;
      if (withUse) app.io.of('/order').on('connection', (socket) => socket.use((_packet, next) => next()));
      const { openRaw } = await import('../support/raw-client.js');
      const raw = await openRaw(t, url);
      raw.send('0/order,');
      await raw.frame('0/order,');
      raw.send('2/order,["note","a"]', '2/order,["note","b"]', '1/order,', '2/order,["note","c"]');
      await until(() => app.io.of('/order').sockets.size === 0, 'the disconnection');
      assert.deepEqual(heard, ['a', 'b']);
    });
  }
});
