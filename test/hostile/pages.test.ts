/** Nothing that a request to a page can be ends the process, or is answered with a file from outside of the folder. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { Namespace, On, type AppOptions } from '../../src/index.js';
import { start, type Running } from '../support/app.js';
import { undisturbed } from '../support/undisturbed.js';

@Namespace('/')
class Root {
  @On() echo(value: unknown) {
    return value;
  }
}

const SECRET = 'this is outside of the folder';
let folder: string;
let pages: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'colloquy-pages-'));
  pages = join(folder, 'pages');
  mkdirSync(join(pages, 'sub'), { recursive: true });
  mkdirSync(join(pages, 'empty'));
  mkdirSync(join(folder, 'pages-beside'));
  writeFileSync(join(folder, 'secret.txt'), SECRET);
  writeFileSync(join(folder, 'pages-beside', 'secret.txt'), SECRET);
  writeFileSync(join(pages, '.env'), SECRET);
  writeFileSync(join(pages, 'index.html'), 'the first page');
  writeFileSync(join(pages, 'sub', 'index.html'), 'the page below');
  writeFileSync(join(pages, 'a b#c?.txt'), 'odd');
  writeFileSync(join(pages, 'data.txt'), '0123456789');
  writeFileSync(join(pages, 'locked.txt'), 'only root reads this');
  chmodSync(join(pages, 'locked.txt'), 0);
  symlinkSync('../secret.txt', join(pages, 'link.txt'));
  symlinkSync('..', join(pages, 'up'));
  symlinkSync('/etc', join(pages, 'etc'));
  symlinkSync('loop', join(pages, 'loop'));
  symlinkSync('data.txt', join(pages, 'inside.txt'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const serve = (t: TestContext, options: Partial<AppOptions> = {}): Promise<Running> =>
  start(t, [Root], { static: pages, ...options });

/** Writes bytes of a test's own choice, and reads what is answered until the server has no more to say. */
function raw(port: number, bytes: string, abortAfter?: number, onBegin?: () => void): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setTimeout(2_000, () => socket.destroy());
    socket.once('data', () => onBegin?.());
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (abortAfter !== undefined && answer.length >= abortAfter) socket.destroy();
    });
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
  });
}

const get = (port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<string> =>
  raw(
    port,
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}Connection: close\r\n\r\n`,
  );

describe('pages', () => {
  it('answer ranges of every kind', async (t) => {
    const { port } = await serve(t);
    await undisturbed(async () => {
      for (const [range, expected] of [
        ['bytes=0-3', /^HTTP\/1.1 206 [^]*\r\n\r\n0123$/],
        ['bytes=5-2', /^HTTP\/1.1 (?:200|416) /],
        ['bytes=0-99999999999999999999999', /^HTTP\/1.1 206 [^]*0123456789$/],
        ['bytes=99999999999999999999999-', /^HTTP\/1.1 416 /],
        ['bytes=10-', /^HTTP\/1.1 416 /],
        ['bytes=-3', /^HTTP\/1.1 206 [^]*789$/],
        ['bytes=-0', /^HTTP\/1.1 (?:200|206|416) /],
        ['bytes=a-b', /^HTTP\/1.1 (?:200|416) /],
        ['bytes=0-1,3-4', /^HTTP\/1.1 (?:200|206) /],
        ['items=0-1', /^HTTP\/1.1 200 /],
        ['bytes=NaN-Infinity', /^HTTP\/1.1 (?:200|416) /],
      ] as const) {
        assert.match(await get(port, '/data.txt', { Range: range }), expected, range);
      }
      assert.match(await get(port, '/data.txt'), /^HTTP\/1.1 200 /);
    });
  });

  it('answer nothing from outside of the folder: paths, encodings, links, hidden files', async (t) => {
    const { port } = await serve(t, { static: { '/': pages, '/assets': pages } });
    const paths = ['', '/assets'].flatMap((mount) =>
      [
        '/../secret.txt',
        '/%2e%2e/secret.txt',
        '/..%2fsecret.txt',
        '/..%5csecret.txt',
        '/%252e%252e/secret.txt',
        '/sub/../../secret.txt',
        '//secret.txt',
        '/up/secret.txt',
        '/link.txt',
        '/etc/passwd',
        '/loop',
        '/../pages-beside/secret.txt',
        '-beside/secret.txt',
        '/.env',
        '/%2eenv',
        '/sub/..%2f.env',
        '/\u0000',
        '/%00',
        '/data.txt%00.html',
        '/%',
        '/%zz',
        '/%c0%ae%c0%ae/secret.txt',
        `/${'a'.repeat(5_000)}`,
        '/locked.txt/x',
      ].map((path) => mount + path),
    );
    await undisturbed(async () => {
      for (const path of paths) {
        const answer = await get(port, path);
        assert.ok(!answer.includes(SECRET) && !answer.includes('root:'), path);
        assert.match(answer, /^HTTP\/1.1 (?:3|4)\d\d /, path);
      }
      assert.match(await get(port, '/inside.txt'), /0123456789$/, 'a link inside of the folder is followed');
      assert.match(await get(port, '/a%20b%23c%3f.txt'), /odd$/);
      assert.match(await get(port, '/sub?x=//evil.example'), /^HTTP\/1.1 301 [^]*location: \/sub\/\?x=/i);
      assert.match(await get(port, '//evil.example/%2e%2e'), /^HTTP\/1.1 404 /);
      assert.match(await get(port, '/sub/'), /the page below$/);
      assert.match(await get(port, '/assets/sub/'), /the page below$/);
    });
  });

  it('survive a file that goes, and clients that go in the middle', async (t) => {
    const { port } = await serve(t);
    const path = join(pages, 'gone.bin');
    await undisturbed(async () => {
      for (let n = 0; n < 20; n++) {
        writeFileSync(path, Buffer.alloc(3_000_000, 'x'));
        const remove = (): void => rmSync(path, { force: true });
        const head = 'GET /gone.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
        const reading = raw(port, head, n * 100_000, n % 2 === 0 ? remove : undefined);
        if (n % 2 === 1) remove();
        await reading;
      }
      assert.match(await get(port, '/data.txt'), /^HTTP\/1.1 200 /);
    });
  });

  it('survive a listener of the user’s that throws, or whose promise rejects', async (t) => {
    const listeners: AppOptions['http'][] = [
      () => {
        throw new Error('no');
      },
      (async () => Promise.reject(new Error('later'))) as never,
      (_request, response) => {
        response.write('begun');
        throw new Error('in the middle');
      },
      (_request, response) => {
        response.end('done');
        throw new Error('after the end');
      },
    ];
    await undisturbed(async () => {
      for (const http of listeners) {
        const { port, log } = await start(t, [Root], { http: http! });
        const answer = await get(port, '/x');
        assert.ok(!answer.includes('Error:') && !answer.includes('    at '), answer);
        assert.equal(log.at('error').length, 1);
        assert.equal(log.at('error')[0]!.message, 'the option `http` failed');
      }
    });
  });

  it('survive 10,000 random requests', { timeout: 120_000 }, async (t) => {
    const { port, connect: open } = await serve(t, { static: { '/': pages, '/x': pages } });
    let seed = 20261127;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed % below;
    };
    const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
    const parts = [
      '/',
      '..',
      '%2e%2e',
      '%2f',
      '%5c',
      '.env',
      'up',
      'etc',
      'passwd',
      'link.txt',
      'sub',
      'data.txt',
      '%',
      '%00',
      '\\',
      '?',
      '#',
      'x',
      'locked.txt',
      'é',
      ';',
      '//',
      '*',
      'a'.repeat(300),
    ];
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'DELETE', 'PATCH', 'TRACE', 'G\u00c9T'];
    const headers = [
      'Range: bytes=',
      'If-Range: ',
      'If-None-Match: ',
      'If-Modified-Since: ',
      'If-Match: ',
      'If-Unmodified-Since: ',
      'Accept-Encoding: ',
      'Content-Length: ',
      'Transfer-Encoding: ',
      'Expect: ',
    ];
    const values = [
      '0-1',
      '5-2',
      '*',
      '"x"',
      'W/"a"',
      'Thu, 01 Jan 1970 00:00:00 GMT',
      '-1',
      '99999999999999999999',
      'chunked',
      '100-continue',
      ',,,',
      '0-0,1-1,2-2',
      '',
    ];
    const request = (): string => {
      const path = `/${Array.from({ length: random(6) }, () => pick(parts)).join(pick(['/', '']))}`;
      const lines = Array.from({ length: random(4) }, () => pick(headers) + pick(values));
      return `${pick(methods)} ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n`;
    };
    await undisturbed(async () => {
      for (let round = 0; round < 200; round++) {
        const answers = await Promise.all(
          Array.from({ length: 50 }, () => raw(port, request(), random(4) === 0 ? 1 : undefined)),
        );
        for (const answer of answers) assert.ok(!answer.includes(SECRET) && !answer.includes('root:x:'), answer);
      }
    });
    assert.equal(await (await open()).emitWithAck('echo', 1), 1);
  });
});

describe('host names', () => {
  it('of other machines are refused on a loopback address, for pages and sockets', async (t) => {
    const { port } = await serve(t);
    for (const [host, status] of [
      ['localhost', 200],
      [`localhost:${port}`, 200],
      ['127.0.0.1', 200],
      [`[::1]:${port}`, 200],
      ['app.localhost', 200],
      ['evil.example', 403],
      [`evil.example:${port}`, 403],
      ['localhost.evil.example', 403],
      ['127.0.0.1.evil.example', 403],
      ['', 403],
    ] as const) {
      const request = (path: string, origin = ''): Promise<string> =>
        raw(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${origin}Connection: close\r\n\r\n`);
      assert.match(await request('/'), new RegExp(`^HTTP/1.1 ${status} `), host);
      const polling = await request('/socket.io/?EIO=4&transport=polling', host ? `Origin: http://${host}\r\n` : '');
      assert.equal(/^HTTP\/1.1 200 /.test(polling), status === 200, `${host}: ${polling.slice(0, 60)}`);
    }
  });

  it('are those that `hosts` lists', async (t) => {
    const { port } = await serve(t, { hosts: ['example.com', '*.example.org'] });
    for (const [host, status] of [
      ['example.com', 200],
      ['EXAMPLE.com:80', 200],
      ['www.example.com', 403],
      ['a.example.org', 200],
      ['example.org', 403],
      ['notexample.org', 403],
      ['localhost', 403],
    ] as const) {
      const answer = await raw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), host);
    }
  });
});
