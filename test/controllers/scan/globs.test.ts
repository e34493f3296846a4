import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createApp, Namespace, On } from '../../../src/index.js';
import { root } from '../../repo/sources.js';
import { assertMistake, mistake, mistakes } from './mistakes.js';

const cwd = fileURLToPath(new URL('files', import.meta.url));
const quiet = { logger: false, cwd } as const;

@Namespace('/own')
class Own {
  @On() work() {}
}

test('controllers come from globs, in the order of their files, beside given classes, each once', async () => {
  const { Good } = await import('./files/good.controller.js');
  const app = await createApp({ ...quiet, controllers: [Own, '*.controller.js', '**/good.*.js', Good] });
  assert.deepEqual(
    app.table.map(({ handler }) => handler),
    ['Own.work', 'ByDefault.work', 'Good.work'],
  );
  await app.close();
});

describe('a glob as people write it', () => {
  const good = ['ByDefault.work', 'Good.work'];
  /** A folder whose names are full of glob characters, with the same files. */
  const odd = join(cwd, '..', 'files (copy) [1] {x}');
  before(() => cpSync(cwd, odd, { recursive: true }));
  after(() => rmSync(odd, { recursive: true, force: true }));
  const posix = cwd.replaceAll('\\', '/');
  const cases: readonly [name: string, controllers: string[], expected: string[], cwd?: string][] = [
    ['backslashes', ['.\\**\\*.controller.js'], good],
    ['backslashes in an absolute path', [`${posix}/**/*.controller.js`.replaceAll('/', '\\')], good],
    ['a file: address', [pathToFileURL(`${cwd}/*.controller.js`).href], good],
    ['a file: address with ?', [pathToFileURL(`${cwd}/goo`).href + '?.controller.js'], ['Good.work']],
    ['a file: address of one file', [pathToFileURL(join(cwd, 'good.controller.js')).href], ['Good.work']],
    ['an exclusion', ['*.controller.js', '!default.*'], ['Good.work']],
    ['an exclusion before the glob', ['!**/default.*', '*.controller.js'], ['Good.work']],
    ['an absolute exclusion', ['*.controller.js', `!${posix}/default.*`], ['Good.work']],
    ['an exclusion with backslashes', ['*.controller.js', '!.\\default.*'], ['Good.work']],
    ['an exclusion by a file: address', ['*.controller.js', `!${pathToFileURL(cwd).href}/default.*`], ['Good.work']],
    ['a pattern that begins with !(', ['!(default|broken|nothing).controller.js'], ['Good.work']],
    ['parentheses and brackets in the path', [`${odd}/**/*.controller.js`], good],
    ['parentheses and brackets in `cwd`', ['*.controller.js'], good, odd],
    ['parentheses and brackets in a relative path', ['files (copy) [1] {x}/*.controller.js'], good, join(odd, '..')],
    ['parentheses and brackets behind stars', ['**/files (copy) [1]*/*.controller.js'], good, join(odd, '..')],
    ['parentheses in a file: address', [pathToFileURL(odd).href + '/*.controller.js'], good],
    ['parentheses in an exclusion', [`${odd}/*.controller.js`, `!${odd}/default.*`], ['Good.work']],
    ['a file by its own name', [join(odd, 'good.controller.js')], ['Good.work']],
  ];
  for (const [name, controllers, expected, from = cwd] of cases) {
    it(`finds its files: ${name}`, async () => {
      const app = await createApp({ logger: false, cwd: from, controllers });
      await app.close();
      assert.deepEqual(
        app.table.map(({ handler }) => handler),
        expected,
      );
    });
  }

  it('and only leaves files out is a mistake', async () => {
    const problem = await mistake(['!*.js'], { cwd });
    assertMistake(problem, "controllers: '!*.js'", /only leave files out/, /name the files/);
  });
});

test('a glob that matches no file is a mistake, with the folder that was looked in', async () => {
  const problem = await mistake(['nowhere/**/*.js'], { cwd });
  assertMistake(
    problem,
    "controllers: 'nowhere/**/*.js'",
    /matches no file in .*files/,
    /correct the glob.*`cwd`.*\.js/,
  );
});

test('a glob whose files hold no controller is a mistake', async () => {
  const problem = await mistake(['nothing.js'], { cwd });
  assertMistake(problem, "controllers: 'nothing.js'", /matches 1 file.* none exports a class/, /correct the glob/);
});

test('a file that cannot be loaded is a mistake that names the file and keeps the reason', async () => {
  const problem = await mistake(['broken.js'], { cwd });
  assert.match(problem.where, /broken\.js$/);
  assert.match(problem.what, /this file is broken/);
  assert.equal((problem.cause as Error).message, 'this file is broken');
});

test('what often keeps a file from loading is explained', async () => {
  const reasons: Record<string, RegExp> = {
    "Cannot access 'Dto' before initialization": /import cycle/,
    "The requested module './x.js' does not provide an export named 'Dto'": /import type.*isolatedModules/,
    'Unknown file extension ".ts"': /@oxc-node\/core\/register/,
  };
  for (const [reason, fix] of Object.entries(reasons)) {
    const importer = (): Promise<never> => Promise.reject(new ReferenceError(reason));
    const problem = await mistake(['good.controller.js'], { cwd, importer });
    assert.ok(problem.what.includes(reason));
    assert.match(problem.fix, fix);
  }
});

test('a TypeScript file of which node can only strip the types is explained: it must be compiled', async () => {
  const sources = { cwd: join(root, 'test/controllers/scan/files') };
  const decorator = new SyntaxError('Invalid or unexpected token');
  const property = Object.assign(new SyntaxError('TypeScript parameter property is not supported'), {
    code: 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  });
  for (const error of [decorator, property]) {
    const importer = (): Promise<never> => Promise.reject(error);
    assert.match((await mistake(['good.controller.ts'], { ...sources, importer })).fix, /@oxc-node\/core\/register/);
  }
  const importer = (): Promise<never> => Promise.reject(decorator);
  const ours = await mistake(['good.controller.js'], { cwd, importer });
  assert.match(ours.fix, /fix the file/, 'JavaScript that is wrong is not to be compiled');
});

test('each file that cannot be loaded is told of, and what of the others is wrong too', async () => {
  const problems = await mistakes(['broken.js', 'none.js', Own, Own, class Bare {}], { cwd });
  assert.equal(problems.length, 3);
});
