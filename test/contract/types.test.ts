import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeTypes } from '../../src/contract/index.js';
import { CLIENT, serverOptions, templateOptions } from './client-program.js';
import { sampleContract } from './sample.js';

const root = join(import.meta.dirname, '../../..');

/** Compiles files in a folder of their own with the options of a Vite template; returns what the compiler says. */
async function compile(files: Readonly<Record<string, string>>, options: object = {}): Promise<string> {
  const folder = await mkdtemp(join(root, '.build', 'types-'));
  try {
    const compilerOptions = { ...templateOptions, ...options };
    await mkdir(join(folder, 'node_modules'));
    await symlink(root, join(folder, 'node_modules', 'colloquy'));
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['*.ts', join(root, 'src/payload/libraries.d.ts')] }),
    );
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await new Promise((resolve) => {
      execFile(join(root, 'node_modules/.bin/tsc'), ['-p', folder], (_error, stdout) => resolve(stdout));
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the standalone types compile in a Vite template, without any import', async () => {
  const contract = writeTypes(await sampleContract());
  assert.doesNotMatch(contract, /^import /m);
  assert.match(contract, /@deprecated use tell/);
  assert.equal(await compile({ 'contract.ts': contract, 'client.ts': CLIENT }), '');
});

test('the types that name the server’s classes follow them', async () => {
  const sample = join(root, 'test/contract/sample.js');
  const importOf = (name: string) => (['Chat', 'Line'].includes(name) ? { from: sample, name } : undefined);
  const contract = writeTypes(await sampleContract(), { importOf });
  assert.match(contract, /"say": Call<Chat\["say"\], \[0, 2\?\], "room_full">;/);
  assert.match(contract, /"named": Call<Chat\["named"\], \[\{ room: 0; size\?: 1 \}\]>;/);
  const options = { ...serverOptions, typeRoots: [join(root, 'node_modules/@types')] };
  const said = await compile(
    {
      'contract.ts': contract,
      'client.ts': CLIENT.replace("'./contract'", "'./contract.js'"),
      'package.json': '{"type":"module"}',
    },
    options,
  );
  assert.equal(said, '');
});
