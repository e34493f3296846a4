/** The README's program as one file, made by esbuild and by webpack: minified, without optional packages. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import webpack from 'webpack';
import { openClient } from '../support/app.js';
import { startProgram } from '../docs/program.js';
import { nextEvent } from '../support/wait.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const own = join(root, 'dist/index.js');

/** Packages that only some users install. */
const optional = [
  'redis',
  'ioredis',
  'pg',
  'amqplib',
  'nats',
  '@nats-io/transport-node',
  '@socket.io/redis-streams-adapter',
  'eiows',
];

const block = (file: string, pattern: RegExp): string => pattern.exec(readFileSync(join(root, file), 'utf8'))![1]!;

/** A payload with a nested class, and what its plan is. */
const ADDITION = `
import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';

class Line {
  @ValidateNested() @Type(() => Say) say!: Say;
}

@Namespace('/bundle')
class BundleController {
  @On() nested({ say }: Line) {
    return say.text;
  }
  @On() plans() {
    return app.table.flatMap(({ payloads }) => payloads.map(({ mode, reasons }) => [mode, ...reasons].join(': ')));
  }
}
`;

/** Compiles the README's program, with another controller beside the first. */
function compileProgram(folder: string): void {
  const program = block('README.md', /```ts\n(\/\/ main\.ts[^]*?)```/)
    .replace(/\n\/\/ classes, or globs/, `\n${ADDITION}\n// classes, or globs`)
    .replace('open ${url}', 'listening on ${url}')
    .replace('controllers: [ChatController]', 'controllers: [ChatController, BundleController], watchdog: 50');
  assert.match(program, /BundleController\], watchdog/);
  writeFileSync(join(folder, 'main.ts'), program);
  writeFileSync(join(folder, 'tsconfig.json'), block('README.md', /```jsonc\n\/\/ tsconfig.json\n([^]*?)```/));
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
  assert.equal(stdout, '', 'the program compiles');
}

type Bundle = (entry: string, file: string) => Promise<void>;

/** Fails the build if an optional package is looked for. */
const bundlers: Readonly<Record<string, { readonly name: string; readonly bundle: Bundle }>> = {
  esbuild: { name: 'main.mjs', bundle: esbuild },
  webpack: {
    name: 'main.cjs',
    bundle: (entry, file) =>
      new Promise((resolve, reject) => {
        const absent = Object.fromEntries(optional.map((name) => [`${name}$`, '/not/installed']));
        webpack(
          {
            mode: 'production',
            target: 'node',
            entry,
            output: { path: join(file, '..'), filename: 'main.cjs' },
            resolve: { alias: { colloquy$: own, ...absent } },
            ignoreWarnings: [/bufferutil|utf-8-validate|Critical dependency/],
          },
          (error, stats) => {
            const failed = error ?? (stats?.hasErrors() ? new Error(stats.toString('errors-only')) : undefined);
            if (failed) reject(failed);
            else resolve();
          },
        );
      }),
  },
};

async function esbuild(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    format: 'esm',
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    alias: { colloquy: own },
    plugins: [
      {
        name: 'absent',
        setup: ({ onResolve }) =>
          onResolve({ filter: new RegExp(`^(${optional.join('|')})$`) }, ({ path }) => ({
            errors: [{ text: `${path} is not installed` }],
          })),
      },
    ],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}

/** The program of a bundle, in a folder of its own without `node_modules`. */
async function startBundle(t: TestContext, file: string): Promise<{ port: number; output: () => string }> {
  const program = startProgram(file, join(file, '..', 'coverage'), { PORT: '0' });
  t.after(async () => assert.equal(await program.stop(), 0, program.output));
  return { port: await program.port(), output: () => program.output };
}

describe('the README’s program in one minified file', () => {
  const sources = join(root, '.build', 'bundles');
  for (const [bundler, { name, bundle }] of Object.entries(bundlers)) {
    it(`boots, serves and compiles its plans, made by ${bundler}`, { timeout: 300_000 }, async (t) => {
      rmSync(sources, { recursive: true, force: true });
      mkdirSync(sources, { recursive: true });
      compileProgram(sources);
      const folder = mkdtempSync(join(tmpdir(), 'colloquy-bundle-'));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      await bundle(join(sources, 'main.js'), join(folder, name));
      const { port, output } = await startBundle(t, join(folder, name));
      const chat = openClient(t, `http://127.0.0.1:${port}/chat`);
      await nextEvent(chat, 'connect');
      assert.deepEqual(await chat.emitWithAck('say', { text: 'hello' }), { length: 5 });
      assert.equal(
        ((await chat.emitWithAck('say', { text: 42 })) as { error: { code: string } }).error.code,
        'invalid',
      );
      const other = openClient(t, `http://127.0.0.1:${port}/bundle`);
      await nextEvent(other, 'connect');
      assert.equal(await other.emitWithAck('nested', { say: { text: 'hi' } }), 'hi');
      assert.deepEqual([...new Set((await other.emitWithAck('plans')) as string[])], ['compiled']);
      // The file of the watchdog's thread was left behind.
      if (bundler === 'esbuild') assert.match(output(), /not watched.*thread\.js/);
    });
  }
});
