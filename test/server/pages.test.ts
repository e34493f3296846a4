import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { Namespace, On, Payload } from '../../src/index.js';
import { start } from '../support/app.js';
import { nextEvent, until } from '../support/wait.js';
import { openPolling } from '../support/start-with.js';

@Namespace('/')
class Root {
  @On() echo(@Payload({ type: Object, optional: true }) value: unknown) {
    return value;
  }
  @On() big() {
    return 'a'.repeat(20_000);
  }
}

describe('serving', () => {
  it('on a path of its own', async (t) => {
    const { client, connect } = await start(t, [Root], { path: '/deep/ws' });
    assert.equal(await (await connect('/', { path: '/deep/ws' })).emitWithAck('echo', 1), 1);
    await nextEvent(client('/', { transports: ['polling'] }), 'connect_error');
  });

  it('compresses answers of long-polling above the threshold, and not at all where it is told so', async (t) => {
    for (const [httpCompression, encoding] of [
      [{ threshold: 1_000 }, 'gzip'],
      [{ threshold: 100_000 }, null],
      [false, null],
    ] as const) {
      const { url } = await start(t, [Root], { httpCompression });
      const client = await openPolling(url, '/');
      await client.send('21["big"]');
      const response = await client.poll();
      assert.equal(response.headers.get('content-encoding'), encoding);
      assert.equal((await response.text()).length, 20_000 + '431[""]'.length);
    }
  });

  it('compresses WebSocket messages with perMessageDeflate, and not without it', async (t) => {
    for (const perMessageDeflate of [{ threshold: 0 }, false]) {
      const { connect } = await start(t, [Root], { perMessageDeflate });
      const socket = await connect('/', { perMessageDeflate: { threshold: 0 } });
      const { ws } = socket.io.engine.transport as unknown as { ws: { _socket: { bytesRead: number } } };
      const before = ws._socket.bytesRead;
      assert.equal(((await socket.emitWithAck('big')) as string).length, 20_000);
      const bytes = ws._socket.bytesRead - before;
      assert.ok(perMessageDeflate ? bytes < 1_000 : bytes > 20_000, `${bytes} bytes`);
    }
  });

  it('with a heartbeat: pings as often as told, and ends a client that does not answer', async (t) => {
    const { app, connect } = await start(t, [Root], { pingInterval: 20, pingTimeout: 500 });
    const socket = await connect();
    await nextEvent(socket.io as never, 'ping');
    const reasons: string[] = [];
    app.io.sockets.sockets.get(socket.id!)!.on('disconnect', (reason) => reasons.push(reason));
    const { engine } = socket.io;
    engine.transport.send = () => {};
    await until(() => reasons.length > 0, 'the end of the connection');
    assert.deepEqual(reasons, ['ping timeout']);
  });

  it('only on the transports that are listed, and warns where WebSocket is not', async (t) => {
    const { log, client, connect } = await start(t, [Root], { transports: ['polling'] });
    assert.equal((await connect('/', { transports: ['polling'] })).connected, true);
    await nextEvent(client('/', { transports: ['websocket'] }), 'connect_error');
    assert.match(
      log
        .at('warn')
        .map(({ message }) => message)
        .join(),
      /leaves only long-polling/,
    );
  });

  it('warns when many clients have long been there and none of them uses WebSocket', async (t) => {
    mock.timers.enable({ apis: ['setInterval'] });
    t.after(() => mock.timers.reset());
    const { log, connect } = await start(t, [Root]);
    const warnings = (): string[] => log.at('warn').map(({ message }) => message);
    for (let n = 0; n < 10; n++) await connect('/', { transports: ['polling'] });
    mock.timers.tick(29_000);
    assert.deepEqual(warnings(), []);
    mock.timers.tick(1_000);
    assert.deepEqual(warnings(), ['all clients use long-polling: something before this server keeps WebSocket out']);
  });

  it('upgrades from long-polling to WebSocket, unless allowUpgrades is off', async (t) => {
    for (const allowUpgrades of [true, false]) {
      const { app, client } = await start(t, [Root], { allowUpgrades });
      const socket = client('/', { transports: ['polling', 'websocket'] });
      await nextEvent(socket, 'connect');
      if (allowUpgrades) await until(() => app.health().transports['websocket'] === 1, 'the upgrade');
      await socket.emitWithAck('echo');
      assert.deepEqual(app.health().transports, { [allowUpgrades ? 'websocket' : 'polling']: 1 });
      assert.equal(socket.io.engine.transport.name, allowUpgrades ? 'websocket' : 'polling');
    }
  });

  it('tells engine, transports, clients and calls of a running application', async (t) => {
    const { app, connect } = await start(t, [Root], { engine: 'ws' });
    await connect();
    assert.deepEqual(app.health(), {
      closing: false,
      clients: 1,
      engine: { name: 'ws', reason: 'asked for by name' },
      transports: { websocket: 1 },
      fastLane: 0,
      calls: 0,
      counts: {},
    });
  });

  it('refuses a message above maxHttpBufferSize', async (t) => {
    const { connect } = await start(t, [Root], { maxHttpBufferSize: 1_000 });
    const socket = await connect();
    assert.equal(((await socket.emitWithAck('echo', 'a'.repeat(900))) as string).length, 900);
    socket.emit('echo', 'a'.repeat(1_100));
    const [reason] = await nextEvent(socket, 'disconnect');
    assert.equal(reason, 'transport close');
  });
});
