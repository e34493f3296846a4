import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import express from 'express';
import { createApp, Namespace, On } from '../../src/index.js';
import { openClient, running, start } from '../support/app.js';
import { recordingLog } from '../support/log.js';
import { nextEvent, until } from '../support/wait.js';
import { openPolling } from './support.js';

@Namespace('/')
class Root {
  @On() echo(value: unknown) {
    return value;
  }
  @On() big() {
    return 'a'.repeat(20_000);
  }
  @On() fail() {
    throw new Error('the cause');
  }
}

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'colloquy-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

describe('serving', () => {
  it('on a path of its own', async (t) => {
    const { client, connect } = await start(t, [Root], { path: '/deep/ws' });
    assert.equal(await (await connect('/', { path: '/deep/ws' })).emitWithAck('echo', 1), 1);
    await nextEvent(client('/', { transports: ['polling'] }), 'connect_error');
  });

  it('over TLS, pages and sockets', async (t) => {
    const made = folder(t);
    const [key, cert] = [join(made, 'key.pem'), join(made, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', ...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
    const app = await createApp({ controllers: [Root], logger: false, signals: false });
    t.after(() => app.close());
    const tls = { key: readFileSync(key), cert: readFileSync(cert) };
    const { url } = await app.listen({ port: 0, host: '127.0.0.1', tls });
    assert.match(url, /^https:/);
    for (const transport of ['websocket', 'polling']) {
      const socket = openClient(t, url, { ca: tls.cert.toString(), transports: [transport] } as never);
      await nextEvent(socket, 'connect');
      assert.equal(await socket.emitWithAck('echo', transport), transport);
    }
    await nextEvent(openClient(t, url), 'connect_error');
  });

  it('static files, with their types, beside a request listener', async (t) => {
    const made = folder(t);
    writeFileSync(join(made, 'index.html'), '<h1>hello</h1>');
    writeFileSync(join(made, 'page.js'), '1;');
    const web = express();
    web.get('/info', (_request, response) => void response.json({ engine: app?.health().engine.name }));
    const { app, url, connect } = await start(t, [Root], { static: made, http: web });
    const index = await fetch(url);
    assert.deepEqual(
      [await index.text(), index.headers.get('content-type')],
      ['<h1>hello</h1>', 'text/html;charset=utf-8'],
    );
    assert.match((await fetch(`${url}/page.js`)).headers.get('content-type')!, /^text\/javascript/);
    assert.deepEqual(await (await fetch(`${url}/info`)).json(), { engine: app.health().engine.name });
    assert.equal((await fetch(`${url}/none`)).status, 404);
    assert.equal((await fetch(`${url}/..%2f..%2fetc/passwd`)).status, 404);
    assert.equal(await (await connect()).emitWithAck('echo', 1), 1);
  });

  it('on an HTTP server that exists already', async (t) => {
    const log = recordingLog();
    const app = await createApp({ controllers: [Root], logger: log });
    t.after(() => app.close());
    const server = createServer((_request, response) => response.end('mine'));
    t.after(() => server.close());
    app.attach(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { connect, url } = running(t, app, log, port);
    assert.equal(await (await connect()).emitWithAck('echo', 1), 1);
    assert.equal(await (await fetch(url)).text(), 'mine');
  });

  it('says host, port and address, and on all addresses unless told', async (t) => {
    const app = await createApp({ controllers: [Root], logger: false, signals: false });
    t.after(() => app.close());
    const { host, port, url } = await app.listen(0);
    assert.ok(['::', '0.0.0.0'].includes(host));
    assert.equal(url, `http://localhost:${port}`);
    const socket = openClient(t, url);
    await nextEvent(socket, 'connect');
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
    const { app, client } = await start(t, [Root], { pingInterval: 20, pingTimeout: 50 });
    const socket = client();
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
      calls: 0,
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

  it('only to pages of its own host and of listed origins, on every transport', async (t) => {
    for (const transport of ['websocket', 'polling']) {
      const { connect, client } = await start(t, [Root], { cors: { origin: ['https://friend.example'] } });
      const from = (origin: string): { transports: string[]; extraHeaders: Record<string, string> } => ({
        transports: [transport],
        extraHeaders: { origin },
      });
      assert.equal((await connect('/', from('https://friend.example'))).connected, true);
      await nextEvent(client('/', from('https://stranger.example')), 'connect_error');
      const closed = await start(t, [Root]);
      assert.equal((await closed.connect('/', from(closed.url))).connected, true);
      await nextEvent(closed.client('/', from('https://friend.example')), 'connect_error');
    }
  });

  it('tells clients the cause of a failure in debug mode only, and logs more then', async (t) => {
    for (const debug of [true, false]) {
      const { connect } = await start(t, [Root], { debug });
      const answer = (await (await connect()).emitWithAck('fail')) as { error: object };
      assert.equal(JSON.stringify(answer).includes('the cause'), debug);
    }
  });
});
