import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Auth, Namespace, On, OnConnect } from '../../src/index.js';
import { start } from '../support/app.js';
import { nextEvent } from '../support/wait.js';

/** A controller, what it was told at each connection, and how often it was asked. */
function serve() {
  const tokens: unknown[] = [];
  let attempts = 0;
  @Namespace('/client')
  class Served {
    @OnConnect
    enter(@Auth('token') token: unknown) {
      tokens.push(token);
    }

    @On()
    unsteady() {
      attempts++;
      return attempts < 3 ? new Promise(() => {}) : `after ${attempts}`;
    }
  }
  return { Served, tokens };
}

describe("the official client's own means", () => {
  it('auth as a function is asked anew for every connection', async (t) => {
    const { Served, tokens } = serve();
    const { connect } = await start(t, [Served]);
    let count = 0;
    const socket = await connect('/client', { auth: (give) => give({ token: `token ${++count}` }) });
    socket.disconnect().connect();
    await nextEvent(socket, 'connect');
    assert.deepEqual(tokens, ['token 1', 'token 2']);
  });

  it('retries sends an event again until it is answered within ackTimeout', async (t) => {
    const { connect } = await start(t, [serve().Served], { limits: { drainTime: 10 } });
    const socket = await connect('/client', { retries: 5, ackTimeout: 200 });
    assert.equal(await socket.emitWithAck('unsteady'), 'after 3');
  });

  it('ackTimeout rejects where the answer does not come', async (t) => {
    const { connect } = await start(t, [serve().Served], { limits: { drainTime: 10 } });
    const socket = await connect('/client', { ackTimeout: 30 });
    await assert.rejects(socket.emitWithAck('unsteady'), /operation has timed out/);
  });

  it('reconnects by itself, with a new id, as a new connection', async (t) => {
    const { Served, tokens } = serve();
    const { connect } = await start(t, [Served]);
    const socket = await connect('/client', { auth: { token: 'again' }, reconnection: true, reconnectionDelay: 1 });
    const { id } = socket;
    socket.io.engine.close();
    await nextEvent(socket, 'connect');
    assert.notEqual(socket.id, id);
    assert.deepEqual(tokens, ['again', 'again']);
  });
});
