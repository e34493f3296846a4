/** The flight recorder: what it keeps, in how much room, and what it never shows. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { EventError, Namespace, On, OnConnect, reply, type AppOptions } from '../../../src/index.js';
import { createTestApp, type TestApp } from '../../../src/testing/index.js';
import type { Dump, RecordedCall } from '../../../src/telemetry/recorder/dump.js';
import { readDump } from '../../../src/telemetry/recorder/read-dump.js';
import { Fields, revive } from '../../../src/telemetry/recorder/fields.js';
import { Ring } from '../../../src/telemetry/recorder/ring.js';
import { mistake } from '../../controllers/scan/mistakes.js';
import { root } from '../../repo/sources.js';
import { until } from '../../support/wait.js';

@Namespace('/desk')
class Desk {
  @OnConnect enter() {}
  @On() order(order: object) {
    return { ...order, price: 7 };
  }
  @On() echo(value: unknown) {
    return value;
  }
  @On() two() {
    return reply('one', 2);
  }
  @On() fail() {
    throw new EventError('closed', 'Closed.', { secret: 'in the details' });
  }
  @On() broken() {
    throw new TypeError('a secret in a message');
  }
}

@Namespace('/closed')
class Closed {
  @OnConnect enter() {
    return false;
  }
}

async function boot(t: TestContext, recorder: AppOptions['recorder']): Promise<TestApp> {
  const app = await createTestApp({ controllers: [Desk, Closed], ...(recorder && { recorder }) });
  t.after(() => app.close());
  return app;
}

const callsOf = ({ entries }: Dump): RecordedCall[] =>
  entries.filter((entry): entry is RecordedCall => entry.type === 'call');

describe('a flight recorder', () => {
  it('keeps calls and connections with their ends, and no payload', async (t) => {
    const app = await boot(t, {});
    const client = await app.connect('/desk', { auth: { token: 'a secret token' } });
    await client.call('order', { tea: 'a secret wish', cups: 2 });
    await client.call('fail').catch(() => undefined);
    const failure = (await client.call('broken').catch((error: unknown) => error)) as { id: string };
    client.emit('nobody', 'a secret for nobody');
    await app.settled();
    await app.connect('/closed').catch(() => undefined);
    const { id } = client;
    await client.disconnect();
    const dump = app.recorder.dump();
    assert.deepEqual(
      dump.entries.map((entry) => [entry.type, entry.namespace, entry.type === 'call' ? entry.event : '']),
      [
        ['connected', '/desk', ''],
        ['call', '/desk', 'order'],
        ['call', '/desk', 'fail'],
        ['call', '/desk', 'broken'],
        ['call', '/desk', 'nobody'],
        ['refused', '/closed', ''],
        ['left', '/desk', ''],
      ],
    );
    const [order, fail, broken, nobody] = callsOf(dump);
    assert.deepEqual(order!.args, [{ '~hidden': 'object' }]);
    assert.deepEqual([order!.socket, order!.handler, order!.asks], [id, 'Desk.order', true]);
    assert.deepEqual(order!.outcome, { kind: 'answered' });
    assert.deepEqual(fail!.outcome.code, 'closed');
    assert.deepEqual(
      [broken!.id, broken!.outcome],
      [failure.id, { kind: 'failed', code: 'internal', error: 'TypeError' }],
    );
    assert.deepEqual([nobody!.outcome.code, nobody!.asks], ['unknown_event', false]);
    assert.ok(!JSON.stringify(dump).includes('secret'), JSON.stringify(dump, null, 1));
    assert.deepEqual(readDump(JSON.stringify(dump)), dump);
  });

  it('keeps the values of fields that are allowed by name, and of no others', async (t) => {
    const app = await boot(t, { fields: ['cups', 'price', 'echo.0', 'echo.answer', 'token', 'two.answer'] });
    const client = await app.connect('/desk', { auth: { token: 'abc', password: 'secret' } });
    await client.call('order', { tea: 'secret', cups: 2, extras: [{ cups: 1, note: 'secret' }] });
    await client.call('echo', 'allowed');
    await client.call('two');
    const { entries } = app.recorder.dump();
    assert.deepEqual('auth' in entries[0]! && entries[0].auth, {
      token: 'abc',
      password: { '~hidden': 'string', length: 6 },
    });
    const [order, echo, two] = callsOf(app.recorder.dump());
    const hidden = { '~hidden': 'string', length: 6 };
    const kept = { tea: hidden, cups: 2, extras: [{ cups: 1, note: hidden }] };
    assert.deepEqual([order!.args, order!.answer], [[kept], [{ ...kept, price: 7 }]]);
    assert.deepEqual([echo!.args, echo!.answer], [['allowed'], ['allowed']]);
    assert.deepEqual(two!.answer, ['one', 2]);
  });

  it('gives what the socket of a failed call did until then, by the id of the failure', async (t) => {
    const app = await boot(t, {});
    const [client, other] = [await app.connect('/desk'), await app.connect('/desk')];
    await client.call('two');
    await other.call('two');
    const { id } = (await client.call('broken').catch((error: unknown) => error)) as { id: string };
    await client.call('two');
    const dump = app.recorder.dump({ call: id });
    assert.deepEqual(
      callsOf(dump).map(({ event, socket }) => [event, socket === client.id]),
      [
        ['two', true],
        ['broken', true],
      ],
    );
    assert.throws(() => app.recorder.dump({ call: 'unknown' }), /no call unknown is recorded/);
  });

  it('of one application does not hear of another', async (t) => {
    const [one, two] = [await boot(t, {}), await boot(t, {})];
    await (await one.connect('/desk')).call('two');
    assert.deepEqual(two.recorder.dump().entries, []);
  });

  it('that nobody asked for says how to ask', async (t) => {
    const app = await boot(t, undefined);
    assert.throws(() => app.recorder.dump(), /createApp\(\{ recorder: \{\} \}\)/);
  });

  for (const [what, recorder] of [
    ['size', { size: 10 }],
    ['fields', { fields: [1] as unknown as string[] }],
    ['signal', { signal: 'SIGKILL' }],
  ] as const) {
    it(`with a wrong ${what} is a mistake at boot`, async () => {
      const problem = await mistake([Desk], { recorder });
      assert.deepEqual([problem.code, problem.where], ['recorder_option', 'recorder']);
      assert.match(problem.what, new RegExp(what));
    });
  }
});

describe('a ring', () => {
  it('never takes more bytes than it may, and drops the oldest entries, whatever comes', () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    const ring = new Ring<string>(5_000);
    const all: string[] = [];
    let refused = 0;
    for (let n = 0; n < 20_000; n++) {
      const entry = `${n} ${'ä'.repeat(random(n % 500 === 0 ? 4_000 : 200))}`;
      if (ring.add(entry, Buffer.byteLength(entry))) all.push(entry);
      else refused++;
      assert.ok(ring.bytes <= 5_000);
    }
    const { entries } = ring;
    assert.deepEqual(entries, all.slice(-entries.length));
    assert.ok(entries.length > 5 && refused > 0);
    assert.equal(ring.dropped + entries.length, 20_000);
    assert.equal(
      entries.reduce((sum, entry) => sum + Buffer.byteLength(entry), 0),
      ring.bytes,
    );
  });
});

describe('recorded values', () => {
  it('that are allowed come back as they were; the others as values of their kind and length', () => {
    const values = [
      { a: 'one', b: 'two', c: Buffer.from([1, 2]), d: [true, 1], e: null },
      'bare',
      7,
      false,
      Buffer.from('x'),
    ];
    const everything = new Fields(['a', 'b', 'c', 'd', 'e', 'say.1', 'say.2', 'say.3', 'say.4']);
    assert.deepEqual(revive(everything.of(values, 'say', 'args')), { values, madeUp: 0 });
    const { values: others, madeUp } = revive(new Fields(['a']).of(values, 'say', 'args'));
    assert.deepEqual(others, [
      { a: 'one', b: 'xxx', c: Buffer.alloc(2), d: [false, 0], e: null },
      'xxxx',
      0,
      false,
      Buffer.alloc(1),
    ]);
    assert.equal(madeUp, 8);
  });

  it('are looked at in bounds: a payload of many values does not take the turn of the others', () => {
    let looks = 0;
    const element = {
      get n() {
        return ++looks;
      },
    };
    const many = (length: number): object[] => Array.from({ length }, () => element);
    const wide = { few: many(3), more: many(1_000), most: many(100_000), rest: many(1_500) };
    const [kept] = new Fields(['n']).of([wide], 'say', 'args') as unknown as [Record<string, unknown>];
    assert.deepEqual(kept!['few'], [{ n: 1 }, { n: 2 }, { n: 3 }]);
    assert.deepEqual(kept!['most'], { '~hidden': 'array', length: 100_000 });
    assert.ok(looks <= 2_000, `${looks} looks`);
  });
});

describe('a dump that is none, or was changed, is refused by name', () => {
  const at = '2026-01-31T12:00:00.000Z';
  const call = {
    type: 'call',
    at: 1,
    socket: 's',
    namespace: '/',
    id: 'i',
    kind: 'event',
    event: 'say',
    handler: 'A.say',
    asks: true,
    args: [],
    outcome: { kind: 'answered' },
    duration: 1,
  };
  const whole = { recording: 1, why: 'asked', at, fields: [], dropped: 0, entries: [call] };
  const wrong: [string, unknown, RegExp][] = [
    ['no JSON', '{', /it is no JSON/],
    ['null', null, /no `"recording": 1`/],
    ['another format', { ...whole, recording: 2 }, /no `"recording": 1`/],
    ['no entries', { ...whole, entries: {} }, /no entries/],
    ['a time that ends a comment', { ...whole, at: '*/ process.exit(0) /*' }, /`at`/],
    ['fields that are none', { ...whole, fields: [1] }, /`fields`/],
    ['an entry of nothing', { ...whole, entries: [call, null] }, /entry 1 is neither/],
    ['an entry of another type', { ...whole, entries: [{ ...call, type: '__proto__' }] }, /entry 0 is neither/],
    ...Object.entries({
      at: 'now',
      socket: 7,
      namespace: null,
      id: {},
      kind: 1,
      event: ['say'],
      asks: 'yes',
      args: { length: 1 },
      outcome: 'answered',
      answer: 'x',
    }).map(([key, value]): [string, unknown, RegExp] => [
      `a call with another ${key}`,
      { ...whole, entries: [{ ...call, [key]: value }] },
      new RegExp(`entry 0: \`${key}\``),
    ]),
    ['an outcome without a kind', { ...whole, entries: [{ ...call, outcome: { code: 'x' } }] }, /`outcome`/],
    ['a connection without a transport', { ...whole, entries: [{ ...call, type: 'left' }] }, /`transport`/],
  ];
  for (const [name, value, message] of wrong) {
    it(name, () => {
      assert.throws(() => readDump(typeof value === 'string' ? value : JSON.stringify(value)), message);
    });
  }

  it('and what is right is read', () => {
    assert.deepEqual(readDump(JSON.stringify(whole)), whole);
  });

  it('lengths that nobody could have sent make no such values', () => {
    for (const length of [1e15, -1, 0.5, '7', null]) {
      const { values } = revive([{ '~hidden': 'string', length } as never, { '~hidden': 'bytes', length } as never]);
      for (const value of values as { readonly length: number }[]) assert.ok(value.length <= 10_000_000);
    }
  });
});

describe('a recorder of extreme sizes', () => {
  for (const size of [1_024, 2 ** 40]) {
    it(`keeps what fits in ${size} bytes, and dumps while it records`, async (t) => {
      const app = await boot(t, { size, fields: ['echo.0', 'echo.answer'] });
      const client = await app.connect('/desk');
      const texts = ['x'.repeat(900), '\u0001"ä'.repeat(200), 'short'];
      const sent = texts.flatMap((text) => [client.call('echo', text), Promise.resolve(app.recorder.dump())]);
      await Promise.all(sent);
      const { entries, dropped } = app.recorder.dump();
      const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)), 0);
      assert.ok(bytes <= size, `${bytes} bytes`);
      if (size > 1e6) assert.deepEqual([entries.length, dropped], [4, 0]);
      else assert.ok(dropped > 0 && entries.length > 0);
    });
  }
});

describe('a dump is written', () => {
  async function program(t: TestContext, options: string): Promise<{ child: ChildProcess; folder: string }> {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-dumps-'));
    const source = (file: string): string => JSON.stringify(pathToFileURL(join(root, '.build/src', file)).href);
    const script = `
      import { createTestApp } from ${source('testing/index.js')};
      const app = await createTestApp({ controllers: [], recorder: { folder: ${JSON.stringify(folder)}, ${options} } });
      app.on('/', 'echo', (_context, value) => value);
      app.on('/', 'crash', () => setTimeout(() => { throw new RangeError('a secret'); }));
      const client = await app.connect('/');
      await client.call('echo', 1);
      process.on('message', (event) => client.emit(event));
      setInterval(() => undefined, 1_000);
      process.send('ready');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const exit = once(child, 'exit');
    t.after(async () => {
      child.kill('SIGKILL');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    });
    await once(child, 'message');
    return { child, folder };
  }

  const read = (folder: string): Dump => readDump(readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8'));

  it('on a signal, if the option says so; the process goes on', async (t) => {
    const { child, folder } = await program(t, "signal: 'SIGUSR2'");
    child.kill('SIGUSR2');
    await until(() => readdirSync(folder).some((file) => file.endsWith('.json')), 'the file');
    const dump = read(folder);
    assert.equal(dump.why, 'signal');
    assert.deepEqual(
      callsOf(dump).map(({ event }) => event),
      ['echo'],
    );
    assert.equal(child.exitCode, null);
  });

  it('when an error ends the process, which ends as it would have', async (t) => {
    const { child, folder } = await program(t, '');
    child.send('crash');
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 1);
    const dump = read(folder);
    assert.deepEqual([dump.why, dump.error], ['crash', 'RangeError']);
    assert.deepEqual(
      callsOf(dump).map(({ event }) => event),
      ['echo', 'crash'],
    );
    assert.ok(!JSON.stringify(dump).includes('secret'));
  });

  it('not when it is switched off', async (t) => {
    const { child, folder } = await program(t, 'crash: false');
    child.send('crash');
    await once(child, 'exit');
    assert.deepEqual(readdirSync(folder), []);
  });
});
