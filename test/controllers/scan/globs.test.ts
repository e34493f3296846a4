import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
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
