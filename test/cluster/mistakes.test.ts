/** Mistakes that no further attempt mends: told at once, with what to do. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { AdapterError, type AdapterErrorCode, type AdapterOptions, openAdapter } from '../../src/cluster/index.js';
import { brokerAbsence, freePort, openBroker } from './support/brokers.js';
import { absence, absent, engineNamed, isListening } from './support/engines.js';

/** It would be tried for long: that it ends within the test's time is that it was told at once. */
const PATIENT = { startupTimeout: 15_000, prefix: 'mistakes' } as const;

async function mistake(t: TestContext, option: AdapterOptions): Promise<AdapterError> {
  const link = openAdapter({ ...PATIENT, ...option });
  t.after(() => link.close());
  return link.ready().then(
    () => assert.fail('it was opened'),
    (error: unknown) => error as AdapterError,
  );
}

function expect(error: AdapterError, code: AdapterErrorCode, text: RegExp): void {
  assert.equal(error.code, code, error.message);
  assert.match(error.message, text);
}

describe('a URL that is wrong in itself', () => {
  const wrong: Record<string, RegExp> = {
    'redis://localhost/chat': /path "\/chat": the path of a Redis URL is the number of a database/,
    'redis+streams://localhost/chat': /number of a database/,
    'valkey://localhost/chat': /number of a database/,
    'redis://a,b/chat': /number of a database/,
    'nats://localhost/chat': /has no path/,
    'amqp://one,two': /names several hosts, but rabbitmq takes one/,
    'postgres://one,two/db': /names several hosts/,
    'redis://a:x,b': /not a URL/,
  };
  for (const [url, text] of Object.entries(wrong)) {
    it(`${url}: is told before anything is tried`, () => {
      assert.throws(
        () => openAdapter(url),
        (error) => error instanceof AdapterError && error.code === 'option' && text.test(error.message),
      );
    });
  }
});

describe('what a broker refuses', { timeout: 120_000 }, () => {
  const cases: [engine: string, url: string, code: AdapterErrorCode, text: RegExp][] = [
    ['rabbitmq', 'amqp://guest:guest@127.0.0.1:5672/no-such-vhost', 'option', /vhost.*rabbitmqctl add_vhost/],
    ['postgres', 'postgres://postgres@127.0.0.1:5432/no_such_database', 'option', /database.*create it/],
    ['redis', 'redis://127.0.0.1:6379/4711', 'option', /Leave the path of the URL out/],
    ['redis-streams', 'redis+streams://127.0.0.1:6379/4711', 'option', /Leave the path of the URL out/],
    ['redis', 'rediss://127.0.0.1:6379', 'option', /no TLS.*scheme without the s/],
    ['redis-streams', 'rediss+streams://127.0.0.1:6379', 'option', /no TLS.*scheme without the s/],
    ['rabbitmq', 'amqps://guest:guest@127.0.0.1:5672', 'option', /no TLS[^]*scheme without the s/],
    ['postgres', 'postgres://postgres@127.0.0.1:5432/test?sslmode=require', 'option', /does not speak TLS/],
  ];
  for (const [name, url, code, text] of cases) {
    it(url, async (t) => {
      const missing = await absence(engineNamed(name));
      if (missing) return t.skip(missing);
      expect(await mistake(t, { url }), code, text);
    });
  }

  for (const [library, rights] of [
    ['redis', '+subscribe'],
    ['redis', '+publish'],
    ['ioredis', '+subscribe'],
    ['ioredis', '+publish'],
  ] as const) {
    it(`redis: a user who has ${rights} only (${library})`, async (t) => {
      const missing = brokerAbsence('redis');
      if (missing) return t.skip(absent(missing));
      const broker = await openBroker('redis');
      t.after(() => broker.dispose());
      await broker.start();
      const admin = new Redis(broker.url);
      await admin.call('ACL', 'SETUSER', 'weak', 'on', '>secret', '&*', '~*', '+@connection', rights);
      admin.disconnect();
      const url = broker.url.replace('//', '//weak:secret@');
      const option = library === 'redis' ? { url } : { url, client: () => new Redis(url, { lazyConnect: true }) };
      expect(await mistake(t, option), 'credentials', /NOPERM.*rights to publish and to subscribe/);
    });
  }

  for (const [what, rules] of [
    ['subscribe', 'publish: ">", subscribe: "_INBOX.>"'],
    ['publish', 'publish: "_INBOX.>", subscribe: ">"'],
  ] as const) {
    it(`nats: a user who may not ${what}`, async (t) => {
      const missing = brokerAbsence('nats');
      if (missing) return t.skip(absent(missing));
      const port = await freePort();
      const folder = mkdtempSync(join(tmpdir(), 'colloquy-nats-'));
      const user = `{ user: weak, password: secret, permissions: { ${rules} } }`;
      writeFileSync(join(folder, 'nats.conf'), `port: ${port}\nhost: 127.0.0.1\nauthorization: { users: [${user}] }\n`);
      const child = spawn('/usr/sbin/nats-server', ['-c', join(folder, 'nats.conf')], { stdio: 'ignore' });
      t.after(() => {
        child.kill('SIGKILL');
        rmSync(folder, { recursive: true, force: true });
      });
      while (!(await isListening(port))) await new Promise((resolve) => setTimeout(resolve, 20));
      const error = await mistake(t, { url: `nats://weak:secret@127.0.0.1:${port}` });
      expect(error, 'credentials', /[Pp]ermissions.*rights to publish and to subscribe/);
    });
  }

  it('redis-streams: a Redis that is too old', async (t) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      const info = 'redis_version:6.0.16\r\n';
      socket.on('data', (bytes) => {
        for (const command of String(bytes).matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
          const name = command[1]!.toUpperCase();
          if (name === 'INFO') socket.write(`$${info.length}\r\n${info}\r\n`);
          else if (name === 'CLUSTER') socket.write('-ERR This instance has cluster support disabled\r\n');
          else if (name === 'HELLO') socket.write('*2\r\n$5\r\nproto\r\n:2\r\n');
          else socket.write('+OK\r\n');
        }
      });
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const url = `redis+streams://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = (): Redis => new Redis(url.replace('+streams', ''), { lazyConnect: true, enableReadyCheck: false });
    expect(
      await mistake(t, { url, client }),
      'option',
      /needs Redis 6\.2 or later, and this one is 6\.0\.16: update it/,
    );
  });
});
