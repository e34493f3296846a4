/** `colloquy tail`: what a program under `colloquy dev` receives, answers and emits. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { io, type Socket } from 'socket.io-client';
import { formatHappening } from '../../src/cli/tail/format.js';
import type { Happening } from '../../src/cli/tail/happening.js';
import { LineWriter, readLines } from '../../src/cli/tail/lines.js';
import { nextEvent, until } from '../support/wait.js';
import { project } from './support.js';

const MAIN = `import { channel } from 'node:diagnostics_channel';
import { createApp, EventError } from 'colloquy';
const app = await createApp({ controllers: [], logger: false });
const on = (event, handler) => app.on('/chat', event, handler);
on('say', (context, text) => {
  context.socket.to('room').emit('others', 1);
  context.socket.emit('said', text, Buffer.from('abc'));
  app.io.of('/chat').to('room').emit('all', { text });
  return { length: String(text).length };
});
on('join', async (context) => void (await context.socket.join('room')));
on('full', () => { throw new EventError('room_full', 'Full.'); });
on('broken', () => { throw new TypeError('a mistake of ours'); });
on('subscribed', () => channel('colloquy:call').hasSubscribers);
on('big', (context, text) => { context.socket.emit('bigger', 'y'.repeat(80_000)); return text.length; });
on('odd', () => ({ count: 1n, toJSON() { throw new Error('no JSON'); } }));
app.on('/other', 'say', () => 'other');
const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
console.log('port', port, process.pid);
`;

interface Running {
  readonly child: ChildProcess;
  readonly lines: () => string[];
  /** Waits for a line from here on. */
  readonly next: (line: RegExp) => Promise<string>;
  readonly end: Promise<unknown[]>;
}

interface Place {
  readonly folder: string;
  readonly temporary: string;
  readonly run: (words: readonly string[], env?: NodeJS.ProcessEnv) => Running;
}

function place(t: TestContext): Place {
  const { folder, start } = project(t, { 'main.js': MAIN });
  const temporary = join(folder, 't');
  mkdirSync(temporary);
  const run: Place['run'] = (words, env = {}) => {
    const child = start(words, { TMPDIR: temporary, ...env });
    const end = once(child, 'close') as Promise<unknown[]>;
    let output = '';
    let seen = 0;
    for (const from of [child.stdout, child.stderr]) from.setEncoding('utf8').on('data', (text) => (output += text));
    const lines = (): string[] => output.split('\n').slice(0, -1);
    const next = async (line: RegExp): Promise<string> => {
      let found = -1;
      const is = (each: string, index: number): boolean => index >= seen && line.test(each);
      await until(() => (found = lines().findIndex(is)) >= 0, `${String(line)} in:\n${output}`, 30_000);
      seen = found + 1;
      return lines()[found]!;
    };
    return { child, lines, next, end };
  };
  return { folder, temporary, run };
}

async function portOf(dev: Running): Promise<number> {
  return Number((await dev.next(/^port \d+/)).split(' ')[1]);
}

async function pidOf(dev: Running): Promise<number> {
  return Number((await dev.next(/^port \d+/)).split(' ')[2]);
}

async function client(t: TestContext, port: number, namespace = '/chat'): Promise<Socket> {
  const socket = io(`http://127.0.0.1:${port}${namespace}`, { forceNew: true, transports: ['websocket'] });
  t.after(() => socket.disconnect());
  await nextEvent(socket, 'connect', 10_000);
  return socket;
}

/** Without what differs from run to run. */
function plain({ at: _at, id: _id, socket: _socket, duration: _duration, ...rest }: Record<string, unknown>): object {
  return rest;
}

describe('colloquy tail', { timeout: 300_000 }, () => {
  it('shows what is received, answered, refused and emitted, and who comes and goes; filtered, and as lines for people', async (t) => {
    const { run } = place(t);
    const dev = run(['dev']);
    const port = await portOf(dev);
    const json = run(['tail', '--json']);
    const people = run(['tail', 'main.js']);
    const filtered = run(['tail', '--json', '--namespace', 'chat', '--event', 'say']);
    for (const tail of [json, people, filtered]) await tail.next(/started|the program runs/);

    const socket = await client(t, port);
    await socket.emitWithAck('join');
    assert.deepEqual(await socket.emitWithAck('say', 'hi'), { length: 2 });
    socket.emit('say', 'quiet');
    await socket.emitWithAck('full');
    await socket.emitWithAck('broken');
    await socket.emitWithAck('nobody', new Uint8Array(3));
    assert.equal(await (await client(t, port, '/other')).emitWithAck('say'), 'other');
    io(`http://127.0.0.1:${port}/closed`, { forceNew: true, reconnection: false, transports: ['websocket'] });
    socket.disconnect();
    await json.next(/"left"/);
    await people.next(/left over/);

    const all = json.lines().map((line) => JSON.parse(line) as Record<string, unknown>);
    const chat = all.filter(({ namespace }) => namespace === '/chat').map(plain);
    const say = { namespace: '/chat', event: 'say', handler: 'function' };
    const handler = chat.find((each) => 'handler' in each && 'event' in each && each.event === 'say') as typeof say;
    const event = (name: string): object => ({ namespace: '/chat', event: name });
    const called = (name: string): object => ({ ...event(name), handler: handler.handler.replace('say', name) });
    const said = (text: string): object[] => [
      { type: 'received', ...called('say'), arguments: [text] },
      { type: 'emitted', ...event('others'), rooms: ['room'], arguments: [1] },
      { type: 'emitted', ...event('said'), rooms: [], arguments: [text, '<3 bytes>'] },
      { type: 'emitted', ...event('all'), rooms: ['room'], arguments: [{ text }] },
    ];
    const failed = (name: string, rest: object): object[] => [
      { type: 'received', ...called(name), arguments: [] },
      { type: 'failed', ...called(name), ...rest },
    ];
    const withoutAnswers = chat.map((each) =>
      'error' in each || 'code' in each ? { ...each, answer: undefined } : each,
    );
    assert.deepEqual(JSON.parse(JSON.stringify(withoutAnswers)), [
      { type: 'connected', namespace: '/chat', transport: 'websocket' },
      { type: 'received', ...called('join'), arguments: [] },
      { type: 'answered', ...called('join'), outcome: 'answered', answer: [] },
      ...said('hi'),
      { type: 'answered', ...called('say'), outcome: 'answered', answer: [{ length: 2 }] },
      ...said('quiet'),
      { type: 'answered', ...called('say'), outcome: 'no_answer' },
      ...failed('full', { outcome: 'failed', code: 'room_full', error: 'EventError: Full.' }),
      ...failed('broken', { outcome: 'failed', code: 'internal', error: 'TypeError: a mistake of ours' }),
      { type: 'received', ...event('nobody'), handler: '(nobody)', arguments: ['<3 bytes>'] },
      {
        type: 'failed',
        ...event('nobody'),
        handler: '(nobody)',
        outcome: 'refused',
        code: 'unknown_event',
        error: 'EventError: Unknown event.',
      },
      { type: 'left', namespace: '/chat', transport: 'websocket', reason: 'client namespace disconnect' },
    ]);
    assert.deepEqual(
      filtered.lines().map((line) => (JSON.parse(line) as Happening).type),
      ['started', 'received', 'answered', 'received', 'answered'],
    );
    for (const line of [
      /^\+ \/chat connected over websocket #\S+$/,
      /^→ \/chat say "hi" #\S+$/,
      /^» \/chat said "hi" "<3 bytes>" to #\S+$/,
      /^» \/chat all \{"text":"hi"\} to room room$/,
      /^← \/chat say \{"length":2\} \d+(\.\d)? ms #\S+$/,
      /^← \/chat join \(answered, without a value\)/,
      /^← \/chat say \(no answer asked\)/,
      /^✕ \/chat broken internal \(TypeError: a mistake of ours\) \d+(\.\d)? ms #\S+$/,
    ]) {
      assert.ok(
        people.lines().some((each) => line.test(each)),
        `${String(line)} in:\n${people.lines().join('\n')}`,
      );
    }
    for (const tail of [json, people, filtered]) {
      tail.child.kill('SIGINT');
      assert.deepEqual(await tail.end, [0, null]);
    }
  });

  it('costs nothing while nobody follows, and follows the program over a restart', async (t) => {
    const { run, folder } = place(t);
    const dev = run(['dev']);
    const before = await client(t, await portOf(dev));
    assert.equal(await before.emitWithAck('subscribed'), false);
    const tail = run(['tail', '--json']);
    await tail.next(/started/);
    const isTold = async (socket: Socket, told: boolean): Promise<void> => {
      let last: unknown;
      while ((last = await socket.emitWithAck('subscribed')) !== told) await new Promise(setImmediate);
      assert.equal(last, told);
    };
    await isTold(before, true);
    writeFileSync(join(folder, 'main.js'), `${MAIN}\n// changed`);
    await tail.next(/started/);
    const after = await client(t, await portOf(dev));
    await isTold(after, true);
    await after.emitWithAck('big', 'x'.repeat(80_000));
    const cut = JSON.parse(await tail.next(/"event":"big"/)) as { readonly arguments: readonly string[] };
    assert.match(cut.arguments[0]!, /^\["x{900,}.* … \(cut\)$/);
    await after.emitWithAck('odd');
    await tail.next(/"event":"odd".*no JSON/);
    tail.child.kill('SIGTERM');
    assert.deepEqual(await tail.end, [0, null]);
    await isTold(after, false);
  });

  it('says when there is nothing to follow: before, in production, and when dev ends', async (t) => {
    const { run } = place(t);
    const nothing = run(['tail']);
    assert.deepEqual(await nothing.end, [1, null]);
    assert.match(
      nothing.lines().join('\n'),
      /main\.js does not run under colloquy dev here[^]*npx colloquy dev main\.js/,
    );
    const production = run(['dev'], { NODE_ENV: 'production' });
    await portOf(production);
    assert.deepEqual(await run(['tail']).end, [1, null]);
    production.child.kill('SIGTERM');
    await production.end;
    const dev = run(['dev']);
    await portOf(dev);
    const tail = run(['tail']);
    await tail.next(/the program runs/);
    dev.child.kill('SIGTERM');
    assert.deepEqual(await tail.end, [1, null]);
    assert.match(tail.lines().join('\n'), /colloquy dev has ended, which ran main\.js/);
  });

  it('opens no port: it meets dev at a socket for this user alone, which a killed dev leaves to the next', async (t) => {
    const { run, temporary } = place(t);
    const killed = run(['dev']);
    const orphan = await pidOf(killed);
    const [folder] = readdirSync(temporary).filter((name) => /^colloquy-\d+$/.test(name));
    assert.equal(statSync(join(temporary, folder!)).mode & 0o777, 0o700);
    const [name] = readdirSync(join(temporary, folder!));
    killed.child.kill('SIGKILL');
    process.kill(orphan, 'SIGKILL');
    await killed.end;
    const dev = run(['dev']);
    await portOf(dev);
    const second = run(['dev']);
    await second.next(/tail cannot follow this program: another colloquy dev runs it/);
    await portOf(second);
    // What is no reader and no program is turned away.
    for (const word of ['no JSON', '{}', 'null', '"x"']) {
      const stranger = connect(join(temporary, folder!, name!));
      stranger.write(`${word}\n`);
      await nextEvent(stranger, 'close');
    }
    const tail = run(['tail']);
    await tail.next(/the program runs/);
    second.child.kill('SIGTERM');
    dev.child.kill('SIGTERM');
    await Promise.all([second.end, dev.end]);
    assert.deepEqual(readdirSync(join(temporary, folder!)), []);
  });
});

describe('the lines between them', () => {
  it('are left out and counted if they are not read, and memory stays bounded', async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => server.close());
    await nextEvent(server, 'listening');
    const accepted = nextEvent<[import('node:net').Socket]>(server, 'connection');
    const reader = connect((server.address() as { readonly port: number }).port, '127.0.0.1').pause();
    t.after(() => reader.destroy());
    const [socket] = await accepted;
    const writer = new LineWriter(socket);
    const line = 'x'.repeat(10_000);
    for (let count = 0; count < 5000; count++) writer.write(line);
    assert.ok(socket.writableLength < 2 * 1024 * 1024, String(socket.writableLength));
    let lines = 0;
    let dropped = 0;
    readLines(reader, (each) => {
      if (each === line) lines++;
      else dropped += (JSON.parse(each) as { readonly lines: number }).lines;
    });
    reader.resume();
    await until(() => dropped > 0 && lines + dropped === 5000, 'all lines', 20_000);
    assert.match(formatHappening({ type: 'dropped', lines: dropped }), /lines were left out/);
  });
});
