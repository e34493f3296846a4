/** The programs of docs/guides compile as they stand, and do what the text beside them says. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Socket } from 'socket.io-client';
import type { Contract, Dump } from '../../src/index.js';
import { openClient, type ClientOptions, type Refusal } from '../support/app.js';
import { run } from '../support/run.js';
import { nextEvent, until } from '../support/wait.js';
import { root } from './page.js';
import { startProgram, type Program } from './program.js';

const guides = readdirSync(join(root, 'docs/guides')).map((file) => file.replace('.md', ''));
const folder = join(root, '.build', 'guides');

/** Writes the files of all guides with the README's options; returns what the compiler says. */
function compileGuides(): string {
  rmSync(folder, { recursive: true, force: true });
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  for (const guide of guides) {
    mkdirSync(join(folder, guide), { recursive: true });
    for (const [, name, code] of read(`docs/guides/${guide}.md`).matchAll(
      /<!-- file: (\S+) -->\s+```ts\n([^]*?)```/g,
    )) {
      writeFileSync(join(folder, guide, name!), code!);
    }
  }
  writeFileSync(join(folder, 'tsconfig.json'), /```jsonc\n\/\/ tsconfig.json\n([^]*?)```/.exec(read('README.md'))![1]!);
  return spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' }).stdout;
}

let compiled: string | undefined;
const compileOnce = (): string => (compiled ??= compileGuides());

interface Guide {
  readonly url: string;
  readonly program: Program;
  readonly connect: (path: string, options?: ClientOptions) => Promise<Socket>;
  readonly refusal: (path: string, options?: ClientOptions) => Promise<Refusal>;
}

/** Starts the program of a guide, in a process of its own. */
async function start(
  t: TestContext,
  guide: string,
  file = 'main',
  env: Readonly<Record<string, string>> = {},
): Promise<Guide> {
  assert.equal(compileOnce(), '');
  const program = startProgram(join(folder, guide, `${file}.js`), join(folder, guide, 'coverage'), {
    PORT: '0',
    ...env,
  });
  t.after(async () => assert.equal(await program.stop(), 0, program.output));
  const url = `http://127.0.0.1:${await program.port()}`;
  return {
    url,
    program,
    async connect(path, options) {
      const socket = openClient(t, url + path, options);
      await nextEvent(socket, 'connect');
      return socket;
    },
    async refusal(path, options) {
      const [error] = await nextEvent<[Refusal]>(openClient(t, url + path, options), 'connect_error');
      return error;
    },
  };
}

const codeOf = (answer: unknown): string | undefined =>
  (answer as { error?: { code: string } } | undefined)?.error?.code;

/** Slower than the rate at which a client may send. */
async function slowly<T>(work: () => Promise<T>): Promise<T> {
  await setTimeout(20);
  return work();
}

interface Tokens {
  sign(claims: object): string;
}

/** Runs webpack with the configuration of the page, as its command does. */
const RUN_WEBPACK = `
  import webpack from 'webpack';
  import config from './webpack.config.js';
  webpack(config, (error, stats) => {
    if (error || stats.hasErrors()) throw error ?? new Error(stats.toString('errors-only'));
  });`;

async function runBundle(t: TestContext, file: string): Promise<void> {
  const at = join(folder, 'bundling/bundle');
  const program = startProgram(join(at, file), join(at, 'coverage'), { PORT: '0' });
  t.after(async () => assert.equal(await program.stop(), 0, program.output));
  const client = openClient(t, `http://127.0.0.1:${await program.port()}/game`);
  await nextEvent(client, 'connect');
  assert.equal(await client.emitWithAck('move', { piece: 'rook', to: { x: 1 } }), 'rook to 1');
  assert.equal(codeOf(await client.emitWithAck('move', { piece: 'rook', to: [] })), 'invalid');
  assert.deepEqual(await client.emitWithAck('modes'), ['compiled']);
  assert.doesNotMatch(program.output, /not watched/);
}

const runs: Readonly<Record<string, (t: TestContext) => Promise<void>>> = {
  async authentication(t) {
    const { connect, refusal } = await start(t, 'authentication');
    const { sign } = (await import(pathToFileURL(join(folder, 'authentication/tokens.js')).href)) as Tokens;
    const token = (user: string, ms: number): string => sign({ user, role: 'member', expires: Date.now() + ms });
    assert.equal((await refusal('/account', { auth: { token: 'x' } })).data?.code, 'invalid');
    assert.equal((await refusal('/account', { auth: { token: `${token('ada', 60_000)}x` } })).data?.code, 'bad_token');
    const client = await connect('/account', { auth: { token: token('ada', 60_000) } });
    assert.deepEqual(await client.emitWithAck('whoami'), { user: 'ada', role: 'member' });
    assert.equal(codeOf(await client.emitWithAck('auth:refresh', { token: token('eve', 60_000) })), 'other_user');
    const { expiresIn } = (await client.emitWithAck('auth:refresh', { token: token('ada', 90_000) })) as {
      expiresIn: number;
    };
    assert.ok(expiresIn > 60);
    const short = token('ada', 500);
    await client.emitWithAck('auth:refresh', { token: short });
    let answer: unknown;
    while (codeOf(answer) !== 'token_expired') answer = await slowly(() => client.emitWithAck('whoami'));
    await client.emitWithAck('auth:refresh', { token: token('ada', 60_000) });
    assert.deepEqual(await client.emitWithAck('whoami'), { user: 'ada', role: 'member' });
  },

  async services(t) {
    const { connect } = await start(t, 'services');
    const client = await connect('/orders');
    assert.equal(await client.emitWithAck('order', 'tea'), 'ordered');
    assert.equal(codeOf(await client.emitWithAck('order', 'nothing')), 'nothing');
    const reader = await connect('/reports');
    // The connection, through the class's middleware, is a call too.
    const ends = ['connect committed', 'order committed', 'order rolled back'];
    let report: unknown;
    while (!isDeepStrictEqual(report, [['tea'], ends])) report = await slowly(() => reader.emitWithAck('report'));
  },

  async opentelemetry(t) {
    const names = new Set<string>();
    const receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (data) => (body += String(data)));
      request.on('end', () => {
        for (const [, name] of body.matchAll(/"name":"([^"]+)","kind"/g)) names.add(name!);
        response.setHeader('content-type', 'application/json').end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      TRACE_RATIO: '1',
      OTEL_BSP_SCHEDULE_DELAY: '10',
    };
    const { connect } = await start(t, 'opentelemetry', 'main', env);
    // When the program has ended: it sends its last spans until then.
    t.after(() => receiver.close());
    const client = await connect('/chat');
    assert.deepEqual(await client.emitWithAck('say', { text: 'hello' }), { said: 5 });
    await until(() => ['/chat/connect', '/chat/say', 'emit /chat/said'].every((each) => names.has(each)), 'the spans');
  },

  async 'admin-ui'(t) {
    // Of the word `secret`.
    const hash = '$2a$04$rVZBrkZcAXvZUnzh6LEB5.zotnwj6MyG7wkzyR38nGFfbUiRIcwg.';
    const auth = { username: 'admin', password: 'secret' };
    for (const mode of ['production', 'development']) {
      const { url, connect, refusal } = await start(t, 'admin-ui', 'main', { ADMIN_HASH: hash, ADMIN_MODE: mode });
      assert.match(await (await fetch(`${url}/admin-ui/`)).text(), /<title>Socket\.IO Admin UI<\/title>/);
      assert.match((await refusal('/admin', { auth: { ...auth, password: 'wrong' } })).message, /invalid credentials/);
      const page = openClient(t, `${url}/admin`, { auth });
      const seen: [string, ...unknown[]][] = [];
      page.onAny((event: string, ...args: unknown[]) => seen.push([event, ...args]));
      const has = (event: string, ...args: unknown[]): Promise<void> =>
        until(() => seen.some((each) => isDeepStrictEqual(each.slice(0, args.length + 1), [event, ...args])), event);
      await until(() => seen.some(([event]) => event === 'session'), 'the session');
      await until(() => seen.some(([event]) => event === 'config'), 'the configuration');
      const client = await connect('/chat');
      assert.equal(await client.emitWithAck('say', 'hello'), 5);
      if (mode === 'production') {
        const clients = (): unknown => Object(seen.findLast(([event]) => event === 'server_stats')?.[1]).clientsCount;
        await until(() => clients() === 2, 'the statistics');
        continue;
      }
      await has('room_joined', '/chat', 'everybody', client.id);
      await has('event_received', '/chat', client.id, ['say', 'hello']);
      const told = nextEvent(client, 'notice');
      page.emit('emit', '/chat', client.id, 'notice', 'by the page');
      assert.deepEqual(await told, ['by the page']);
      await has('event_sent', '/chat', client.id, ['notice', 'by the page']);
      const { id } = client;
      const gone = nextEvent(client, 'disconnect');
      page.emit('_disconnect', '/chat', false, client.id);
      await gone;
      await has('socket_disconnected', '/chat', id, 'server namespace disconnect');
    }
  },

  async 'flight-recorder'(t) {
    const dumps = mkdtempSync(join(tmpdir(), 'colloquy-dumps-'));
    t.after(() => rmSync(dumps, { recursive: true, force: true }));
    const { connect, program } = await start(t, 'flight-recorder', 'main', { DUMPS: dumps });
    const client = await connect('/orders');
    assert.deepEqual(await client.emitWithAck('order', { tea: 'mint', cups: 2, name: 'Ada' }), {
      tea: 'mint',
      cups: 2,
      price: 4,
    });
    assert.equal(codeOf(await client.emitWithAck('order', { tea: 'mint', cups: 10, name: 'Ada' })), 'internal');
    program.kill('SIGUSR2');
    const dump = (): string | undefined => readdirSync(dumps).find((name) => name.endsWith('.json'));
    await until(() => dump() !== undefined, 'the dump');
    const { entries } = JSON.parse(readFileSync(join(dumps, dump()!), 'utf8')) as Dump;
    const kept = { tea: 'mint', cups: 2, name: { '~hidden': 'string', length: 3 } };
    const order = entries.find((entry) => entry.type === 'call');
    assert.deepEqual(order?.type === 'call' && [order.args, order.answer], [
      [kept],
      [{ tea: 'mint', cups: 2, price: 4 }],
    ]);
  },

  async middleware(t) {
    const { connect, refusal } = await start(t, 'middleware');
    assert.equal((await refusal('/admin', { auth: { role: 'king' } })).data?.code, 'invalid');
    const member = await connect('/admin', { auth: { role: 'member' } });
    assert.equal(((await member.emitWithAck('status')) as { data: string }).data, 'all is well');
    assert.equal(codeOf(await member.emitWithAck('restart')), 'forbidden');
    const admin = await connect('/admin', { auth: { role: 'admin' } });
    assert.equal(((await admin.emitWithAck('restart')) as { data: string }).data, 'restarting');
    assert.equal(((await admin.emitWithAck('audit')) as { data: number }).data, 1);
  },

  async 'getting-started'(t) {
    const { connect, refusal, url, program } = await start(t, 'getting-started');
    assert.equal((await refusal('/poll', { auth: { name: '' } })).data?.code, 'invalid');
    const grace = await connect('/poll', { auth: { name: 'Grace' } });
    const client = await run(process.execPath, [join(folder, 'getting-started/client.js'), url], folder);
    assert.equal(client.output, '{ tea: 1, coffee: 0 }\ninvalid drink\n');
    assert.deepEqual(await grace.emitWithAck('vote', { drink: 'coffee' }), { tea: 1, coffee: 1 });
    assert.equal(codeOf(await grace.emitWithAck('vote', { drink: 'tea' })), 'voted');
    assert.match(program.output, /Ada has left/);
    const test = await run(process.execPath, [join(folder, 'getting-started/poll.test.js')], folder);
    assert.equal(test.code, 0, test.output);
  },

  async payloads(t) {
    const { connect } = await start(t, 'payloads');
    const game = await connect('/game', { query: { page: '2', desc: 'false', lang: 'de' } });
    const issues = async (event: string, value: unknown): Promise<string[]> => {
      const { error } = (await game.emitWithAck(event, value)) as { error: { issues: Record<string, string>[] } };
      return error.issues.map(({ path, rule, message }) => `${path} ${rule}: ${message}`);
    };
    assert.deepEqual(await game.emitWithAck('list'), { page: 2, desc: false });
    assert.deepEqual(await game.emitWithAck('move', { to: { x: 1, y: 2 } }), { to: { x: 1, y: 2 }, steps: 0 });
    for (const to of [[], [{ x: 1, y: 2 }], 5]) {
      assert.deepEqual(await issues('move', { to }), ['to shape: to must be an object']);
    }
    assert.deepEqual(await issues('move', {}), ['to shape: to is required']);
    const note = 'x'.repeat(21);
    assert.deepEqual(await issues('move', { to: { x: 1, y: 2 }, note }), ['note isLength: Die Notiz ist zu lang.']);
    assert.equal(await game.emitWithAck('invite', { name: 'ada' }), 'ada is invited');
    assert.deepEqual(await issues('invite', { name: 'eve' }), ['name knownUser: Diesen Namen kennt niemand.']);
  },

  async bundling(t) {
    assert.equal(compileOnce(), '');
    const cwd = join(folder, 'bundling');
    const built = spawnSync(process.execPath, ['esbuild.js'], { cwd, encoding: 'utf8' });
    assert.equal(built.status, 0, built.stderr);
    await runBundle(t, 'main.mjs');
    const packed = spawnSync(process.execPath, ['--input-type=module', '-e', RUN_WEBPACK], { cwd, encoding: 'utf8' });
    assert.equal(packed.status, 0, packed.stdout + packed.stderr);
    await runBundle(t, 'main.cjs');
  },

  async errors(t) {
    const { connect, url, program } = await start(t, 'errors');
    const client = await connect('/orders');
    const { error } = (await client.emitWithAck('order', { pieces: 101 })) as { error: object };
    assert.deepEqual(error, { code: 'too_many', message: 'At most 100 pieces.', details: { most: 100 } });
    assert.equal(codeOf(await client.emitWithAck('order', { pieces: 4 })), 'out_of_stock');
    assert.equal(codeOf(await client.emitWithAck('order', { pieces: 0 })), 'invalid');
    const { error: broken } = (await client.emitWithAck('broken')) as { error: { code: string; id: string } };
    assert.equal(broken.code, 'internal');
    await until(() => program.output.includes(broken.id), `the line of ${broken.id}`);
    assert.match(program.output, /to the error tracker: broken: Error: the database is gone/);
    const run = spawnSync(process.execPath, [join(folder, 'errors/client.js'), url], { encoding: 'utf8' });
    assert.equal(run.stdout.trim(), 'out_of_stock Not enough pieces.', run.stderr);
  },

  async rooms(t) {
    const { connect } = await start(t, 'rooms');
    const ada = await connect('/rooms', { auth: { name: 'ada' } });
    const online = nextEvent(ada, 'online');
    const grace = await connect('/rooms', { auth: { name: 'grace' } });
    assert.deepEqual(await online, ['grace']);
    assert.deepEqual(await ada.emitWithAck('users'), ['ada', 'grace']);
    assert.deepEqual(await ada.emitWithAck('join', { room: 'green' }), { members: 1 });
    const joined = nextEvent(ada, 'joined');
    assert.deepEqual(await grace.emitWithAck('join', { room: 'green' }), { members: 2 });
    assert.deepEqual(await joined, [{ room: 'green', name: 'grace' }]);
    const said = nextEvent(ada, 'said');
    await grace.emitWithAck('say', { room: 'green', text: 'hi' });
    assert.deepEqual(await said, [{ room: 'green', name: 'grace', text: 'hi' }]);
    assert.equal(codeOf(await grace.emitWithAck('say', { room: 'red', text: 'hi' })), 'not_in_room');
    const gone = [nextEvent(ada, 'left'), nextEvent(ada, 'offline')];
    grace.disconnect();
    assert.deepEqual(await Promise.all(gone), [[{ room: 'green', name: 'grace' }], ['grace']]);
  },

  async 'long-jobs'(t) {
    const { connect } = await start(t, 'long-jobs');
    const jobs = await connect('/jobs');
    const progress = nextEvent(jobs, 'progress');
    assert.deepEqual(await jobs.emitWithAck('start', { steps: 4 }), { done: 4 });
    assert.deepEqual(await progress, [{ percent: 25 }]);
    const reports = await connect('/reports');
    const ready = nextEvent(reports, 'ready');
    assert.equal(await reports.emitWithAck('order', 2), 'ordered');
    assert.deepEqual(await ready, [{ pages: 2 }]);
    const files = await connect('/files');
    assert.equal(codeOf(await files.emitWithAck('upload', { name: '../x.txt', size: 4 })), 'invalid');
    assert.equal(codeOf(await files.emitWithAck('piece', Buffer.from('ab'))), 'unexpected_piece');
    await files.emitWithAck('upload', { name: 'notes.txt', size: 4 });
    assert.deepEqual(await files.emitWithAck('piece', Buffer.from('ab')), { left: 2 });
    assert.deepEqual(await files.emitWithAck('piece', Buffer.from('cd')), { left: 0 });
    const [upload] = readdirSync(tmpdir()).filter((file) => /^upload-\d+-notes\.txt$/.test(file));
    const path = join(tmpdir(), upload!);
    assert.equal(readFileSync(path, 'utf8'), 'abcd');
    rmSync(path);
  },

  async logging(t) {
    const { connect, program } = await start(t, 'logging');
    const client = await connect('/log');
    const { error } = (await client.emitWithAck('fail')) as { error: { id: string } };
    const lineOf = (): string | undefined => program.output.split('\n').find((each) => each.includes(error.id));
    await until(() => lineOf() !== undefined, 'the line in the log');
    assert.match(lineOf()!, /"service":"orders".*the disk is full/);
  },

  async 'event-book'(t) {
    const { url } = await start(t, 'event-book');
    const page = await fetch(`${url}/events`);
    assert.match(await page.text(), /<title>Event book/);
    const book = (await (await fetch(`${url}/events/book.json`)).json()) as { contract: Contract };
    const [event] = book.contract.namespaces[0]!.events;
    assert.deepEqual([event!.name, event!.errors[0]], ['order', 'out_of_stock']);
    const operated = await start(t, 'event-book', 'main', { NODE_ENV: 'production' });
    assert.equal((await fetch(`${operated.url}/events`)).status, 403);
    assert.equal((await fetch(`${operated.url}/events`, { headers: { 'x-operator': 'yes' } })).status, 200);
    const client = await operated.connect('/orders');
    assert.deepEqual(await client.emitWithAck('order', { title: 'chair', pieces: 2 }), { title: 'chair', price: 6 });
    assert.equal(codeOf(await client.emitWithAck('order', { title: 'moon', pieces: 1 })), 'out_of_stock');
  },

  async 'rate-limits'(t) {
    const { connect } = await start(t, 'rate-limits');
    const client = await connect('/mail');
    assert.equal(await client.emitWithAck('send'), 'sent');
    assert.equal(await client.emitWithAck('send'), 'sent');
    assert.equal(codeOf(await client.emitWithAck('send')), 'slow_down');
    const again = await connect('/mail');
    assert.equal(codeOf(await again.emitWithAck('send')), 'slow_down', 'a new socket has no new budget');
    assert.deepEqual(await again.emitWithAck('read'), []);
  },
};

describe('the guides', () => {
  it("compile as they stand, with the README's options", () => assert.equal(compileOnce(), ''));

  for (const guide of guides.filter((each) => each !== 'http-frameworks')) {
    it(`${guide}: the program does what the page says`, async (t) => {
      const check = runs[guide];
      assert.ok(check, `docs/guides/${guide}.md has no test`);
      await check(t);
    });
  }

  for (const framework of ['express', 'koa', 'fastify', 'hono', 'custom']) {
    it(`http-frameworks: pages and sockets share a port beside ${framework}`, async (t) => {
      const { url, connect } = await start(t, 'http-frameworks', framework);
      assert.match(await (await fetch(`${url}/hello`)).text(), /^Hello from /);
      const client = await connect('/echo');
      assert.deepEqual(await client.emitWithAck('echo', { x: 1 }), { x: 1 });
      const polling = await connect('/echo', { transports: ['polling'] });
      assert.equal(await polling.emitWithAck('echo', 'y'), 'y');
    });
  }
});
