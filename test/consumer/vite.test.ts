/** A client's project with Vite and React: typed by the file that the command writes, without the server's sources. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { project, type Project } from '../cli/support.js';
import { runCommand } from '../../src/cli/main.js';
import type { Contract } from '../../src/index.js';
import { root } from '../repo/sources.js';
import { templateOptions } from '../contract/client-program.js';

const files: Readonly<Record<string, string>> = {
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      ...templateOptions,
      jsx: 'react-jsx',
    },
    include: ['src'],
  }),
  'vite.config.ts': `import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
export default defineConfig({ plugins: [react()] });
`,
  'index.html': `<!doctype html><div id="root"></div><script type="module" src="/src/main.tsx"></script>`,
  'src/main.tsx': `import { createRoot } from 'react-dom/client';
import { App } from './App';
createRoot(document.getElementById('root')!).render(<App />);
`,
  'src/App.tsx': `import { connect } from 'colloquy/client';
import { useEffect, useState } from 'react';
import { io } from 'socket.io-client';
import type { Contract } from './contract';

const chat = connect<Contract['/chat']>(io('/chat', { auth: { name: 'Ada' } }));

export function App() {
  const [lines, setLines] = useState<string[]>([]);
  useEffect(() => {
    const listener = ({ name, text }: { name: string; text: string }) => setLines((all) => [...all, \`\${name}: \${text}\`]);
    chat.on('said', listener);
    return () => void chat.off('said', listener);
  }, []);
  const say = async (text: string) => {
    try {
      await chat.call('say', { room: 'kitchen', text }, { timeout: 5000 });
    } catch (error) {
      if (chat.isError(error, 'say') && error.code === 'not_in_room') await chat.call('join', { room: 'kitchen' });
    }
  };
  return <button onClick={() => void say('hello')}>{lines.join()}</button>;
}
`,
};

interface Outcome {
  readonly code: number;
  readonly output: string;
}

function run(folder: string, tool: string, ...words: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(join(root, 'node_modules/.bin', tool), words, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error ? 1 : 0, output: stdout + stderr }),
    );
  });
}

async function command(...words: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const remarks: string[] = [];
  const code = await runCommand(words, {
    cwd: root,
    print: (text) => void printed.push(text),
    remark: (text) => void remarks.push(text),
  });
  assert.equal(code, 0, remarks.join('\n'));
  return printed.join('\n');
}

describe('a page with Vite and React', { timeout: 120_000 }, () => {
  let contract: Contract;
  let types: string;
  before(async () => {
    const json = await command('contract', 'samples/chat/main.ts');
    contract = JSON.parse(json) as Contract;
    types = await command('types', 'samples/chat/main.ts', '--standalone');
  });

  const page = (t: Parameters<typeof project>[0]): Project => project(t, { ...files, 'src/contract.ts': types });

  it('compiles and is built, with nothing of the server in it', async (t) => {
    const { folder } = page(t);
    assert.deepEqual(await run(folder, 'tsc', '-p', '.'), { code: 0, output: '' });
    const built = await run(folder, 'vite', 'build', '--logLevel', 'error');
    assert.deepEqual(built, { code: 0, output: '' });
    const assets = readdirSync(join(folder, 'dist/assets')).map((file) =>
      readFileSync(join(folder, 'dist/assets', file), 'utf8'),
    );
    assert.ok(assets.some((text) => text.includes('CallError')));
    for (const text of assets) assert.doesNotMatch(text, /class-validator|class-transformer|isDefined/);
  });

  it('has a compile error for each wrong name and each wrong payload of each event of the chat sample', async (t) => {
    const { folder } = page(t);
    const chat = contract.namespaces.find(({ path }) => path === '/chat')!;
    assert.deepEqual(
      [...chat.events, ...contract.emits].map(({ name }) => name),
      ['join', 'leave', 'say', 'said', 'entered', 'left'],
    );
    const wrong = [
      ...chat.events.flatMap(({ name }) => [
        `chat.call('${name}x', { room: 'a', text: 'b' })`,
        `chat.call('${name}')`,
        `chat.call('${name}', { room: 1, text: 'b' })`,
        `chat.call('${name}', { romo: 'a', text: 'b' })`,
        `chat.emit('${name}', 'a')`,
      ]),
      ...contract.emits.flatMap(({ name }) => [
        `chat.on('${name}x', () => {})`,
        `chat.on('${name}', ({ nmae }) => nmae)`,
        `chat.once('${name}', (line: number) => line)`,
      ]),
    ];
    const head = files['src/App.tsx']!.match(/^import \{ connect[^]*?;\n\n/)![0].replace(/^import \{ use.*\n/m, '');
    const start = `${head}export const chat = connect<Contract['/chat']>(io());\n`;
    writeFileSync(join(folder, 'src/wrong.ts'), start + wrong.map((line) => `void ${line};`).join('\n'));
    const { output } = await run(folder, 'tsc', '-p', '.', '--pretty', 'false');
    const found = new Set([...output.matchAll(/^src\/wrong\.ts\((\d+),/gm)].map(([, line]) => Number(line)));
    const first = start.split('\n').length;
    assert.deepEqual(
      wrong.filter((_line, index) => !found.has(first + index)),
      [],
      output,
    );
    assert.equal(found.size, wrong.length);
  });
});
