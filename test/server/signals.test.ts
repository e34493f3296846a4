import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createApp, Namespace, On } from '../../src/index.js';
import { openClient } from '../support/app.js';
import { nextEvent, within } from '../support/wait.js';

interface Program {
  readonly child: ChildProcess;
  readonly lines: Interface;
  readonly url: string;
  readonly ended: Promise<number | null>;
}

async function startProgram(t: TestContext): Promise<Program> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('signals.child.js', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const lines = createInterface({ input: child.stdout });
  const [port] = await nextEvent<[string]>(lines, 'line', 20_000);
  return { child, lines, url: `http://127.0.0.1:${port}/signals`, ended };
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} answers what runs, disconnects, and the process exits with 0`, async (t) => {
    const { child, lines, url, ended } = await startProgram(t);
    const said: string[] = [];
    lines.on('line', (line) => said.push(line));
    const socket = openClient(t, url);
    const answer = socket.emitWithAck('slow', 150);
    await nextEvent(lines, 'line');
    const gone = nextEvent(socket, 'disconnect');
    child.kill(signal);
    assert.equal(await answer, 'done');
    await gone;
    assert.equal(await within(ended, 'the end'), 0);
    assert.deepEqual(said, ['began', 'left server shutting down']);
  });
}

test('a second signal ends the process at once', async (t) => {
  const { child, lines, url, ended } = await startProgram(t);
  const socket = openClient(t, url);
  const gone = nextEvent(socket, 'disconnect');
  socket.emit('slow', 10_000);
  await nextEvent(lines, 'line');
  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGTERM');
  assert.equal(await within(ended, 'the end', 2_000), 1);
  await gone;
});

test('an application listens to signals while it listens, unless it is told not to, and leaves no listener', async () => {
  @Namespace('/signals')
  class Quiet {
    @On() work() {}
  }
  const count = (): number => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
  const before = count();
  const app = await createApp({ controllers: [Quiet], logger: false });
  assert.equal(count(), before);
  await app.listen(0);
  assert.equal(count(), before + 2);
  await app.close();
  assert.equal(count(), before);
  const deaf = await createApp({ controllers: [Quiet], logger: false, signals: false });
  await deaf.listen(0);
  assert.equal(count(), before);
  await deaf.close();
});
