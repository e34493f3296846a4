import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Auth, Cookie, EventContext, Handshake, Header, Namespace, On, OnConnect, Query } from '../../src/index.js';
import { start, transports } from '../support/app.js';

/** What was known in `@OnConnect`. */
const seen: unknown[] = [];

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
  request(context: EventContext) {
    const { socket, namespace, event, args } = context;
    return { id: socket.id, namespace, event, args };
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
});
