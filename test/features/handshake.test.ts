import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Socket } from 'socket.io';
import {
  Auth,
  Cookie,
  EventContext,
  Handshake,
  Header,
  Namespace,
  On,
  OnConnect,
  OnDisconnect,
  Query,
  Reason,
} from '../../src/index.js';
import { start, transports } from '../support/app.js';
import { nextEvent, until } from '../support/wait.js';

/** What was known in `@OnConnect`. */
const seen: unknown[] = [];
const reasons: string[] = [];

@Namespace('/facts')
class Facts {
  @OnConnect
  enter(@Auth('token') token: unknown, @Query('room') room: unknown, @Cookie('theme') theme: unknown) {
    seen.push({ token, room, theme });
  }

  @On()
  facts(
    @Auth() auth: { token: string },
    @Query('room') room: string,
    @Header('user-agent') agent: string,
    @Cookie('theme') theme: string,
    @Handshake('address') address: string,
    @Handshake('secure') secure: boolean,
    @Handshake('issued') issued: number,
  ) {
    return { auth, room, agent, theme, address, secure, isRecent: Math.abs(Date.now() - issued) < 60_000 };
  }

  @On()
  transport(socket: Socket) {
    return socket.conn.transport.name;
  }

  @On()
  request(context: EventContext) {
    const { socket, namespace, event, args } = context;
    return { id: socket.id, namespace, event, args };
  }

  @OnDisconnect
  leave(@Reason() reason: string) {
    reasons.push(reason);
  }
}

describe('the facts of a connection', () => {
  for (const transport of transports) {
    it(`auth, query, headers, cookies, address, security and time are known from @OnConnect on (${transport})`, async (t) => {
      const { connect } = await start(t, [Facts]);
      const client = await connect('/facts', {
        transports: [transport],
        auth: { token: 'secret' },
        query: { room: 'a b' },
        extraHeaders: { 'user-agent': 'a test', cookie: 'theme=dark%20blue' },
      });
      assert.deepEqual(seen.at(-1), { token: 'secret', room: 'a b', theme: 'dark blue' });
      assert.deepEqual(await client.emitWithAck('facts'), {
        auth: { token: 'secret' },
        room: 'a b',
        agent: 'a test',
        theme: 'dark blue',
        address: '127.0.0.1',
        secure: false,
        isRecent: true,
      });
    });
  }

  it('the transport in use is told, before and after its upgrade', async (t) => {
    const { app, client } = await start(t, [Facts]);
    const upgrades: string[] = [];
    app.io.of('/facts').on('connection', ({ conn }) => {
      conn.once('upgrade', ({ name }: { name: string }) => upgrades.push(name));
    });
    const socket = client('/facts', { transports: ['polling', 'websocket'] });
    const before = new Promise<unknown>((resolve) =>
      socket.once('connect', () => resolve(socket.emitWithAck('transport'))),
    );
    await before;
    await until(() => upgrades.length > 0, 'the upgrade');
    assert.deepEqual([await socket.emitWithAck('transport'), upgrades], ['websocket', ['websocket']]);
    const polling = client('/facts', { transports: ['polling'] });
    assert.equal(await polling.emitWithAck('transport'), 'polling');
  });

  it('id, namespace, event and arguments are in the context', async (t) => {
    const { connect } = await start(t, [Facts]);
    const client = await connect('/facts');
    const { id } = client;
    assert.deepEqual(await client.emitWithAck('request', 1, 'two'), {
      id,
      namespace: '/facts',
      event: 'request',
      args: [1, 'two'],
    });
  });

  it('the reason of a disconnection is one of the constants of Socket.IO', async (t) => {
    const { app, connect } = await start(t, [Facts]);
    reasons.length = 0;
    (await connect('/facts')).disconnect();
    (await connect('/facts')).io.engine.close();
    const expelled = await connect('/facts');
    app.io.of('/facts').in(expelled.id!).disconnectSockets();
    await nextEvent(expelled, 'disconnect');
    await until(() => reasons.length === 3, 'three ends');
    assert.deepEqual(reasons.toSorted(), [
      'client namespace disconnect',
      'server namespace disconnect',
      'transport close',
    ]);
  });
});
