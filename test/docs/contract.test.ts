/** The program of docs/contract.md compiles with the types that the command writes, and does what the text beside it says. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { project, type Project } from '../cli/support.js';
import { openClient } from '../support/app.js';
import { nextEvent } from '../support/wait.js';
import { root } from './page.js';
import { startProgram } from './program.js';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const page = read('docs/contract.md');
const files: Readonly<Record<string, string>> = {
  'tsconfig.json': /```jsonc\n\/\/ tsconfig.json\n([^]*?)```/.exec(read('README.md'))![1]!,
  ...Object.fromEntries(
    [...page.matchAll(/<!-- file: (\S+) -->\s+```ts\n([^]*?)```/g)].map(([, name, code]) => [name!, code!]),
  ),
};

/** Runs the commands of a block of the page. */
async function run({ colloquy }: Project, pattern: RegExp): Promise<number[]> {
  const commands = [...page.matchAll(pattern)].map(([, words]) => words!.trim().split(/\s+/));
  assert.ok(commands.length > 0);
  const codes = [];
  for (const words of commands) codes.push((await colloquy(...words)).code);
  return codes;
}

function compile({ folder }: Project): string {
  return spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' }).stdout;
}

describe('docs/contract.md', { timeout: 120_000 }, () => {
  it('has a server and a client that are typed by the file that the command writes, and do what the text says', async (t) => {
    const chat = project(t, files);
    assert.deepEqual(await run(chat, /`npx colloquy (types [^`]+)`/g), [0]);
    assert.equal(compile(chat), '');
    const server = startProgram(join(chat.folder, 'main.js'), join(chat.folder, 'coverage'), { PORT: '0' });
    t.after(() => server.stop());
    const url = `http://127.0.0.1:${await server.port()}`;
    const other = openClient(t, `${url}/chat`);
    await nextEvent(other, 'connect');
    const heard = nextEvent<[{ text: string }]>(other, 'said', 20_000);
    const client = spawn(process.execPath, [join(chat.folder, 'client.js')], { env: { ...process.env, URL: url } });
    let output = '';
    for (const stream of [client.stdout, client.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    assert.deepEqual(await once(client, 'exit'), [0, null], output);
    assert.equal(output, 'said hello\nNot so loud.\n');
    assert.equal((await heard)[0].text, 'hello');

    // A word that the server does not say, or a key that it does not have, is found by the compiler, once the server is another.
    const renamed = files['chat.controller.ts']!.replace("'too_loud'], s", "'too_low'], s").replaceAll('text', 'words');
    writeFileSync(join(chat.folder, 'chat.controller.ts'), renamed);
    rmSync(join(chat.folder, 'chat.controller.js'));
    assert.deepEqual(await run(chat, /`npx colloquy (types [^`]+)`/g), [0]);
    const errors = compile(chat);
    for (const place of [
      /client\.ts.*'text' does not exist on type '\{ words/,
      /client\.ts.*known properties, and 'text'/,
      /client\.ts.*"too_loud"/,
    ]) {
      assert.match(errors, place);
    }
  });

  it('finds a change that breaks clients by the commands for pull requests', async (t) => {
    const chat = project(t, files);
    const block = /^npx colloquy (.+?)(?:\s+#.*)?$/gm;
    assert.deepEqual(await run(chat, block), [0, 0]);
    const changed = files['chat.controller.ts']!.replace(
      'text!: string;',
      'text!: string;\n  @IsString() room!: string;',
    );
    writeFileSync(join(chat.folder, 'chat.controller.ts'), changed);
    const { code, stdout } = await chat.colloquy('diff', 'contract.json', 'main.ts');
    assert.equal(code, 1);
    assert.match(stdout, /^breaks +\/chat say, argument 1.*room/);
  });
});
