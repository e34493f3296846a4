import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Server } from 'socket.io';
import { Adapter } from 'socket.io-adapter';
import { AdapterError, type AdapterErrorCode, type AdapterStatus, openAdapter } from '../../src/cluster/index.js';
import { within } from '../../src/cluster/bus/link/within.js';
import { type Broker, brokerAbsence, freePort, openBroker } from './support/brokers.js';
import { absence, absent, engineNamed } from './support/engines.js';

const SCHEMES = {
  redis: 'redis',
  'redis-streams': 'redis+streams',
  nats: 'nats',
  postgres: 'postgres',
  rabbitmq: 'amqp',
};

async function failure(url: string, startup: 'wait' | 'fail' = 'wait'): Promise<AdapterError> {
  const link = openAdapter({ url, startup, startupTimeout: 2500 });
  const error = await link.ready().then(
    () => assert.fail('it started'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AdapterError);
  assert.equal(link.health().state, 'closed');
  return error;
}

function expectError(error: unknown, code: AdapterErrorCode, message: RegExp): boolean {
  assert.ok(error instanceof AdapterError);
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
}

/** A server that is not held up by this thread: it does at once what it is asked for. */
const OTHER = `require('node:net')
  .createServer((socket) => socket.once('data', (asked) => (String(asked) === 'end' ? socket.end() : socket.write('answer'))))
  .listen(0, '127.0.0.1', function () {
    require('node:worker_threads').parentPort.postMessage(this.address().port);
  });`;

/** Does not return to the event loop for some time after what was asked for has left. */
async function standStill(): Promise<void> {
  await new Promise((resolve) => process.nextTick(resolve));
  const end = performance.now() + 200;
  while (performance.now() < end);
}

describe('what came while this process stood still is told, not silence', () => {
  it('a refusal', async () => {
    const refused = within(20, once(connect(await freePort(), '127.0.0.1'), 'connect'));
    await standStill();
    await assert.rejects(refused, /ECONNREFUSED/);
  });

  for (const [arrival, event] of [
    ['an answer', 'data'],
    ['the end of a connection', 'end'],
  ] as const) {
    it(arrival, async (t) => {
      const other = new Worker(OTHER, { eval: true });
      t.after(() => other.terminate());
      const [port] = (await once(other, 'message')) as [number];
      const socket = connect(port, '127.0.0.1').resume();
      await once(socket, 'connect');
      socket.write(event);
      const arrived = within(20, once(socket, event));
      await standStill();
      await arrived;
      socket.destroy();
    });
  }
});

describe('opening an adapter', { concurrency: 3 }, () => {
  // What is measured is the broker, not how long its library takes to load.
  before(() => Promise.all([import('redis'), import('nats'), import('pg'), import('amqplib')]));

  it('an unknown scheme is an error that lists the known ones', () => {
    assert.throws(
      () => openAdapter('kafka://localhost'),
      (error) =>
        expectError(
          error,
          'option',
          /No adapter for "kafka:"; known are memory:, local:, redis:, rediss:, redis\+streams:, rediss\+streams:, amqp:/,
        ),
    );
    assert.throws(
      () => openAdapter('localhost'),
      (error) => expectError(error, 'option', /not a URL/),
    );
  });

  it('a heartbeat that cannot work is an error', () => {
    assert.throws(
      () => openAdapter({ url: 'memory:', heartbeat: { interval: 1000, timeout: 1500 } }),
      (error) => expectError(error, 'option', /twice the interval/),
    );
  });

  for (const [engine, scheme] of Object.entries(SCHEMES)) {
    it(`${engine}: a refused connection is an error within the time that was given`, async () => {
      const url = `${scheme}://user:hidden@127.0.0.1:${await freePort()}/`;
      const error = await failure(url);
      expectError(error, 'unreachable', /could not reach .* within \d+ ms: .*(ECONNREFUSED|CONNECTION_REFUSED)/);
      assert.doesNotMatch(error.message, /hidden/);
    });

    it(`${engine}: with startup "fail" the first refusal is the error`, async () => {
      expectError(
        await failure(`${scheme}://127.0.0.1:${await freePort()}/`, 'fail'),
        'unreachable',
        /could not reach/,
      );
    });

    it(`${engine}: a server that says nothing is an error within a bounded time`, async () => {
      const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const error = await failure(`${scheme}://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
      assert.equal(error.code, 'unreachable');
      silent.close();
    });

    it(`${engine}: with startup "degraded" the node serves alone, and joins when the broker comes`, async (t) => {
      const missing = brokerAbsence(engine);
      if (missing) return t.skip(absent(missing));
      const broker: Broker = await openBroker(engine);
      const seen: AdapterStatus[] = [];
      const link = openAdapter({ url: broker.url, startup: 'degraded', onStatus: (status) => seen.push(status) });
      await link.ready();
      const io = new Server({ adapter: link.factory });
      io.emit('lost');
      assert.equal(link.health().dropped, 1);
      assert.equal((await io.fetchSockets()).length, 0);
      await broker.start();
      while (link.health().state !== 'up') await new Promise((resolve) => setTimeout(resolve, 10));
      assert.deepEqual([seen[0]?.state, seen.at(-1)?.state], ['down', 'up']);
      await link.close();
      await broker.dispose();
    });
  }

  const refusals = {
    redis: 'redis://nobody:wrong@127.0.0.1:6379',
    'redis-streams': 'redis+streams://nobody:wrong@127.0.0.1:6379',
    postgres: 'postgres://nobody-of-that-name@127.0.0.1:5432/test',
    rabbitmq: 'amqp://guest:wrong@127.0.0.1:5672',
  };
  for (const [engine, url] of Object.entries(refusals)) {
    it(`${engine}: bad credentials are an error at once`, async (t) => {
      const missing = await absence(engineNamed(engine));
      if (missing) return t.skip(missing);
      expectError(await failure(url), 'credentials', /was refused by/);
    });
  }

  it('nats: bad credentials are an error at once', async (t) => {
    const missing = brokerAbsence('nats');
    if (missing) return t.skip(absent(missing));
    const broker = await openBroker('nats');
    await broker.start();
    expectError(await failure(broker.url.replace('secret', 'wrong')), 'credentials', /was refused by/);
    await broker.dispose();
  });

  it('local: another secret than that of the relay is an error', async () => {
    const port = await freePort();
    const link = openAdapter(`local://:right@127.0.0.1:${port}`);
    await link.ready();
    expectError(await failure(`local://:wrong@127.0.0.1:${port}`), 'credentials', /secret/);
    await link.close();
  });

  for (const [engine, scheme] of Object.entries(SCHEMES)) {
    it(`${engine}: a client library that is not installed is an error with the install command`, async () => {
      const args = ['--input-type=module', '--eval', withoutLibraries(scheme)];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      assert.match(stdout, /library The .* adapter needs the package "(redis|nats|pg|amqplib)": npm install \1/);
    });
  }

  it('redis-streams: without the official adapter, both ready and the server say how to install it', async () => {
    const entry = new URL('../../src/cluster/index.js', import.meta.url).href;
    const program = `
      import Module from 'node:module';
      import { Server } from 'socket.io';
      const resolve = Module._resolveFilename;
      Module._resolveFilename = (name, ...rest) => {
        if (!name.startsWith('@socket.io/redis-streams')) return resolve(name, ...rest);
        throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
      };
      const { openAdapter } = await import(${JSON.stringify(entry)});
      const link = openAdapter('redis+streams://127.0.0.1/');
      try { new Server({ adapter: link.factory }) } catch (error) { console.log(error.code, error.message) }
      await link.ready().catch((error) => console.log(error.code, error.message));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    const said = 'library The redis-streams adapter needs the package "@socket.io/redis-streams-adapter"';
    assert.equal(stdout, `${said}: npm install @socket.io/redis-streams-adapter\n`.repeat(2));
  });

  it('connectionStateRecovery is refused by an engine that cannot do it', async () => {
    const link = openAdapter('memory://recovery');
    assert.throws(
      () => new Server({ adapter: link.factory, connectionStateRecovery: {} }),
      (error) => expectError(error, 'option', /connectionStateRecovery/),
    );
    await link.close();
  });

  it('a Socket.IO adapter factory passes through untouched', async () => {
    const link = openAdapter(Adapter);
    await link.ready();
    assert.equal(link.factory, Adapter);
    assert.equal(link.engine, 'custom');
    assert.throws(() => link.lease('x', { onAcquired: () => {} }), AdapterError);
    await link.close();
  });
});

/** A program in which the optional packages cannot be resolved. */
function withoutLibraries(scheme: string): string {
  const hooks = `export async function resolve(name, context, next) {
    if (/^(redis|ioredis|nats|@nats-io.*|pg|amqplib)$/.test(name)) {
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    }
    return next(name, context);
  }`;
  const entry = new URL('../../src/cluster/index.js', import.meta.url).href;
  return `
    import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));
    const { openAdapter } = await import(${JSON.stringify(entry)});
    await openAdapter('${scheme}://127.0.0.1/').ready().catch((error) => console.log(error.code, error.message));`;
}
