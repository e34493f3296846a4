import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import { Redis } from 'ioredis';
import type { Socket as ClientSocket } from 'socket.io-client';
import { Socket } from 'socket.io';
import { Auth, ConnectionRefused, Namespace, On, OnConnect, type AppOptions } from '../../src/index.js';
import { absence, engineNamed, forgetStreams, type TestEngine } from './support/engines.js';
import { start, type Running } from '../support/app.js';
import { nextEvent, nextWarning, until, within } from '../support/wait.js';

const revoked = new Set<string>();

@Namespace('/mail')
class Mail {
  @OnConnect
  async enter(@Auth('token') token: string, socket: Socket): Promise<void> {
    await Promise.resolve();
    if (revoked.has(token)) throw new ConnectionRefused('revoked');
    if (socket.recovered) return;
    await socket.join('readers');
    socket.data.token = token;
  }

  @On('look')
  look(socket: Socket): unknown {
    return { recovered: socket.recovered, rooms: [...socket.rooms].sort(), data: socket.data as unknown };
  }

  @On('args')
  args(one: unknown, two: unknown, socket: Socket): unknown {
    socket.emit('news', 'before the answer');
    return [one, two];
  }

  @On('leave')
  leave(socket: Socket): void {
    socket.emit('news', 'good-bye');
    socket.disconnect();
  }
}

@Namespace('/other')
class Other {
  @On('look')
  look(socket: Socket): boolean {
    return socket.recovered;
  }
}

const prefixes: string[] = [];
let count = 0;

after(() => forgetStreams(...prefixes));

/** Applications on one stream. */
async function nodes(t: TestContext, engine: TestEngine, size: number): Promise<Running[]> {
  const prefix = `recovery-${process.pid}-${++count}`;
  prefixes.push(prefix);
  const options: Partial<AppOptions> = { adapter: await engine.option(prefix), connectionStateRecovery: {} };
  const running: Running[] = [];
  for (let n = 0; n < size; n++) running.push(await start(t, [Mail, Other], options));
  await until(() => running.every(({ app }) => app.health().adapter?.nodes === size), 'all nodes know of each other');
  return running;
}

/** Cuts the transport, as a lost network does, and waits until the server has seen it. */
async function cut({ app }: Running, socket: ClientSocket): Promise<void> {
  const { sockets } = app.io.of('/mail');
  const { id } = socket;
  const gone = nextEvent(socket, 'disconnect');
  socket.io.engine.close();
  await gone;
  await until(() => !sockets.has(id!), 'the server has noticed');
}

async function comeBack({ url }: Running, socket: ClientSocket): Promise<void> {
  Object.assign(socket.io, { uri: url });
  const connected = nextEvent(socket, 'connect');
  socket.connect();
  await connected;
}

/** The first arguments of all the news that the client gets. */
function newsOf(socket: ClientSocket): unknown[] {
  const news: unknown[] = [];
  socket.on('news', (value: unknown) => news.push(value));
  return news;
}

for (const name of ['redis-streams', 'redis-streams (ioredis)']) {
  const engine = engineNamed(name);
  const missing = await absence(engine);

  describe(`connection state recovery with ${name}`, { skip: missing ?? false }, () => {
    for (const where of ['the same', 'another']) {
      it(`brings back id, rooms, data and what was missed of all nodes, in order, on ${where} node`, async (t) => {
        const [one, two] = (await nodes(t, engine, 2)) as [Running, Running];
        const socket = await one.connect('/mail', { auth: { token: 'a' } });
        const { id } = socket;
        const news = newsOf(socket);
        const others = newsOf(await two.connect('/mail', { auth: { token: 'b' } }));
        const first = nextEvent(socket, 'news');
        two.app.io.of('/mail').emit('news', 'seen');
        await first;
        await cut(one, socket);
        one.app.io.of('/mail').to('readers').emit('news', 1, Buffer.from('bytes'));
        one.app.io.of('/mail').to('strangers').emit('news', 'wrong');
        one.app.io.of('/other').emit('news', 'wrong');
        one.app.io.of('/mail').except('readers').emit('news', 'wrong');
        one.app.io.of('/mail').to(id!).emit('news', 2);
        one.app.io.of('/mail').emit('news', 3);
        await until(() => others.includes(3), 'the other node has it');
        two.app.io.of('/mail').emit('news', 4);
        await comeBack(where === 'another' ? two : one, socket);
        assert.equal(socket.recovered, true);
        assert.equal(socket.id, id);
        const seen = await socket.emitWithAck('look');
        assert.deepEqual(seen, { recovered: true, rooms: [id!, 'readers'].sort(), data: { token: 'a' } });
        assert.deepEqual(news, ['seen', 1, 2, 3, 4]);
      });
    }

    it('recovers a client that has received nothing yet', async (t) => {
      const [one, two] = (await nodes(t, engine, 2)) as [Running, Running];
      one.app.io.of('/mail').emit('news', 'before its time');
      const socket = await one.connect('/mail', { auth: { token: 'a' } });
      const news = newsOf(socket);
      await cut(one, socket);
      two.app.io.of('/mail').to('readers').emit('news', 1);
      await comeBack(two, socket);
      assert.equal(socket.recovered, true);
      await socket.emitWithAck('look');
      assert.deepEqual(news, [1]);
    });

    it('checks authorisation again on the other node, and sends nothing that was missed to who is refused', async (t) => {
      const [one, two] = (await nodes(t, engine, 2)) as [Running, Running];
      const socket = await one.connect('/mail', { auth: { token: `gone ${name}` } });
      await cut(one, socket);
      one.app.io.of('/mail').to('readers').emit('news', 'secret');
      revoked.add(`gone ${name}`);
      const news = newsOf(socket);
      Object.assign(socket.io, { uri: two.url });
      socket.connect();
      const [error] = await nextEvent<[Error]>(socket, 'connect_error');
      assert.equal(error.message, 'revoked');
      assert.deepEqual(news, []);
      const { rooms, sids } = two.app.io.of('/mail').adapter;
      assert.equal(rooms.size + sids.size, 0);
    });

    it('loses nothing and repeats nothing for a client that changes nodes while all of them send', async (t) => {
      const all = (await nodes(t, engine, 3)) as [Running, Running, Running];
      const socket = await all[0].connect('/mail', { auth: { token: 'a' } });
      const news = newsOf(socket) as [number, number][];
      const sent = all.map(() => 0);
      const timer = setInterval(() => {
        for (const [at, { app }] of all.entries()) app.io.of('/mail').to('readers').emit('news', [at, sent[at]!++]);
      }, 1);
      t.after(() => clearInterval(timer));
      let here = all[0];
      for (let turn = 1; turn <= 15; turn++) {
        const flowing = news.length + 20;
        await until(() => news.length > flowing, 'news come');
        await cut(here, socket);
        here = all[(turn * 2) % 3]!;
        await comeBack(here, socket);
        assert.equal(socket.recovered, true, `recovered in turn ${turn}`);
      }
      clearInterval(timer);
      await until(() => news.length >= sent.reduce((sum, each) => sum + each), 'all has come');
      for (const at of all.keys()) {
        const numbers = news.filter(([from]) => from === at).map(([, number]) => number);
        assert.deepEqual(numbers, [...Array(sent[at]).keys()], `the news of node ${at}`);
      }
    });

    it('a node that closes hands its clients to another', async (t) => {
      const [one, two] = (await nodes(t, engine, 2)) as [Running, Running];
      const socket = await one.connect('/mail', { auth: { token: 'a' } });
      const news = newsOf(socket);
      const gone = nextEvent(socket, 'disconnect');
      await one.app.close();
      await gone;
      two.app.io.of('/mail').to('readers').emit('news', 1);
      await comeBack(two, socket);
      assert.equal(socket.recovered, true);
      await socket.emitWithAck('look');
      assert.deepEqual(news, [1]);
    });

    it('leaves the arguments of handlers as they were sent, and keeps emit, answer and disconnection in order', async (t) => {
      const [one] = (await nodes(t, engine, 1)) as [Running];
      const socket = await one.connect('/mail', { auth: { token: 'a' } });
      const news = newsOf(socket);
      assert.deepEqual(await socket.emitWithAck('args', { a: 1 }, 'two'), [{ a: 1 }, 'two']);
      assert.deepEqual(news, ['before the answer']);
      const gone = nextEvent(socket, 'disconnect');
      socket.emit('leave');
      await gone;
      assert.deepEqual(news, ['before the answer', 'good-bye']);
    });

    it('does not take the session of one namespace for another', async (t) => {
      const [one] = (await nodes(t, engine, 1)) as [Running];
      const socket = await one.connect('/mail', { auth: { token: 'a' } });
      const { _pid: pid } = socket as unknown as { _pid: string };
      await cut(one, socket);
      const thief = await one.connect('/other', { auth: { pid, offset: '' } });
      assert.equal(await thief.emitWithAck('look'), false);
    });

    for (const where of ['one node', 'two nodes']) {
      it(`one session is one socket: of five clients that ask for it at once on ${where}, one gets it`, async (t) => {
        const all = (await nodes(t, engine, 2)) as [Running, Running];
        const socket = await all[0].connect('/mail', { auth: { token: 'a' } });
        const heard = nextEvent(socket, 'news');
        all[0].app.io.of('/mail').emit('news', 'seen');
        await heard;
        const {
          id,
          _pid: pid,
          _lastOffset: offset,
        } = socket as unknown as Record<'id' | '_pid' | '_lastOffset', string>;
        await cut(all[0], socket);
        const clients = await Promise.all(
          Array.from({ length: 5 }, (_, n) =>
            all[where === 'one node' ? 1 : n % 2]!.connect('/mail', { auth: { token: 'a', pid, offset } }),
          ),
        );
        const ids = clients.map((client) => client.id);
        assert.equal(ids.filter((each) => each === id).length, 1);
        assert.equal(new Set(ids).size, 5);
      });
    }

    it('does not recover what is not known, and says so to the client by connecting it anew', async (t) => {
      const [one] = (await nodes(t, engine, 1)) as [Running];
      for (const offset of ['', 'x', '0-0', '9-9~a~1', '~~']) {
        const socket = await one.connect('/mail', { auth: { token: 'a', pid: 'nobody', offset } });
        assert.deepEqual((await socket.emitWithAck('look')).recovered, false);
      }
    });

    it('does not recover a client of which the stream has forgotten what it missed', async (t) => {
      const [one, two] = (await nodes(t, engine, 2)) as [Running, Running];
      const socket = await one.connect('/mail', { auth: { token: 'a' } });
      await cut(one, socket);
      two.app.io.of('/mail').to('readers').emit('news', 'forgotten');
      const redis = new Redis();
      t.after(() => redis.disconnect());
      const pipeline = redis.pipeline();
      for (let n = 0; n < 101_000; n++) pipeline.xadd(`${prefixes.at(-1)}:streams`, 'MAXLEN', '100000', '*', 'x', '');
      await within(pipeline.exec(), 'so many entries', 20_000);
      await comeBack(one, socket);
      assert.equal((await socket.emitWithAck('look')).recovered, false);
    });

    it('tells of data that cannot be kept, and goes on', async (t) => {
      const [one] = (await nodes(t, engine, 1)) as [Running];
      const socket = await one.connect('/mail', { auth: { token: 'a' } });
      for (const each of one.app.io.of('/mail').sockets.values()) each.data.big = 10n;
      const warned = nextWarning(/BigInt/);
      await cut(one, socket);
      await warned;
      await comeBack(one, socket);
      assert.equal((await socket.emitWithAck('look')).recovered, false);
    });
  });
}
