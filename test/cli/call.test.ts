/** `colloquy call`: events to a running server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { IsString } from 'class-validator';
import { Socket } from 'socket.io';
import { Auth, EventError, Namespace, On, OnConnect, reply } from '../../src/index.js';
import { freePort } from '../cluster/support/brokers.js';
import { root } from '../repo/sources.js';
import { start } from '../support/app.js';
import { until } from '../support/wait.js';
import { project, type Ran } from './support.js';

class Credentials {
  @IsString() token!: string;
}
class Say {
  @IsString() text!: string;
}

@Namespace('/chat')
class Chat {
  @OnConnect enter(@Auth() _who: Credentials): void {}
  @On() say({ text }: Say, socket: Socket): object {
    socket.emit('said', { text });
    return { length: text.length };
  }
  @On() two(one: string, two: number) {
    return reply(one, two);
  }
  @On() nothing(): void {}
  @On() full(): void {
    throw new EventError('room_full', 'Full.');
  }
  @On() leave(socket: Socket): Promise<never> {
    socket.disconnect();
    return new Promise(() => {});
  }
  @On('never', { timeout: 60_000 }) never(): Promise<never> {
    return new Promise(() => {});
  }
}

const auth = ['--auth', '{"token":"secret"}'] as const;

describe('colloquy call', () => {
  async function served(t: TestContext): Promise<(...words: readonly string[]) => Promise<Ran>> {
    const { url } = await start(t, [Chat]);
    const { colloquy } = project(t, {});
    return (...words) => colloquy('call', url, '/chat', ...words);
  }

  it('prints the answer, for people and as JSON; an error ends it with 1', async (t) => {
    const call = await served(t);
    assert.deepEqual(await call('say', '{"text":"hello"}', ...auth), {
      code: 0,
      stdout: '{\n  "length": 5\n}',
      stderr: '',
    });
    assert.equal((await call('two', 'word', '2', ...auth)).stdout, '"word"\n2');
    assert.equal((await call('two', 'word', '2', ...auth, '--json')).stdout, '{"answer":["word",2]}');
    assert.equal((await call('nothing', ...auth)).stdout, 'answered, without a value');
    const full = await call('full', ...auth, '--json');
    assert.deepEqual([full.code, full.stdout], [1, '{"answer":[{"error":{"code":"room_full","message":"Full."}}]}']);
    assert.match((await call('say', '{"text":1}', ...auth)).stdout, /"code": "invalid"/);
  });

  it('says why there is no answer, and the next step', async (t) => {
    const call = await served(t);
    const { colloquy } = project(t, {});
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const wrong: readonly (readonly [ran: Promise<Ran>, code: number, message: RegExp])[] = [
      [call('say'), 1, /\/chat refused the connection: [^]*"code":"invalid"[^]*--auth/],
      [call('never', ...auth, '--timeout', '5'), 1, /never was not answered within 5 seconds/],
      [call('leave', ...auth), 1, /disconnected before it answered: io server disconnect/],
      [call('say', '{text:1}', ...auth), 2, /argument 1 is no JSON[^]*Quote it for the shell/],
      [call('say', '--auth', 'token'), 2, /--auth must be an object/],
      [call(), 2, /Name an event, or say --listen/],
      [colloquy('call', nowhere, '/chat', 'say'), 1, /cannot be reached: [^]*--path/],
      [colloquy('call', 'http://', '/chat', 'say'), 2, /is no address of a server/],
      [colloquy('call'), 2, /<url> is missing/],
    ];
    for (const [ran, code, message] of wrong) {
      const { stderr, code: given } = await ran;
      assert.match(stderr, message);
      assert.equal(given, code, stderr);
    }
    const { url } = await start(t, []);
    const other = await colloquy('call', url, '/other', 'say');
    assert.match(other.stderr, /no namespace \/other/);
  });

  it('listens until it is stopped', async (t) => {
    const { url } = await start(t, [Chat]);
    const words = ['call', url, '/chat', 'say', '{"text":"hello"}', ...auth, '--listen', '--json'];
    const child = spawn(process.execPath, [join(root, 'bin/colloquy.js'), ...words]);
    t.after(() => child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await until(() => output.split('\n').length === 3, 'an event and an answer', 20_000);
    assert.deepEqual(output.trim().split('\n'), [
      '{"event":"said","arguments":[{"text":"hello"}]}',
      '{"answer":[{"length":5}]}',
    ]);
    child.kill('SIGINT');
    assert.deepEqual(await exit, [0, null]);
  });
});
