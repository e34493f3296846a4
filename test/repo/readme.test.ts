import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { io, type Socket } from 'socket.io-client';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = join(root, '.build', 'readme');

const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** A block of the README, as a newcomer would copy it. */
function readmeBlock(file: string): string {
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  const block = blocks.find((code) => code.startsWith(`// ${file}`));
  assert.ok(block, `the README has a block that begins with // ${file}`);
  return block;
}

/** The controller of the README's program, without the lines that start it. */
function readmeController(): string {
  const [controller] = readmeBlock('main.ts').split('// classes, or globs');
  return controller!
    .replace('@Namespace', 'export @Namespace')
    .replace(/export (@Namespace\(.*\)\n)class/, '$1export class');
}

/** The README's compiler options, as a newcomer would copy them. */
function readmeConfig(): string {
  const [, config] = /```jsonc\n\/\/ tsconfig.json\n([\s\S]*?)```/.exec(readme)!;
  return config!;
}

describe('the README', () => {
  const children: (() => Promise<void>)[] = [];
  let url: string;

  before(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'main.ts'), readmeBlock('main.ts'));
    writeFileSync(join(folder, 'chat.controller.ts'), readmeController());
    writeFileSync(
      join(folder, 'say.test.ts'),
      readmeBlock('say.test.ts').replace('\n', "\nimport { ChatController } from './chat.controller.js';\n"),
    );
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

  it('shows a test that passes', () => {
    const run = spawnSync(process.execPath, [join(folder, 'say.test.js')], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stdout + run.stderr);
  });

  it('stays short enough to be read', () => {
    assert.ok(readme.split('\n').length <= 180, `${readme.split('\n').length} lines`);
    assert.ok(readme.split(/\s+/).length <= 1300, `${readme.split(/\s+/).length} words`);
  });
});
