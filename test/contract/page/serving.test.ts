/** The event book over HTTP: where it is served, to whom, and with what headers. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server as HttpServer,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Server } from 'socket.io';
import { createApp, Namespace, On, type App, type AppOptions, type Contract } from '../../../src/index.js';
import { createTestApp } from '../../../src/testing/index.js';
import { assertMistake, mistake, mistakes } from '../../controllers/scan/mistakes.js';
import { start } from '../../support/app.js';
import { recordingLog, type RecordingLog } from '../../support/log.js';
import { undisturbed } from '../../support/undisturbed.js';

@Namespace('/serve')
class Served {
  @On() ping() {
    return 'pong';
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function ask(port: number, path: string, { method = 'GET', headers = {} }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    asked.on('error', reject).end();
  });
}

interface BookJson {
  readonly contract: Contract;
  readonly socket: { readonly path: string; readonly client?: string; readonly isForeign: boolean };
}

async function bookAt(port: number, path = '/events'): Promise<BookJson> {
  return JSON.parse((await ask(port, `${path}/book.json`)).text) as BookJson;
}

/** Fails inside, so that its answer has the id of the call. */
@Namespace('/failing')
class Failing {
  @On() fail(): void {
    throw new Error('secret');
  }
}

const files = ['', 'page.js', 'page.css', 'icon.svg', 'book.json'].map((name) => `/events/${name}`);

/** Listens with a server of the test's own. */
async function listening(t: TestContext, server: HttpServer): Promise<number> {
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** An application that is not served yet. */
async function application(t: TestContext, options: Partial<AppOptions>): Promise<{ app: App; log: RecordingLog }> {
  const log = recordingLog();
  const app = await createApp({ controllers: [Served], logger: log, docs: true, ...options });
  t.after(() => app.close());
  return { app, log };
}

describe('the event book', () => {
  it('is off unless asked', async (t) => {
    for (const options of [{}, { docs: false }]) {
      const { port } = await start(t, [Served], options);
      for (const path of ['/events', ...files]) assert.equal((await ask(port, path)).status, 404, path);
    }
  });

  it('is one page with its script, style and data under /events; the path itself leads there', async (t) => {
    const { port, url, log } = await start(t, [Served], { docs: true });
    const { status, headers } = await ask(port, '/events');
    assert.equal(status, 308);
    assert.equal(new URL(headers.location!, `${url}/events`).href, `${url}/events/`);
    const types = await Promise.all(files.map(async (path) => (await ask(port, path)).headers['content-type']));
    assert.deepEqual(
      types.map((type) => type!.split(';')[0]),
      ['text/html', 'text/javascript', 'text/css', 'image/svg+xml', 'application/json'],
    );
    assert.ok(log.lines.some(({ message }) => message === `event book on ${url}/events/`));
  });

  it('is smaller than 50 KB, all files together', async (t) => {
    const { port } = await start(t, [Served], { docs: true });
    const texts = await Promise.all(files.slice(0, -1).map(async (path) => (await ask(port, path)).text));
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    assert.ok(bytes > 10_000 && bytes < 50_000, `${bytes} bytes`);
  });

  it('is sent with headers that allow no other host, no script or style in the page, and no frame around it', async (t) => {
    const { port } = await start(t, [Served], { docs: true });
    for (const path of ['/events', ...files]) {
      const { headers } = await ask(port, path);
      const policy = headers['content-security-policy'] as string;
      const rules = new Map(
        policy.split('; ').map((rule) => [rule.split(' ')[0]!, rule.split(' ').slice(1).join(' ')]),
      );
      for (const name of ['script-src', 'style-src', 'connect-src', 'img-src']) assert.equal(rules.get(name), "'self'");
      for (const name of ['default-src', 'frame-ancestors', 'base-uri', 'form-action', 'trusted-types']) {
        assert.equal(rules.get(name), "'none'", name);
      }
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cache-control'], 'no-store');
    }
    const { text } = await ask(port, '/events/');
    assert.doesNotMatch(text, /<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?:/);
  });

  it('gives the contract as it is now', async (t) => {
    const { app, port } = await start(t, [Served], { docs: true });
    assert.deepEqual((await bookAt(port)).contract, app.contract());
    app.on('/serve', 'later', () => 1);
    const { namespaces } = (await bookAt(port)).contract;
    assert.deepEqual(namespaces[0]!.events.map(({ name }) => name).toSorted(), ['later', 'ping']);
  });

  it('answers GET and HEAD, and refuses other methods', async (t) => {
    const { port } = await start(t, [Served], { docs: true });
    const { status, text, headers } = await ask(port, '/events/', { method: 'HEAD' });
    const page = await ask(port, '/events/');
    assert.deepEqual([status, text, headers['content-length']], [200, '', String(Buffer.byteLength(page.text))]);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const refused = await ask(port, '/events/book.json', { method });
      assert.deepEqual([refused.status, refused.headers.allow], [405, 'GET, HEAD'], method);
    }
  });

  it('takes its own paths only: what is beside and below them goes on', async (t) => {
    const { port, connect } = await start(t, [Served], {
      docs: true,
      http: (_request, response) => response.writeHead(418).end('own'),
    });
    for (const path of [
      '/',
      '/event',
      '/eventsx',
      '/events/7',
      '/events/page.js/x',
      '/events//',
      '/x?/events',
      '//events',
    ]) {
      assert.equal((await ask(port, path)).status, 418, path);
    }
    assert.equal((await ask(port, '/events/?x=1')).status, 200);
    assert.equal(await (await connect('/serve')).emitWithAck('ping'), 'pong');
    const { connect: poll } = await start(t, [Served], { docs: true });
    assert.equal(await (await poll('/serve', { transports: ['polling'] })).emitWithAck('ping'), 'pong');
  });

  it('stands under another path, and knows the path of the sockets', async (t) => {
    const { port, url } = await start(t, [Served], { docs: { path: '/deep/book/' }, path: '/ws' });
    assert.equal((await ask(port, '/events/')).status, 404);
    const { headers } = await ask(port, '/deep/book');
    assert.equal(new URL(headers.location!, `${url}/deep/book`).pathname, '/deep/book/');
    const { socket } = await bookAt(port, '/deep/book');
    const at = (path: string): string => new URL(path, `${url}/deep/book/`).pathname;
    assert.equal(at(socket.path), '/ws/');
    assert.equal((await ask(port, at(socket.client!))).status, 200);
  });

  it('may be the first page', async (t) => {
    const { port, url } = await start(t, [Served], { docs: { path: '/' } });
    assert.match((await ask(port, '/')).text, /<h1>/);
    const { socket } = await bookAt(port, '');
    assert.equal(new URL(socket.path, `${url}/`).pathname, '/socket.io/');
  });

  it("says if Socket.IO's client is not served, or does not speak the parser", async (t) => {
    const { port } = await start(t, [Served], { docs: true, serveClient: false });
    assert.equal((await bookAt(port)).socket.client, undefined);
    const parser = (await import('socket.io-msgpack-parser')) as unknown as AppOptions['parser'];
    const other = await start(t, [Served], { docs: true, parser });
    assert.equal((await bookAt(other.port)).socket.isForeign, true);
  });

  it('gives the recording, or that of one call, to whom the page is given; without a recorder there is none', async (t) => {
    const recorder = { fields: ['room'] };
    const { app, port, connect } = await start(t, [Failing], { docs: true, recorder });
    const { error } = (await (await connect('/failing')).emitWithAck('fail', { room: 'a', secret: 'b' })) as {
      readonly error: { readonly id: string };
    };
    const { status, headers, text } = await ask(port, '/events/recording.json');
    assert.deepEqual([status, headers['content-type']], [200, 'application/json; charset=utf-8']);
    const { entries } = JSON.parse(text) as { readonly entries: readonly unknown[] };
    assert.deepEqual(entries, JSON.parse(JSON.stringify(app.recorder.dump().entries)));
    assert.doesNotMatch(text, /"b"/);
    const one = await ask(port, `/events/recording.json?call=${error.id}`);
    assert.deepEqual(
      (JSON.parse(one.text) as { readonly entries: readonly unknown[] }).entries,
      JSON.parse(JSON.stringify(app.recorder.dump({ call: error.id }).entries)),
    );
    for (const call of ['', 'nobody', '%00', '%', encodeURIComponent('<script>'), 'x'.repeat(4000), '__proto__']) {
      const unknown = await ask(port, `/events/recording.json?call=${call}`);
      assert.deepEqual([unknown.status, unknown.text.startsWith('This call is not recorded')], [404, true], call);
    }
    const without = await start(t, [Failing], { docs: true });
    assert.equal((await ask(without.port, '/events/recording.json')).status, 404);
    const closed = await start(t, [Failing], { docs: { allow: () => false }, recorder });
    assert.equal((await ask(closed.port, '/events/recording.json')).status, 403);
  });

  it('obeys the rules of hosts and origins', async (t) => {
    const { port } = await start(t, [Served], { docs: true, hosts: ['example.com'] });
    for (const path of ['/events', ...files]) {
      assert.equal((await ask(port, path)).status, 403, path);
      assert.notEqual((await ask(port, path, { headers: { host: 'example.com' } })).status, 403, path);
    }
    const origin = async (value: string, cors?: AppOptions['cors']): Promise<number> => {
      const { port: own } = await start(t, [Served], { docs: true, ...(cors ? { cors } : {}) });
      return (await ask(own, '/events/book.json', { headers: { origin: value.replace('own', `127.0.0.1:${own}`) } }))
        .status;
    };
    assert.equal(await origin('https://evil.example'), 403);
    assert.equal(await origin('null'), 403);
    assert.equal(await origin('http://own'), 200);
    assert.equal(await origin('https://good.example', { origin: 'https://good.example' }), 200);
    assert.equal(await origin('https://good.example', () => new Promise(() => {}) as never), 403);
  });
});

describe('the event book beside servers of your own', () => {
  const own: RequestListener = (_request, response) => response.writeHead(418).end('own');

  it('is served by attach, before the listeners that are there', async (t) => {
    const server = createServer(own);
    const { app } = await application(t, {});
    app.attach(server);
    const port = await listening(t, server);
    assert.equal((await ask(port, '/events/')).status, 200);
    assert.equal((await ask(port, '/other')).status, 418);
    assert.match((await ask(port, '/socket.io/socket.io.js')).headers['content-type']!, /javascript/);
  });

  it('is served by attach to a server without a listener, and knows a path of Engine.IO', async (t) => {
    const server = createServer();
    const { app } = await application(t, {});
    app.attach(server, { path: '/engine' });
    const port = await listening(t, server);
    const { socket } = await bookAt(port);
    assert.deepEqual([socket.path, socket.client], ['../engine/', '../socket.io/socket.io.esm.min.js']);
    assert.equal((await ask(port, '/other')).status, 404);
  });

  it('is served where a Socket.IO server of your own was attached before, or is attached later', async (t) => {
    for (const isBefore of [true, false]) {
      const server = createServer(own);
      const io = isBefore ? new Server(server) : new Server();
      await application(t, { io });
      if (!isBefore) io.attach(server);
      const port = await listening(t, server);
      assert.equal((await ask(port, '/events/')).status, 200);
      assert.equal((await ask(port, '/other')).status, 418);
    }
  });

  it('is not served beside a listener that came later, and the log says so once', async (t) => {
    const server = createServer();
    const { app, log } = await application(t, {});
    app.attach(server);
    server.on('request', own);
    const port = await listening(t, server);
    for (const path of files) assert.equal((await ask(port, path)).status, 418);
    assert.equal(log.at('warn').filter(({ message }) => message.includes('the event book is not served')).length, 1);
  });

  it('is nothing to the test kit', async () => {
    const app = await createTestApp({ controllers: [Served], docs: true });
    const client = await app.connect('/serve');
    assert.equal(await client.call('ping'), 'pong');
    await app.close();
  });
});

describe('who may see the event book', () => {
  it('is decided by allow, for each request and each file', async (t) => {
    const { port } = await start(t, [Served], {
      docs: { allow: ({ headers }) => headers['x-key'] === 'right' },
    });
    for (const path of ['/events', ...files]) {
      assert.equal((await ask(port, path)).status, 403, path);
      assert.equal((await ask(port, path, { headers: { 'x-key': 'wrong' }, method: 'POST' })).status, 403, path);
      assert.ok((await ask(port, path, { headers: { 'x-key': 'right' } })).status < 400, path);
    }
  });

  it('is nobody if allow throws, returns a promise or anything but true; failures are counted, and logged once', async (t) => {
    const refusing: readonly (readonly [allow: () => unknown, isLogged: boolean])[] = [
      [() => false, false],
      [() => undefined, false],
      [() => 1, false],
      [() => 'true', false],
      [() => ({}), false],
      [() => Promise.resolve(true), true],
      [() => Promise.reject(new Error('no')), true],
      [() => ({ then: (done: (value: boolean) => void) => done(true) }), true],
      [
        () => {
          throw new Error('no');
        },
        true,
      ],
      [
        () => {
          throw undefined;
        },
        true,
      ],
    ];
    for (const [allow, isLogged] of refusing) {
      await undisturbed(async () => {
        const { app, port, log } = await start(t, [Served], { docs: { allow: allow as () => boolean } });
        for (const path of files) assert.equal((await ask(port, path)).status, 403, String(allow));
        assert.equal(log.at('error').length, isLogged ? 1 : 0, String(allow));
        assert.equal(app.health().counts.callback_failed, isLogged ? files.length : undefined);
      });
    }
  });

  it('must be said in production: boot refuses the page for everybody', async (t) => {
    const before = process.env['NODE_ENV'];
    t.after(() => {
      if (before === undefined) delete process.env['NODE_ENV'];
      else process.env['NODE_ENV'] = before;
    });
    process.env['NODE_ENV'] = 'production';
    for (const docs of [true, {}, { path: '/book' }]) {
      const problem = await mistake([Served], { docs });
      assert.equal(problem.code, 'docs_production');
      assertMistake(problem, 'docs', /NODE_ENV is production/, /allow: \(request\)/);
    }
    const { port } = await start(t, [Served], { docs: { allow: () => true } });
    assert.equal((await ask(port, '/events/')).status, 200);
    await start(t, [Served], { docs: false });
  });
});

describe('a path of the event book that is not its own is a mistake at boot', () => {
  it('where it is no path', async () => {
    for (const path of [
      'events',
      '',
      '/a?b',
      '/a#b',
      '/a//b',
      '/..',
      '/a/../b',
      '/a b',
      '/%61',
      '/a/.',
      'http://x/',
      7,
      null,
    ]) {
      const problem = await mistake([Served], { docs: { path: path as string } });
      assert.equal(problem.code, 'docs_path', String(path));
      assertMistake(problem, 'docs.path', /is not a path such as/, /another path/);
    }
  });

  it('where it belongs to the sockets, to `static` or to `http`', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-docs-'));
    t.after(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'file.html'), 'file');
    writeFileSync(join(folder, 'plain'), 'file');
    const taken: readonly (readonly [path: string, options: Partial<AppOptions>, what: RegExp])[] = [
      ['/socket.io', {}, /Socket\.IO/],
      ['/socket.io/events', {}, /Socket\.IO/],
      ['/ws', { path: '/ws' }, /Socket\.IO/],
      ['/ws', { path: '/ws/deep' }, /Socket\.IO/],
      ['/own', { io: new Server({ path: '/own' }) }, /Socket\.IO/],
      ['/', { http: () => {} }, /`http`/],
      ['/folder', { static: folder }, /`static`: there is/],
      ['/file', { static: folder }, /`static`: there is/],
      ['/plain', { static: ['/tmp', folder] }, /`static`: there is/],
      ['/x/file', { static: { '/x/': folder } }, /`static`: there is/],
      ['/x', { static: { '/x': folder } }, /`static`: '\/x'/],
      ['/x', { static: { '/x/y': folder } }, /`static`: '\/x\/y'/],
    ];
    for (const [path, options, what] of taken) {
      const problem = await mistake([Served], { ...options, docs: { path } });
      assert.equal(problem.code, 'docs_path', path);
      assert.match(problem.what, what, path);
    }
    for (const path of ['/events', '/folders', '/fil', '/x/y']) {
      const { port } = await start(t, [Served], { docs: { path }, static: { '/': folder, '/x/z': folder } });
      assert.equal((await ask(port, `${path}/`)).status, 200, path);
    }
  });

  it('and so is anything else than what the option takes', async () => {
    assert.equal((await mistake([Served], { docs: 5 as never })).code, 'option_kind');
    assert.equal((await mistake([Served], { docs: [] as never })).code, 'option_kind');
    assertMistake(
      await mistake([Served], { docs: { allow: true as never } }),
      'docs.allow',
      /expected a function/,
      /allow/,
    );
    const [problem] = await mistakes([Served], { docs: { alow: () => true } as never });
    assertMistake(problem!, 'docs.alow', /no such option/, /docs\.allow/);
  });
});
