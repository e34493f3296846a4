/** Bun and Deno, which `.ci/runtime` installs, run the README's program as it stands, and keep the contract on the wire. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { before, describe, it, type TestContext } from 'node:test';
import type { Socket } from 'socket.io-client';
import { root } from '../repo/sources.js';
import { openClient, transports } from '../support/app.js';
import { writeReadmeProgram } from '../support/readme-program.js';
import { cleanEnvironment, run, unreachable } from '../support/run.js';
import { nextEvent } from '../support/wait.js';

const runtimes = { bun: ['run'], deno: ['run', '--allow-all'] } as const;

interface Failure {
  readonly error: { readonly code: string; readonly message: string; readonly issues?: readonly { path: string }[] };
}

/** Writes the program of the README; returns its path. */
function readmeProgram(): string {
  const folder = join(root, '.build/runtimes');
  writeReadmeProgram(root, folder);
  return join(folder, 'main.ts');
}

for (const [runtime, flags] of Object.entries(runtimes)) {
  describe(runtime, () => {
    let path: string | undefined;
    let missing = '';

    before(async () => {
      const { code, output } = await run('bash', ['.ci/runtime', runtime], root);
      if (code === 0) path = output.trim().split('\n').at(-1)!;
      else missing = output;
      assert.ok(code === 0 || (unreachable.test(output) && !process.env['CI']), output);
    });

    /** Starts a program, which may have to print something first, and returns where it listens; it has to end by itself when it is asked to. */
    async function start(t: TestContext, program: string, prints = /^/): Promise<string | undefined> {
      if (path === undefined) {
        t.skip(missing);
        return undefined;
      }
      const env = { ...cleanEnvironment(), PORT: '0' };
      const child = spawn(path, [...flags, program], { cwd: dirname(program), env, stdio: ['ignore', 'pipe', 'pipe'] });
      const exit = once(child, 'exit');
      let output = '';
      child.stderr.on('data', (data) => (output += String(data)));
      t.after(async () => {
        child.kill('SIGTERM');
        assert.deepEqual(await exit, [0, null], output);
      });
      for await (const line of createInterface(child.stdout)) {
        output += `${line}\n`;
        const url = /^open (\S+)$/.exec(line)?.[1];
        if (!url) continue;
        assert.match(output, prints);
        return url;
      }
      throw new Error(`${runtime} ended:\n${output}`);
    }

    async function connect(t: TestContext, url: string, transport: string): Promise<Socket> {
      const client = openClient(t, url, { transports: [transport] });
      await nextEvent(client, 'connect');
      return client;
    }

    it("runs the README's program as it stands", async (t) => {
      const url = await start(t, readmeProgram());
      if (!url) return;
      const client = await connect(t, `${url}/chat`, 'websocket');
      assert.deepEqual(await client.emitWithAck('say', { text: 'hello' }), { length: 5 });
      const invalid = (await client.emitWithAck('say', { text: 42 })) as Failure;
      assert.deepEqual([invalid.error.code, invalid.error.issues?.[0]?.path], ['invalid', 'text']);
      assert.equal(((await client.emitWithAck('sya', {})) as Failure).error.code, 'unknown_event');
    });

    it('keeps the contract on the wire, over WebSocket and long-polling, with compiled payload plans', async (t) => {
      const url = await start(t, join(root, '.build/test/consumer/contract.program.js'), /^payloads: Point compiled$/m);
      if (!url) return;
      for (const transport of transports) {
        const client = await connect(t, `${url}/contract`, transport);
        const call = (event: string, ...args: unknown[]): Promise<unknown> => client.emitWithAck(event, ...args);
        const codeOf = async (event: string, ...args: unknown[]): Promise<string> =>
          ((await call(event, ...args)) as Failure).error.code;
        assert.deepEqual(await call('value'), { a: 1 });
        assert.deepEqual(await call('promised'), ['later']);
        assert.equal(await call('nothing'), undefined);
        assert.deepEqual(await call('binary', Buffer.from([1, 2])), { bytes: Buffer.from([1, 2]) });
        assert.deepEqual(await call('point', { x: 1, name: 'a', extra: true }), { x: 1, name: 'a' });
        assert.equal(await codeOf('point', { x: 'one' }), 'invalid');
        assert.equal(await codeOf('room'), 'room_full');
        assert.equal(await codeOf('throwsError'), 'internal');
        assert.equal(await codeOf('returnsCycle'), 'internal');
        assert.equal(await codeOf('nobody'), 'unknown_event');
        assert.equal(await codeOf('slow'), 'timeout');
        assert.equal(await call('byHandLater'), 'later');
        const several = await new Promise((resolve) =>
          client.emit('several', (...values: unknown[]) => resolve(values)),
        );
        assert.deepEqual(several, ['one', { two: 2 }, [3]]);
        const told = nextEvent(client, 'exception');
        client.emit('room');
        assert.equal(((await told)[0] as { event: string }).event, 'room');
      }
    });
  });
}
