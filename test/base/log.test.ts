import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { IsString } from 'class-validator';
import { Auth, Namespace, On, OnConnect, type AckFunction, Ack } from '../../src/index.js';
import { start } from '../support/app.js';
import { nextEvent } from '../support/wait.js';

class Login {
  @IsString() token!: string;
}

test('no line of the log tells of a payload, a token or a cookie', async (t) => {
  @Namespace('/log')
  class Logged {
    @OnConnect enter(@Auth() who: Login) {
      if (who.token.startsWith('bad')) throw new Error('refused');
    }
    @On() fail(_login: Login) {
      throw new Error('failed');
    }
    @On() late(_login: Login, @Ack() ack: AckFunction) {
      ack(1);
      throw new Error('late');
    }
    @On() big(_login: Login) {
      return 1n;
    }
    @On('slow', { timeout: 20 }) slow(_login: Login) {
      return new Promise(() => {});
    }
  }
  const { connect, client, log } = await start(t, [Logged], { debug: true, watchdog: false });
  const secret = 's3cr3t';
  const options = { auth: { token: secret }, extraHeaders: { cookie: `sid=${secret}` }, query: { key: secret } };
  const socket = await connect('/log', options);
  for (const event of ['fail', 'late', 'big', 'slow', 'nobody']) await socket.emitWithAck(event, { token: secret });
  await socket.emitWithAck('fail', { token: 5, other: secret });
  await nextEvent(client('/log', { ...options, auth: { token: `bad ${secret}` } }), 'connect_error');
  assert.ok(log.lines.length >= 5);
  for (const line of log.lines) assert.ok(!inspect(line, { depth: 20 }).includes(secret), line.message);
});

test('the default logger writes one JSON object a line where there is no terminal, and false silences it', () => {
  const lines = (options: string): string[] => {
    const index = new URL('../../src/index.js', import.meta.url).href;
    const script = `
      const { createApp } = await import(${JSON.stringify(index)});
      const app = await createApp({ controllers: [], signals: false${options} });
      app.on('/', 'say', () => 1);
      await app.listen({ port: 0, host: '127.0.0.1' });
      await app.close();`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return stdout.split('\n').filter(Boolean);
  };
  const messages = lines('').map((line) => (JSON.parse(line) as { msg: string }).msg);
  assert.ok(messages.some((message) => message.startsWith('dispatch table')));
  assert.ok(messages.some((message) => message.startsWith('listening on http://127.0.0.1:')));
  assert.deepEqual(lines(', logger: false'), []);
  assert.ok(!lines(', printTable: false').some((line) => line.includes('dispatch table')));
});
