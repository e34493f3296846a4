import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import express, { type Express } from 'express';
import expressSession, { MemoryStore, type SessionData } from 'express-session';
import { Socket } from 'socket.io';
import {
  createApp,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  Session,
  sessionIdOf,
  SetupError,
  type SessionOptions,
} from '../../../src/index.js';
import { start, transports, type Running } from '../../support/app.js';
import { nextEvent, until } from '../../support/wait.js';

declare module 'express-session' {
  interface SessionData {
    user?: string;
    count?: number;
  }
}

let atDeparture: string | undefined;

@Namespace('/')
class Account {
  @OnConnect async enter(@Session() session: SessionData, socket: Socket) {
    socket.emit('welcome', session.user ?? 'nobody');
    await socket.join(sessionIdOf(socket)!);
  }
  @On() who(@Session session: SessionData) {
    return session.user ?? 'nobody';
  }
  @On() async count(@Session() session: SessionData) {
    await new Promise(setImmediate);
    session.count = (session.count ?? 0) + 1;
    return session.count;
  }
  @On() fail(@Session() session: SessionData) {
    session.count = 100;
    throw new Error('failed');
  }
  @On() plain() {
    return 'no session';
  }
  @OnDisconnect leave(@Session() session: SessionData) {
    atDeparture = session.user ?? 'nobody';
  }
}

interface Site extends Running {
  readonly store: MemoryStore & { saves: number; reads: number };
  /** Asks a page with the visitor's cookie. */
  page(path: string, cookie?: string): Promise<{ text: string; cookie: string }>;
}

/** Counts what is asked of it. */
class CountingStore extends MemoryStore {
  saves = 0;
  reads = 0;
  override set(...args: Parameters<MemoryStore['set']>): void {
    this.saves++;
    super.set(...args);
  }
  override get(...args: Parameters<MemoryStore['get']>): void {
    this.reads++;
    super.get(...args);
  }
}

async function site(t: TestContext, mode: SessionOptions['mode']): Promise<Site> {
  const store = new CountingStore();
  const middleware = expressSession({ secret: 'test', resave: false, saveUninitialized: false, store });
  const pages: Express = express();
  pages.use(middleware);
  const server = await start(t, [Account], { session: { middleware, mode }, http: pages });
  pages.get('/login/:user', (request, response) => {
    request.session.user = request.params.user;
    response.send(request.session.user);
  });
  pages.get('/count', (request, response) => {
    request.session.count = (request.session.count ?? 0) + 1;
    response.send(String(request.session.count));
  });
  pages.get('/who', (request, response) => void response.send(request.session.user ?? 'nobody'));
  pages.get('/logout', (request, response) => {
    const { sessionID } = request;
    request.session.destroy(() => {
      server.app.io.in(sessionID).disconnectSockets(true);
      response.send('bye');
    });
  });
  pages.get('/forget', (request, response) => {
    request.session.destroy(() => void response.send('forgotten'));
  });
  const page: Site['page'] = async (path, cookie = '') => {
    const response = await fetch(server.url + path, { headers: { cookie } });
    const [fresh] = response.headers.getSetCookie();
    return { text: await response.text(), cookie: fresh?.split(';')[0] ?? cookie };
  };
  return Object.assign(server, { store, page });
}

const withCookie = (cookie: string) => ({ extraHeaders: { cookie } });

for (const transport of transports) {
  describe(`the HTTP session, live (${transport})`, () => {
    const options = (cookie: string) => ({ ...withCookie(cookie), transports: [transport] });

    it('is seen as HTTP has it, at the connection, at every event, at the disconnection', async (t) => {
      const { page, client } = await site(t, 'live');
      const { cookie } = await page('/login/ada');
      const socket = client('/', options(cookie));
      assert.deepEqual(await nextEvent(socket, 'welcome'), ['ada']);
      await page('/login/grace', cookie);
      assert.equal(await socket.emitWithAck('who'), 'grace');
      atDeparture = undefined;
      socket.disconnect();
      await until(() => atDeparture === 'grace', 'the departure');
    });

    it('is saved when a handler changed it, and only then', async (t) => {
      const { page, connect, store } = await site(t, 'live');
      const { cookie } = await page('/count');
      const socket = await connect('/', options(cookie));
      assert.equal(await socket.emitWithAck('count'), 2);
      assert.equal((await page('/count', cookie)).text, '3');
      assert.equal(await socket.emitWithAck('count'), 4);
      const { saves } = store;
      await socket.emitWithAck('who');
      assert.equal(store.saves, saves);
      await socket.emitWithAck('fail');
      assert.equal((await page('/count', cookie)).text, '101', 'what a handler changed before it failed is kept');
    });

    it('costs nothing where a handler does not ask for it', async (t) => {
      const { page, connect, store } = await site(t, 'live');
      const { cookie } = await page('/login/ada');
      const socket = await connect('/', options(cookie));
      const { reads } = store;
      await socket.emitWithAck('plain');
      assert.equal(store.reads, reads);
    });
  });
}

describe('the HTTP session, live', () => {
  it('that has ended is empty, whatever the handshake knew, and is not brought back', async (t) => {
    const { page, connect } = await site(t, 'live');
    const { cookie } = await page('/login/ada');
    const socket = await connect('/', withCookie(cookie));
    await page('/forget', cookie);
    assert.equal(await socket.emitWithAck('who'), 'nobody');
    assert.equal(await socket.emitWithAck('count'), 1);
    assert.equal(await socket.emitWithAck('count'), 1);
    assert.equal((await page('/who', cookie)).text, 'nobody');
  });

  it('can begin with a socket', async (t) => {
    const { connect, store } = await site(t, 'live');
    const socket = await connect();
    assert.equal(await socket.emitWithAck('who'), 'nobody');
    assert.equal(store.saves, 0);
    assert.equal(await socket.emitWithAck('count'), 1);
    assert.equal(await socket.emitWithAck('count'), 2);
    assert.equal(store.saves, 2);
  });

  it('cuts its sockets when it ends over HTTP', async (t) => {
    const { page, connect } = await site(t, 'live');
    const [ada, grace] = [await page('/login/ada'), await page('/login/grace')];
    const one = await connect('/', withCookie(ada.cookie));
    const other = await connect('/', withCookie(grace.cookie));
    const cut = nextEvent(one, 'disconnect');
    await page('/logout', ada.cookie);
    await cut;
    assert.equal(await other.emitWithAck('who'), 'grace');
  });
});

describe('the HTTP session, forked', () => {
  it('is a copy at the connection: its changes stay with the socket, those of HTTP do not come to it', async (t) => {
    const { page, connect, store } = await site(t, 'forked');
    const { cookie } = await page('/login/ada');
    const [one, two] = [await connect('/', withCookie(cookie)), await connect('/', withCookie(cookie))];
    const { saves, reads } = store;
    assert.deepEqual([await one.emitWithAck('count'), await one.emitWithAck('count')], [1, 2]);
    assert.equal(await two.emitWithAck('count'), 1);
    assert.deepEqual([store.saves, store.reads], [saves, reads]);
    await page('/login/grace', cookie);
    assert.equal(await one.emitWithAck('who'), 'ada');
    assert.equal((await page('/count', cookie)).text, '1');
  });
});

describe('a mistake about the session is found at boot', () => {
  it('where none is shared, or the option is wrong', async () => {
    const none = createApp({ controllers: [Account], logger: false });
    await assert.rejects(none, (error: SetupError) => {
      assert.deepEqual(
        error.problems.map(({ where }) => where),
        ['enter', 'who', 'count', 'fail', 'leave'].map((method) => `Account.${method}`),
      );
      return true;
    });
    const session = { middleware: {}, mode: 'shared' } as never;
    const wrong = createApp({ controllers: [Account], logger: false, session });
    await assert.rejects(wrong, (error: SetupError) => error.problems.length === 2);
  });
});
