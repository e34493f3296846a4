import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { io, type Socket } from 'socket.io-client';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = join(root, '.build', 'readme');

/** The README's program, as a newcomer would copy it. */
function readmeProgram(): string {
  const blocks = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)];
  const program = blocks.map(([, code]) => code!).find((code) => code.startsWith('// main.ts'));
  assert.ok(program, 'the README has a program that begins with // main.ts');
  return program;
}

/** The README's compiler options, as a newcomer would copy them. */
function readmeConfig(): string {
  const [, config] = /```jsonc\n\/\/ tsconfig.json\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))!;
  return config!;
}

describe('the README', () => {
  const children: (() => Promise<void>)[] = [];
  let url: string;

  before(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'main.ts'), readmeProgram());
    writeFileSync(join(folder, 'tsconfig.json'), readmeConfig());
    const tsc = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    assert.equal(tsc.stdout, '', 'the program compiles');
    const child = spawn(process.execPath, [join(folder, 'main.js')], { env: { ...process.env, PORT: '0' } });
    const exit = once(child, 'exit');
    children.push(async () => {
      child.kill('SIGTERM');
      assert.deepEqual(await exit, [0, null]);
    });
    for await (const line of createInterface(child.stdout)) {
      const match = /^open (\S+)$/.exec(line);
      if (!match) continue;
      url = match[1]!;
      return;
    }
  });

  after(() => Promise.all(children.map((stop) => stop())));

  it('shows a program that compiles, serves, and answers as the text beside it says', async () => {
    const socket: Socket = io(`${url}/chat`, { forceNew: true });
    const welcome = once(socket as never, 'welcome');
    assert.deepEqual(await welcome, ['Say something.']);
    assert.deepEqual(await socket.emitWithAck('say', { text: 'hello' }), { length: 5 });
    const invalid = (await socket.emitWithAck('say', { text: 42 })) as { error: { code: string; issues: object[] } };
    assert.equal(invalid.error.code, 'invalid');
    assert.equal((invalid.error.issues[0] as { path: string }).path, 'text');
    const unknown = (await socket.emitWithAck('sya', {})) as { error: { code: string; message: string } };
    assert.deepEqual(Object.keys(unknown.error).toSorted(), ['code', 'message']);
    assert.equal(unknown.error.code, 'unknown_event');
    socket.disconnect();
  });

  it('stays short enough to be read', () => {
    assert.ok(readFileSync(join(root, 'README.md'), 'utf8').split('\n').length <= 250);
  });
});
