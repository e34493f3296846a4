/** The metrics: counted where they are asked for, served where it is said, and bounded by the plan. */
import assert from 'node:assert/strict';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Socket } from 'socket.io';
import {
  Background,
  createApp,
  EventError,
  Namespace,
  On,
  OnDisconnect,
  OnJoin,
  SetupError,
  type AppOptions,
  type MetricsOption,
} from '../../src/index.js';
import { channels } from '../../src/telemetry/index.js';
import { start } from '../support/app.js';
import { deferred, nextEvent, until } from '../support/wait.js';
import { parse, valueOf } from './prometheus.js';

const STRANGE = 'a "quoted"\nname\\';

@Namespace('/shop/:id')
class Shop {
  @On() buy(value: unknown) {
    return value;
  }
  @On(STRANGE) odd() {
    return true;
  }
  @On() code(code: string) {
    throw new EventError(code, 'A code.');
  }
  @On() join(socket: Socket, room: string) {
    return socket.join(room);
  }
  @OnJoin joined() {}
  @OnDisconnect left() {}
}

interface Page {
  readonly status: number | undefined;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}

function fetchPage(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<Page> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode, text, headers: response.headers }));
    });
    request.on('error', reject).end();
  });
}

/** A path as it is, which `URL` would tidy up. */
function fetchRaw(url: string, path: string): Promise<{ readonly status: number | undefined }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode }));
    });
    request.on('error', reject).end();
  });
}

describe('metrics', () => {
  it('are text that Prometheus reads, with labels of declared names and no others', async (t) => {
    const { app, connect } = await start(t, [Shop], { metrics: '/metrics' });
    for (const id of ['1', '2']) {
      const client = await connect(`/shop/${id}`);
      await client.emitWithAck('buy', 'x');
      await client.emitWithAck(STRANGE);
      await client.emitWithAck('join', 'everybody');
      await client.emitWithAck(`made up by ${id}`);
      await client.emitWithAck('join\n{evil="1"} 1');
      client.disconnect();
    }
    const read = () => parse(app.metrics());
    const disconnections = { kind: 'disconnect', event: 'disconnect' };
    await until(() => valueOf(read(), 'colloquy_calls_total', disconnections) === 2, 'the disconnections');
    const metrics = read();
    const calls = metrics.get('colloquy_calls_total')!.series.map(({ labels, value }) => ({ ...labels, value }));
    const of = { namespace: '/shop/:id', code: '' };
    const sort = (rows: object[]) => rows.map((row) => Object.entries(row).map(String).toSorted().join()).toSorted();
    assert.deepEqual(
      sort(calls),
      sort([
        { ...of, kind: 'event', event: 'buy', outcome: 'answered', value: 2 },
        { ...of, kind: 'event', event: STRANGE, outcome: 'answered', value: 2 },
        { ...of, kind: 'event', event: 'join', outcome: 'answered', value: 2 },
        { ...of, kind: 'join', event: 'join', outcome: 'no_answer', value: 2 },
        { ...of, kind: 'disconnect', event: 'disconnect', outcome: 'no_answer', value: 2 },
        { ...of, kind: 'event', event: '_other', outcome: 'refused', code: 'unknown_event', value: 4 },
      ]),
    );
    assert.equal(valueOf(metrics, 'colloquy_drops_total', { kind: 'unknown_event' }), 4);
    assert.ok(!app.metrics().includes('made up'));
  });

  it('tell of connections, sockets, bytes, emissions and rounds', async (t) => {
    const round = deferred();
    @Namespace('/work')
    class Work {
      #isFirst = true;
      @Background({ every: 5 }) work() {
        if (this.#isFirst) return void (this.#isFirst = false);
        round.resolve();
        throw new Error('expected by a test');
      }
      @On() async ask(socket: Socket, bytes: Buffer) {
        await socket.timeout(5_000).emitWithAck('question');
        socket.nsp.emit('news', 1);
        return bytes;
      }
    }
    const { app, connect } = await start(t, [Work], { metrics: '/metrics' });
    const client = await connect('/work');
    client.on('question', (answer: (value: number) => void) => answer(1));
    const news = nextEvent(client, 'news');
    await client.emitWithAck('ask', Buffer.alloc(5_000));
    await news;
    await round.promise;
    const read = () => parse(app.metrics());
    const failed = { work: 'Work.work', outcome: 'failed' };
    await until(() => (valueOf(read(), 'colloquy_background_rounds_total', failed) ?? 0) >= 1, 'the round');
    const metrics = read();
    assert.equal(valueOf(metrics, 'colloquy_background_rounds_total', { work: 'Work.work', outcome: 'done' }), 1);
    assert.ok(valueOf(metrics, 'colloquy_background_round_seconds_count', { work: 'Work.work' })! >= 2);
    assert.equal(valueOf(metrics, 'colloquy_connections', { transport: 'websocket' }), 1);
    assert.equal(valueOf(metrics, 'colloquy_sockets', { namespace: '/work' }), 1);
    assert.equal(valueOf(metrics, 'colloquy_connections_accepted_total', { namespace: '/work' }), 1);
    assert.equal(valueOf(metrics, 'colloquy_connection_gate_seconds_count', { namespace: '/work' }), 1);
    assert.equal(valueOf(metrics, 'colloquy_emits_total', { to: 'client', outcome: 'answered' }), 1);
    assert.equal(valueOf(metrics, 'colloquy_emit_answer_seconds_count', { to: 'client' }), 1);
    assert.equal(valueOf(metrics, 'colloquy_emits_total', { to: 'many', outcome: 'sent' }), 1);
    for (const name of ['colloquy_received_bytes_total', 'colloquy_sent_bytes_total']) {
      const bytes = valueOf(metrics, name, { transport: 'websocket' })!;
      assert.ok(bytes > 5_000 && bytes < 6_000, `${name} ${bytes}`);
    }
    assert.equal(valueOf(metrics, 'colloquy_calls_running'), 0);
    assert.equal(valueOf(metrics, 'colloquy_closing'), 0);
    assert.ok(valueOf(metrics, 'colloquy_event_loop_delay_seconds', { stat: 'p99' })! >= 0);
    client.disconnect();
    const ended = { namespace: '/work', outcome: 'left', cause: 'client namespace disconnect' };
    await until(() => valueOf(read(), 'colloquy_connections_ended_total', ended) === 1, 'the end');
    assert.equal(valueOf(read(), 'colloquy_sockets', { namespace: '/work' }), undefined);
  });

  it('tell of the bus, and of its delay', async (t) => {
    @Namespace('/bus')
    class Bus {
      @On() tell(socket: Socket) {
        socket.nsp.emit('told');
      }
    }
    const options = { adapter: 'memory://metrics-of-the-bus', metrics: '/metrics' } satisfies Partial<AppOptions>;
    const here = await start(t, [Bus], options);
    const there = await start(t, [Bus], options);
    const [asking, listening] = [await here.connect('/bus'), await there.connect('/bus')];
    const told = nextEvent(listening, 'told');
    await asking.emitWithAck('tell');
    await told;
    const read = () => parse(here.app.metrics());
    const engine = { engine: 'memory' };
    await until(() => valueOf(read(), 'colloquy_bus_delay_seconds_count', engine) === 1, 'the confirmation');
    assert.equal(valueOf(read(), 'colloquy_bus_up', engine), 1);
    assert.equal(valueOf(read(), 'colloquy_bus_nodes', engine), 2);
    assert.equal(valueOf(read(), 'colloquy_bus_published_total', engine), 1);
    const other = parse(there.app.metrics());
    assert.equal(valueOf(other, 'colloquy_bus_published_total', engine), 0);
    assert.ok(valueOf(other, 'colloquy_bus_received_total', engine)! >= 1);
    assert.equal(valueOf(other, 'colloquy_bus_delay_seconds_count', engine), undefined, 'each counts its own');
  });

  it('bound the codes of the application', async (t) => {
    const { app, connect } = await start(t, [Shop], { metrics: '/metrics', limits: { eventBurst: 1_000 } });
    const client = await connect('/shop/1');
    await Promise.all(Array.from({ length: 300 }, (_, n) => client.emitWithAck('code', `code_${n}`)));
    const { series } = parse(app.metrics()).get('colloquy_calls_total')!;
    assert.ok(series.length <= 201, `${series.length} series`);
    assert.ok(series.some(({ labels, value }) => labels['code'] === '_other' && value >= 100));
  });

  it('count from the first call of app.metrics(), and nothing is subscribed to before it and after the end', async (t) => {
    const { app, connect } = await start(t, [Shop]);
    const client = await connect('/shop/1');
    await client.emitWithAck('buy', 1);
    assert.ok(Object.values(channels).every(({ hasSubscribers }) => !hasSubscribers));
    assert.equal(parse(app.metrics()).get('colloquy_calls_total'), undefined);
    assert.ok(Object.values(channels).every(({ hasSubscribers }) => hasSubscribers));
    await client.emitWithAck('buy', 1);
    assert.equal(valueOf(parse(app.metrics()), 'colloquy_calls_total', { event: 'buy' }), 1);
    assert.ok(valueOf(parse(app.metrics()), 'colloquy_received_bytes_total')! > 0, 'clients that were there count too');
    await app.close();
    assert.ok(Object.values(channels).every(({ hasSubscribers }) => !hasSubscribers));
    assert.equal(valueOf(parse(app.metrics()), 'colloquy_closing'), 1, 'the last numbers can still be read');
  });

  it('of an application that is closed and counted nothing are an error', async () => {
    const app = await createApp({ controllers: [], logger: false });
    await app.close();
    assert.throws(() => app.metrics(), /closed/);
  });

  it('of several applications in one process are apart', async (t) => {
    const [one, two] = [
      await start(t, [Shop], { metrics: '/metrics' }),
      await start(t, [Shop], { metrics: '/metrics' }),
    ];
    await (await one.connect('/shop/1')).emitWithAck('buy', 1);
    assert.equal(valueOf(parse(one.app.metrics()), 'colloquy_calls_total', { event: 'buy' }), 1);
    assert.equal(parse(two.app.metrics()).get('colloquy_calls_total'), undefined);
  });
});

describe('the page of the metrics', () => {
  it('is served to everybody on its path, before other pages, and the log says so', async (t) => {
    const pages: AppOptions['http'] = (_request, response) => response.end('another page');
    const { url, log } = await start(t, [Shop], { metrics: '/metrics', http: pages });
    const page = await fetchPage(`${url}/metrics?a=1`);
    assert.equal(page.status, 200);
    assert.equal(page.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(page.headers['cache-control'], 'no-store');
    assert.ok(parse(page.text).has('colloquy_connections'));
    for (const path of ['/metrics/', '/metricsx', '/', '/a/metrics']) {
      assert.equal((await fetchPage(url + path)).text, 'another page', path);
    }
    assert.ok(log.lines.some(({ message }) => /^metrics on http.*\/metrics, for everybody/.test(message)));
  });

  it('answers HEAD without the text, and no other method', async (t) => {
    const { url } = await start(t, [Shop], { metrics: '/metrics' });
    const head = await fetchPage(`${url}/metrics`, 'HEAD');
    assert.deepEqual([head.status, head.text], [200, '']);
    assert.ok(Number(head.headers['content-length']) > 1_000, 'the length of what GET would give');
    const post = await fetchPage(`${url}/metrics`, 'POST');
    assert.deepEqual([post.status, post.headers['allow']], [405, 'GET, HEAD']);
  });

  it('follows the rule of hosts', async (t) => {
    const { url } = await start(t, [Shop], { metrics: '/metrics', hosts: ['example.com'] });
    assert.equal((await fetchPage(`${url}/metrics`)).status, 403);
    assert.equal((await fetchPage(`${url}/metrics`, 'GET', { host: 'example.com' })).status, 200);
    const loopback = await start(t, [Shop], { metrics: '/metrics' });
    assert.equal((await fetchPage(`${loopback.url}/metrics`, 'GET', { host: 'evil.example' })).status, 403);
  });

  const verdicts: [string, () => unknown, number][] = [
    ['true', () => true, 200],
    ['false', () => false, 403],
    ['something that is not true', () => 'yes', 403],
    ['nothing', () => undefined, 403],
    ['a promise of true', () => Promise.resolve(true), 403],
    ['a promise that rejects', () => Promise.reject(new Error('expected by a test')), 403],
    [
      'an exception',
      () => {
        throw new Error('expected by a test');
      },
      403,
    ],
  ];
  for (const [name, allow, status] of verdicts) {
    it(`is served as \`allow\` decides: ${name}`, async (t) => {
      const { url, app, log } = await start(t, [Shop], { metrics: { allow: allow as () => boolean } });
      for (let n = 0; n < 2; n++) assert.equal((await fetchPage(`${url}/metrics`)).status, status);
      const isFault = /promise|exception/.test(name);
      assert.equal(app.health().counts.callback_failed, isFault ? 2 : undefined);
      assert.equal(log.at('error').length, isFault ? 1 : 0, 'logged once');
      assert.ok(!log.lines.some(({ message }) => message.includes('for everybody')));
    });
  }

  it('is served on a server of the user too', async (t) => {
    const app = await createApp({ controllers: [Shop], logger: false, metrics: '/numbers' });
    const server = createServer((_request, response) => response.end('mine'));
    app.attach(server);
    t.after(() => app.close());
    t.after(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.ok(parse((await fetchPage(`${url}/numbers`)).text).size > 5);
    assert.equal((await fetchPage(url)).text, 'mine');
  });

  it('has a path of its own beside the event book', async () => {
    const options = { controllers: [Shop], logger: false as const, docs: true, metrics: '/events/metrics' };
    await assert.rejects(createApp(options), /belongs to the option `docs`\. \[metrics_path\]/);
  });

  const folder = mkdtempSync(join(tmpdir(), 'colloquy-metrics-'));
  after(() => rmSync(folder, { recursive: true }));
  for (const file of ['metrics', 'numbers.html']) writeFileSync(join(folder, file), 'a file');
  const taken: [string, string, AppOptions['static']][] = [
    ['a file of `static`', '/metrics', folder],
    ['a page of `static`', '/numbers', [folder]],
    ['a file below a path of `static`', '/files/metrics', { '/files/': folder }],
    ['a path of `static`', '/files', { '/files/more': folder }],
  ];
  for (const [what, path, folders] of taken) {
    it(`has a path that belongs to nothing else: ${what}`, async () => {
      const options = { controllers: [Shop], logger: false as const, metrics: path, static: folders! };
      await assert.rejects(createApp(options), /belongs to the option `static`: .* \[metrics_path\]/);
      await (await createApp({ ...options, metrics: '/free' })).close();
    });
  }

  it('is the same for all who read it at once, and for strange paths it is not there', async (t) => {
    const { url, connect } = await start(t, [Shop], { metrics: '/metrics' });
    await (await connect('/shop/1')).emitWithAck('buy', 1);
    const pages = await Promise.all(Array.from({ length: 20 }, () => fetchPage(`${url}/metrics`)));
    for (const { text } of pages) assert.equal(valueOf(parse(text), 'colloquy_calls_total', { event: 'buy' }), 1);
    for (const path of ['//metrics', '/%6Detrics', '/./metrics/..', '/METRICS', '/metrics%00', '/metrics;a=1']) {
      assert.equal((await fetchRaw(url, path)).status, 404, path);
    }
  });

  const mistakes: [unknown, string][] = [
    ['metrics', 'metrics_path'],
    ['/', 'metrics_path'],
    ['/a b', 'metrics_path'],
    ['/socket.io', 'metrics_path'],
    ['/socket.io/metrics', 'metrics_path'],
    [{ path: 7 }, 'metrics_path'],
    [{ allow: true }, 'option_kind'],
    [true, 'option_kind'],
    [{ paths: '/metrics' }, 'unknown_option'],
  ];
  for (const [metrics, code] of mistakes) {
    it(`is a mistake at boot: ${JSON.stringify(metrics)}`, async () => {
      const options = { controllers: [Shop], logger: false as const, metrics: metrics as MetricsOption };
      await assert.rejects(createApp(options), (error) => {
        assert.ok(error instanceof SetupError);
        assert.deepEqual(
          error.problems.map((problem) => problem.code),
          [code],
        );
        return true;
      });
    });
  }
});
