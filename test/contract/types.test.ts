import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeTypes } from '../../src/contract/index.js';
import { sampleContract } from './sample.js';

const root = join(import.meta.dirname, '../../..');

/** Compiles files in a folder of their own with the options of a Vite template; returns what the compiler says. */
async function compile(files: Readonly<Record<string, string>>, options: object = {}): Promise<string> {
  const folder = await mkdtemp(join(root, '.build', 'types-'));
  try {
    const compilerOptions = {
      target: 'ES2023',
      lib: ['ES2023', 'DOM', 'DOM.Iterable'],
      module: 'ESNext',
      moduleResolution: 'bundler',
      skipLibCheck: true,
      types: [],
      strict: true,
      verbatimModuleSyntax: true,
      erasableSyntaxOnly: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      noEmit: true,
      ...options,
    };
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

const client = `
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { connect } from 'colloquy/client';
import type { Calls, CallError, CodeOf, Events } from 'colloquy/client';
import type { Contract } from './contract';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_same: Same<A, B>): void => {};

export async function use(): Promise<void> {
  const chat = connect<Contract['/chat']>(io('http://localhost/chat'));
  const line = await chat.call('say', { room: 'a', priority: 'low', marks: [1] }, 2, { timeout: 100 });
  same<typeof line.text, string>(true);
  same<typeof line.at, string | undefined>(true);
  line.answers?.push({ text: 'b' });
  same<NonNullable<typeof line.answers>[number]['text'], string>(true);
  await chat.call('say', { room: 'a', priority: 'high', marks: [], note: 'n' });
  const [count, word] = await chat.call('count');
  same<typeof count, number>(true);
  same<typeof word, string>(true);
  await chat.call('named', { room: 'a' });
  chat.on('said', ({ text }) => same<typeof text, string>(true));
  chat.once('moved', (lines, speed) => lines.push({ text: speed.toFixed() }));
  chat.on('exception', ({ error }) => error.code);
  chat.emit('count');
  // @ts-expect-error no such event
  await chat.call('sya', { room: 'a', priority: 'low', marks: [1] });
  // @ts-expect-error no such key
  await chat.call('say', { romo: 'a', priority: 'low', marks: [1] });
  // @ts-expect-error no such value
  await chat.call('say', { room: 'a', priority: 'mid', marks: [1] });
  // @ts-expect-error the argument is missing
  await chat.call('say');
  // @ts-expect-error too many
  chat.emit('count', 1);
  // @ts-expect-error no such emission
  chat.on('siad', () => {});
  // @ts-expect-error no such property
  chat.on('said', ({ txet }) => txet);
}

export function failed(error: unknown): boolean {
  const chat = connect<Contract['/chat']>(io());
  same<Extract<CodeOf<Contract['/chat'], 'say'>, 'room_full' | 'other'>, 'room_full'>(true);
  if (!chat.isError(error, 'say')) return false;
  const typed: CallError<CodeOf<Contract['/chat'], 'say'>> = error;
  // @ts-expect-error no such code
  return typed.code === 'room_ful';
}

export async function plain(socket: Socket<Events<Contract['/chat']>, Calls<Contract['/chat']>>): Promise<void> {
  socket.on('said', (line) => same<typeof line.text, string>(true));
  const answer = await socket.emitWithAck('say', { room: 'a', priority: 'low', marks: [] }, 1);
  if (!('error' in answer)) same<typeof answer.text, string>(true);
  // @ts-expect-error no such event
  socket.emit('sya');
}
`;

test('the standalone types compile in a Vite template, without any import', async () => {
  const contract = writeTypes(await sampleContract());
  assert.doesNotMatch(contract, /^import /m);
  assert.match(contract, /@deprecated use tell/);
  assert.equal(await compile({ 'contract.ts': contract, 'client.ts': client }), '');
});

test('the types that name the server’s classes follow them', async () => {
  const sample = join(root, 'test/contract/sample.js');
  const importOf = (name: string) => (['Chat', 'Line'].includes(name) ? { from: sample, name } : undefined);
  const contract = writeTypes(await sampleContract(), { importOf });
  assert.match(contract, /"say": Call<Chat\["say"\], \[0, 2\?\], "room_full">;/);
  assert.match(contract, /"named": Call<Chat\["named"\], \[\{ room: 0; size\?: 1 \}\]>;/);
  const options = {
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    erasableSyntaxOnly: false,
    types: ['node'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    typeRoots: [join(root, 'node_modules/@types')],
    isolatedModules: false,
  };
  const said = await compile(
    {
      'contract.ts': contract,
      'client.ts': client.replace("'./contract'", "'./contract.js'"),
      'package.json': '{"type":"module"}',
    },
    options,
  );
  assert.equal(said, '');
});
