/** The program of docs/emissions.md compiles as it stands, and does what the text beside it says. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { openClient } from '../support/app.js';
import { nextEvent } from '../support/wait.js';
import { root } from './page.js';
import { startProgram } from './program.js';

const folder = join(root, '.build', 'emissions');

/** Writes the files of a page with the README's options, on a free port and without a broker; says what the compiler says. */
function compileProgram(): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  for (const [, name, code] of read('docs/emissions.md').matchAll(/<!-- file: (\S+) -->\s+```ts\n([^]*?)```/g)) {
    const adapter = `{ url: 'local:', prefix: 'emissions-${process.pid}' }`;
    writeFileSync(join(folder, name!), code!.replace("'redis://localhost'", adapter).replace('5000', '0'));
  }
  writeFileSync(join(folder, 'tsconfig.json'), /```jsonc\n\/\/ tsconfig.json\n([^]*?)```/.exec(read('README.md'))![1]!);
  return spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' }).stdout;
}

it('the page about emissions has a program that compiles and does what it says', async (t) => {
  assert.equal(compileProgram(), '');
  const coverage = join(folder, 'coverage');
  const server = startProgram(join(folder, 'main.js'), coverage);
  t.after(() => server.stop());
  const url = `http://127.0.0.1:${await server.port()}/chat`;
  const [one, two] = [openClient(t, url), openClient(t, url)];
  await Promise.all([nextEvent(one, 'connect'), nextEvent(two, 'connect')]);
  const events = [nextEvent(two, 'said'), nextEvent(one, 'moved')];
  await one.emitWithAck('say', { text: 'hello', more: 1 });
  assert.deepEqual(await Promise.all(events), [[{ text: 'hello' }], [{ x: 1, y: 2 }, 3]]);
  const fromJob = nextEvent(one, 'said', 20_000);
  const job = startProgram(join(folder, 'job.js'), coverage);
  assert.equal(await job.ended(), 0, job.output);
  assert.deepEqual(await fromJob, [{ text: 'from a job' }]);
  assert.match(job.output, /drawn \[\s*\{\s*path: '0\.y',\s*rule: 'isNumber'/);
});
