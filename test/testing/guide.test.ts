import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root, writeGuide } from '../consumer/testing/guide.js';

/** Runs a program, and gives what it said. */
function run(args: string[], cwd: string): { status: number | null; output: string } {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // so that node:test reports as it does to people
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe('the guide to testing', () => {
  test('has programs that compile and pass as they stand', async () => {
    const folder = join(root, '.build', 'guide-testing');
    await rm(folder, { recursive: true, force: true });
    const tests = await writeGuide(folder, 'node:test');
    const compiled = run([join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], root);
    assert.equal(compiled.output, '');
    const files = tests.map((file) => file.replace(/\.ts$/, '.js'));
    const { status, output } = run(['--test', '--test-reporter=tap', ...files], folder);
    assert.equal(status, 0, output);
    assert.match(output, /^# pass 11$/m);
  });
});

describe('the sample of testing', () => {
  test('passes in both styles', () => {
    const loader = ['--import', '@oxc-node/core/register', '--test', '--test-reporter=tap'];
    const { status, output } = run(
      [...loader, 'samples/testing/alone.test.ts', 'samples/testing/pipeline.test.ts'],
      root,
    );
    assert.equal(status, 0, output);
    assert.match(output, /^# pass 8$/m);
  });
});
