import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import express from 'express';
import { Server } from 'socket.io';
import { createApp, Namespace, On, OnDisconnect, type AppOptions } from '../../src/index.js';
import { openClient, running, start, transports } from '../support/app.js';
import { recordingLog } from '../support/log.js';
import { openMute } from '../support/silent-client.js';
import { deferred, nextEvent, until, within } from '../support/wait.js';

@Namespace('/serve')
class Served {
  @On() ping() {
    return 'pong';
  }
}

const quiet = { controllers: [Served], logger: false, signals: false } as const satisfies AppOptions;

interface Page {
  readonly status: number | undefined;
  readonly text: string;
  readonly type: string | undefined;
}

async function fetchPage(url: string, ca?: Buffer): Promise<Page> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = ca ? getTls(url, { ca }, resolve) : get(url, resolve);
    request.on('error', reject);
  });
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return { status: response.statusCode, text, type: response.headers['content-type'] };
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('listen takes a port, or a port and a host, and says where', async (t) => {
  const app = await createApp(quiet);
  t.after(() => app.close());
  const address = await app.listen(0);
  assert.ok(address.port > 0);
  assert.equal(address.url, `http://localhost:${address.port}`);
  const socket = openClient(t, `${address.url}/serve`);
  assert.equal(await socket.emitWithAck('ping'), 'pong');
  await assert.rejects(app.listen(0), /listens already/);

  const other = await createApp(quiet);
  t.after(() => other.close());
  const { host, url, port } = await other.listen({ port: 0, host: '127.0.0.1' });
  assert.deepEqual([host, url], ['127.0.0.1', `http://127.0.0.1:${port}`]);
});

test('listen says where in the log', async (t) => {
  const { log, url } = await start(t, [Served]);
  assert.ok(log.at('info').some(({ message }) => message === `listening on ${url}`));
});

test('a busy port is a clear error, and the application may listen on another one', async (t) => {
  const { port } = await start(t, [Served]);
  const app = await createApp(quiet);
  t.after(() => app.close());
  await assert.rejects(app.listen({ port, host: '127.0.0.1' }), (error: NodeJS.ErrnoException) => {
    assert.equal(error.code, 'EADDRINUSE');
    assert.match(error.message, new RegExp(`port ${port} of 127.0.0.1.*another program uses it.*listen\\(0\\)`));
    return true;
  });
  const { url } = await app.listen({ port: 0, host: '127.0.0.1' });
  assert.equal(await openClient(t, `${url}/serve`).emitWithAck('ping'), 'pong');
});

test('an address that the machine does not have is a clear error', async (t) => {
  const app = await createApp(quiet);
  t.after(() => app.close());
  await assert.rejects(app.listen({ port: 0, host: '192.0.2.1' }), /no such address/);
});

test('an application that never listened can be closed, and closed again', async () => {
  const app = await createApp(quiet);
  await Promise.all([app.close(), app.close()]);
});

test('an application that was closed while it booted opens no port, and says so', async () => {
  const app = await createApp(quiet);
  await app.close();
  await assert.rejects(app.listen({ port: 0, host: '127.0.0.1' }), /has been closed/);
  assert.throws(() => app.attach(createServer()), /has been closed/);
});

for (const host of ['127.0.0.1', 'localhost']) {
  test(`one that is closed while it begins to listen says so, and leaves no port open (${host})`, async () => {
    const ports = (): number => process.getActiveResourcesInfo().filter((each) => each === 'TCPServerWrap').length;
    const before = ports();
    const app = await createApp(quiet);
    const listening = app.listen({ port: 0, host });
    const [listened, closed] = await Promise.allSettled([listening, app.close()]);
    assert.equal(closed.status, 'fulfilled');
    assert.match(String((listened as PromiseRejectedResult).reason), /closed before it listened/);
    await until(() => ports() === before, 'the end of the port');
  });
}

test('pages and sockets share a port: http takes a request listener', async (t) => {
  const { url, connect } = await start(t, [Served], {
    http: (request, response) => response.end(`page ${request.url}`),
  });
  assert.equal((await fetchPage(`${url}/hello?a=1`)).text, 'page /hello?a=1');
  assert.equal(await (await connect('/serve')).emitWithAck('ping'), 'pong');
});

test('http takes an Express application', async (t) => {
  const pages = express();
  pages.get('/user/:id', (request, response) => void response.json({ id: request.params.id }));
  const { url } = await start(t, [Served], { http: pages });
  assert.equal((await fetchPage(`${url}/user/7`)).text, '{"id":"7"}');
  assert.equal((await fetchPage(`${url}/nowhere`)).status, 404);
});

test('without http, a page is not found; the client of Socket.IO is served', async (t) => {
  const { url } = await start(t, [Served]);
  assert.deepEqual(await fetchPage(url), { status: 404, text: 'Not found\n', type: 'text/plain' });
  assert.match((await fetchPage(`${url}/socket.io/socket.io.js`)).type!, /javascript/);
});

test('static serves a folder and nothing above it; what it does not have goes to http', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'public'));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'public', 'index.html'), '<h1>hello</h1>');
  writeFileSync(join(folder, 'public', '.env'), 'secret');
  const { url, connect, port } = await start(t, [Served], {
    static: join(folder, 'public'),
    http: (_request, response) => response.writeHead(418).end('own'),
  });
  const page = await fetchPage(`${url}/`);
  assert.equal(page.text, '<h1>hello</h1>');
  assert.match(page.type!, /html/);
  for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/.env', '/none', '/%00', '/%']) {
    const answer = await rawGet(port, path);
    assert.ok(!answer.includes('secret'), path);
  }
  assert.equal((await fetchPage(`${url}/none`)).status, 418);
  assert.equal(await (await connect('/serve')).emitWithAck('ping'), 'pong');
});

/** Two folders: `a` with a page and a style, `b` with another style and a picture. */
function twoFolders(t: TestContext): { readonly a: string; readonly b: string } {
  const folder = temporaryFolder(t);
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  for (const each of [a, b]) mkdirSync(each);
  writeFileSync(join(a, 'index.html'), 'page of a');
  writeFileSync(join(a, 'style.css'), 'style of a');
  writeFileSync(join(b, 'index.html'), 'page of b');
  writeFileSync(join(b, 'style.css'), 'style of b');
  writeFileSync(join(b, 'picture.svg'), 'picture of b');
  writeFileSync(join(b, '.env'), 'secret');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  return { a, b };
}

test('static takes several folders: the first that has a file serves it', async (t) => {
  const { a, b } = twoFolders(t);
  const { url } = await start(t, [Served], { static: [a, b] });
  assert.equal((await fetchPage(url)).text, 'page of a');
  assert.equal((await fetchPage(`${url}/style.css`)).text, 'style of a');
  assert.equal((await fetchPage(`${url}/picture.svg`)).text, 'picture of b');
  assert.equal((await fetchPage(`${url}/none.svg`)).status, 404);
});

test('static takes folders by the paths that they are served under; what they do not have goes to http as it came', async (t) => {
  const { a, b } = twoFolders(t);
  const { url, port } = await start(t, [Served], {
    static: { '/': a, '/assets/b/': b },
    http: (request, response) => response.writeHead(418).end(request.url),
  });
  assert.equal((await fetchPage(url)).text, 'page of a');
  assert.equal((await fetchPage(`${url}/assets/b/style.css?v=1`)).text, 'style of b');
  assert.equal((await fetchPage(`${url}/assets/b/`)).text, 'page of b');
  assert.equal((await fetchPage(`${url}/assets/b?v=1`)).text, 'page of b');
  for (const path of ['/picture.svg', '/assets/bstyle.css', '/assets/b/none?x=1', '/assets']) {
    assert.deepEqual(await fetchPage(url + path), { status: 418, text: path, type: undefined }, path);
  }
  for (const path of [
    '/assets/b/../secret.txt',
    '/assets/b/..%2fsecret.txt',
    '/assets/b/.env',
    '/assets/b//../secret.txt',
  ]) {
    assert.ok(!(await rawGet(port, path)).includes('\r\n\r\nsecret'), path);
  }
});

test('a path of static that does not begin with a slash is a mistake at boot', async () => {
  await assert.rejects(createApp({ ...quiet, static: { assets: 'public' } }), /static: 'assets' .* '\/assets'/s);
});

/** A request whose path no client library straightens. */
async function rawGet(port: number, path: string): Promise<string> {
  const tcp = connectTcp(port, '127.0.0.1');
  tcp.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const chunk of tcp) answer += String(chunk);
  return answer;
}

test('attach serves sockets on an HTTP server of your own', async (t) => {
  const server = createServer((_request, response) => response.end('own page'));
  const app = await createApp(quiet);
  t.after(() => app.close());
  app.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { connect, url } = running(t, app, recordingLog(), port);
  assert.equal(await (await connect('/serve')).emitWithAck('ping'), 'pong');
  assert.equal((await fetchPage(url)).text, 'own page');
});

test('an existing Server can be brought; its own namespaces stay its own', async (t) => {
  const io = new Server({ path: '/own/' });
  io.on('connection', (socket) => socket.on('old', (ack: (answer: string) => void) => ack('old')));
  const { connect, app } = await start(t, [Served], { io });
  assert.equal(app.io, io);
  assert.equal(await (await connect('/serve', { path: '/own/' })).emitWithAck('ping'), 'pong');
  assert.equal(await (await connect('/', { path: '/own/' })).emitWithAck('old'), 'old');
});

test("Socket.IO's own options pass through", async (t) => {
  const { connect } = await start(t, [Served], { path: '/elsewhere/', transports: ['polling'], pingInterval: 1_234 });
  const socket = await connect('/serve', { path: '/elsewhere/', transports: ['polling'] });
  assert.equal((socket.io.engine as unknown as { _pingInterval: number })._pingInterval, 1_234);
});

test('pages and sockets over TLS', async (t) => {
  const folder = temporaryFolder(t);
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  const tls = { key: readFileSync(key), cert: readFileSync(cert) };
  const app = await createApp({ ...quiet, http: (_request, response) => response.end('secure page') });
  t.after(() => app.close());
  const { url } = await app.listen({ port: 0, host: '127.0.0.1', tls });
  assert.match(url, /^https:/);
  assert.equal((await fetchPage(url, tls.cert)).text, 'secure page');
  for (const transport of transports) {
    const socket = openClient(t, `${url}/serve`, { transports: [transport], ca: tls.cert as never });
    assert.equal(await socket.emitWithAck('ping'), 'pong');
  }
});

const page = (origin: string | undefined) => (origin ? { extraHeaders: { origin } } : {});

for (const transport of transports) {
  test(`only listed origins connect, and programs, which are no pages (${transport})`, async (t) => {
    const enters = async (cors: AppOptions['cors'], origin: string | undefined): Promise<boolean> => {
      const { connect, app, url } = await start(t, [Served], cors === undefined ? {} : { cors });
      const own = origin === 'own' ? url : origin;
      const entered = await connect('/serve', { transports: [transport], ...page(own) }).then(
        () => true,
        () => false,
      );
      await app.close();
      return entered;
    };
    const [good, bad] = ['https://good.example', 'https://bad.example'];
    assert.equal(await enters(undefined, undefined), true);
    assert.equal(await enters(undefined, 'own'), true);
    assert.equal(await enters(undefined, bad), false);
    assert.equal(await enters(undefined, 'null'), false);
    for (const origin of [good, [good], /good\.example$/g, [/never/, /good/]]) {
      assert.equal(await enters({ origin }, good), true, String(origin));
      assert.equal(await enters({ origin }, bad), false, String(origin));
      assert.equal(await enters({ origin }, 'null'), false);
      assert.equal(await enters({ origin }, `${good}.evil.example`), origin instanceof Array && origin.length === 2);
    }
    assert.equal(await enters({ origin: '*' }, bad), true);
    assert.equal(await enters({ origin: true }, bad), true);
    assert.equal(await enters({ origin: false }, bad), false);
    assert.equal(await enters({ origin: (origin, done) => done(null, origin === good) }, good), true);
    assert.equal(await enters({ origin: (origin, done) => done(null, origin === good) }, bad), false);
    assert.equal(await enters({ origin: (_origin, done) => done(new Error('no')) }, good), false);
    assert.equal(await enters((_request, done) => done(null, { origin: good }), good), true);
    assert.equal(await enters((_request, done) => done(null, { origin: good }), bad), false);
  });
}

test('a page without an origin of its own, asking no host, does not connect', async (t) => {
  const { port } = await start(t, [Served]);
  const tcp = connectTcp(port, '127.0.0.1');
  tcp.write('GET /socket.io/?EIO=4&transport=polling HTTP/1.0\r\nOrigin: null\r\n\r\n');
  const [answer] = await nextEvent<[Buffer]>(tcp, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 403/);
  tcp.destroy();
});

test("an application's own allowRequest is asked too, and only after the origin", async (t) => {
  const asked: (string | undefined)[] = [];
  const { connect, refusal } = await start(t, [Served], {
    cors: { origin: 'https://good.example' },
    allowRequest: (request, decide) => {
      asked.push(request.headers.origin);
      decide(null, request.headers['x-key'] === 'right');
    },
  });
  const from = (origin: string, key: string) => ({ extraHeaders: { origin, 'x-key': key } });
  await connect('/serve', from('https://good.example', 'right'));
  await refusal('/serve', from('https://good.example', 'wrong'));
  await refusal('/serve', from('https://bad.example', 'right'));
  assert.deepEqual(asked, ['https://good.example', 'https://good.example']);
});

for (const transport of transports) {
  test(`close() answers what runs, refuses what comes, then disconnects (${transport})`, async (t) => {
    const began = deferred();
    const open = deferred();
    const order: string[] = [];
    @Namespace('/close')
    class Closing {
      @On() async slow() {
        began.resolve();
        await open.promise;
        order.push('answers');
        return 'done';
      }
      @On() more() {
        return 'more';
      }
      @OnDisconnect async leave(reason: string) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(reason);
      }
    }
    const { connect, app, refusal, url } = await start(t, [Closing]);
    const socket = await connect('/close', { transports: [transport] });
    socket.on('disconnect', () => order.push('disconnect'));
    const answer = socket.emitWithAck('slow').then((value) => order.push(value as string));
    await began.promise;
    const closing = app.close().then(() => order.push('closed'));
    const more = (await socket.emitWithAck('more')) as { error: { code: string } };
    assert.equal(more.error.code, 'closing');
    assert.equal(app.health().closing, true);
    await refusal('/close');
    open.resolve();
    await Promise.all([answer, closing, nextEvent(socket, 'disconnect').catch(() => undefined)]);
    assert.equal(order[0], 'answers');
    assert.deepEqual(order.toSorted(), ['answers', 'closed', 'disconnect', 'done', 'server shutting down']);
    // What the client and the server see of one moment has no order.
    const isBefore = (first: string, second: string): boolean => order.indexOf(first) < order.indexOf(second);
    assert.ok(isBefore('done', 'disconnect') && isBefore('server shutting down', 'closed'), order.join(', '));
    await assert.rejects(fetchPage(url), /ECONNREFUSED/);
  });
}

test('a client of the same transport that enters another namespace while the server closes is refused', async (t) => {
  const open = deferred();
  const began = deferred();
  @Namespace('/a')
  class Busy {
    @On() async work() {
      began.resolve();
      await open.promise;
    }
  }
  @Namespace('/b')
  class Other {
    @On() work() {}
  }
  const { connect, app } = await start(t, [Busy, Other]);
  const socket = await connect('/a');
  const answer = socket.emitWithAck('work');
  await began.promise;
  const closing = app.close();
  const [error] = await nextEvent<[{ data: { code: string } }]>(socket.io.socket('/b').connect(), 'connect_error');
  assert.equal(error.data.code, 'closing');
  open.resolve();
  await Promise.all([answer, closing]);
});

test('no client can keep close() from ending within the drain time', async (t) => {
  const { app, port, url } = await start(t, [Served], { limits: { drainTime: 200 } });
  const half = connectTcp(port, '127.0.0.1');
  half.on('error', () => {});
  half.write('GET / HTTP/1.1\r\nHost:');
  const empty = connectTcp(port, '127.0.0.1');
  empty.on('error', () => {});
  const mute = await openMute(t, url, '/serve');
  mute.pause();
  app.io.of('/serve').emit('bulk', Buffer.alloc(3_000_000));
  await until(() => app.io.engine.clientsCount === 1, 'the client');
  const begin = performance.now();
  await within(app.close(), 'the end', 3_000);
  assert.ok(performance.now() - begin < 1_500);
});
