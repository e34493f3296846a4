/** Rows of docs/toolchains.md that no other test tries. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { tableOf } from '../repo/readme-tables.js';
import { root } from '../repo/sources.js';
import { writeReadmeProgram } from '../support/readme-program.js';
import { run } from '../support/run.js';
import { startProgram } from './program.js';

const folder = join(root, '.build/toolchains');

describe('docs/toolchains.md', () => {
  before(() => writeReadmeProgram(root, folder));

  const bundle = (entry: string, out: string): Promise<unknown> =>
    build({
      absWorkingDir: folder,
      entryPoints: [entry],
      outfile: join(folder, out),
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
    });

  const serves = async (file: string): Promise<void> => {
    const program = startProgram(join(folder, file), join(folder, 'coverage'), { PORT: '0' });
    await program.port();
    assert.equal(await program.stop(), 0, program.output);
  };

  it('esbuild as the compiler: boot says that it wrote no types', async () => {
    await bundle('main.ts', 'esbuild.js');
    const { code, output } = await run(process.execPath, ['esbuild.js'], folder);
    assert.equal(code, 1);
    assert.match(output, /the compiler emitted no design types here/);
  });

  it('esbuild bundles what tsc compiled', async () => {
    const tsc = await run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], folder);
    assert.equal(tsc.code, 0, tsc.output);
    await bundle('main.js', 'bundled.js');
    await serves('bundled.js');
  });

  it('vite builds a program', async () => {
    const vite = ['build', '--ssr', 'main.ts', '--outDir', 'vite', '--logLevel', 'error'];
    const { code, output } = await run(join(root, 'node_modules/.bin/vite'), vite, folder);
    assert.equal(code, 0, output);
    await serves('vite/main.js');
  });

  it('names tests that are there', () => {
    const named = tableOf('docs/toolchains.md', /^# /).flatMap((row) => row.at(-1)!.match(/[\w/]+\.test\.ts/g) ?? []);
    assert.ok(named.length >= 8);
    for (const file of named) assert.ok(existsSync(join(root, 'test', file)), file);
  });
});
