import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { run, unreachable } from '../../support/run.js';
import { root, writeGuide, type Runner } from './guide.js';

describe('the packed test kit, with the programs of the guide,', { concurrency: true }, () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'colloquy-consumer-'));
    const packed = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], root);
    assert.equal(packed.code, 0, packed.output);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Makes a project as a user would; `undefined` where the registry is out of reach, and the test is skipped. */
  async function install(t: TestContext, name: string, runner: Runner): Promise<string | undefined> {
    const project = join(folder, name);
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    await cp(join(root, 'test/consumer/testing', name), project, { recursive: true });
    await cp(join(folder, `colloquy-${version}.tgz`), join(project, 'colloquy.tgz'));
    await writeGuide(project, runner);
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'];
    const { code, output } = await run('npm', ['install', ...quiet], project);
    if (code === 0) return project;
    assert.ok(unreachable.test(output) && !process.env['CI'], output);
    t.skip('the package registry is out of reach');
    return undefined;
  }

  test('works under node:test, and names the command where the client of Socket.IO is missing', async (t) => {
    const project = await install(t, 'node', 'node:test');
    if (!project) return;
    const compiled = await run(process.execPath, ['node_modules/typescript/bin/tsc'], project);
    assert.equal(compiled.code, 0, compiled.output);
    // By name: from version 22 on, Node.js finds the sources beside the compiled files too.
    const files = (await readdir(project)).filter((file) => file.endsWith('.test.js'));
    const { code, output } = await run(process.execPath, ['--test', '--test-reporter=tap', ...files], project);
    assert.equal(code, 0, output);
    assert.match(output, /^# pass 11$/m);
    await rm(join(project, 'node_modules/socket.io-client'), { recursive: true });
    const without = await run(process.execPath, ['--test', '--test-reporter=tap', 'chat.test.js'], project);
    assert.match(without.output, /npm install --save-dev socket\.io-client/);
    const alone = await run(process.execPath, ['--test', '--test-reporter=tap', 'alone.test.js'], project);
    assert.equal(alone.code, 0, alone.output);
  });

  test('works under vitest', async (t) => {
    const project = await install(t, 'vitest', 'vitest');
    if (!project) return;
    const { code, output } = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run'], project);
    assert.equal(code, 0, output);
    assert.match(output, /Tests {2}11 passed/);
  });

  test('works under jest, in a project of ES modules and in one of CommonJS', async (t) => {
    const project = await install(t, 'jest', 'jest');
    if (!project) return;
    const jest = 'node_modules/jest/bin/jest.js';
    const modules = await run(process.execPath, ['--experimental-vm-modules', jest], project);
    assert.equal(modules.code, 0, modules.output);
    assert.match(modules.output, /Tests: +11 passed/);
    const manifest = join(project, 'package.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"module"', '"commonjs"'));
    const commonjs = await run(process.execPath, [jest, '--config', 'jest.commonjs.config.js'], project);
    assert.equal(commonjs.code, 0, commonjs.output);
    assert.match(commonjs.output, /Tests: +11 passed/);
  });
});
