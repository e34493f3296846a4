/** The templates, as they stand in the repository. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, it } from 'node:test';
import { createApp, type AppOptions } from 'colloquy';
import { writeTypes } from '../../src/contract/index.js';
import { root } from '../repo/sources.js';

const home = join(root, 'create-colloquy');

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const read = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest;

describe('the templates of create-colloquy', () => {
  it('have a contract that is the one of their controllers', async () => {
    const { options } = (await import(pathToFileURL(join(root, '.build/templates/chat/src/options.js')).href)) as {
      options: AppOptions;
    };
    const app = await createApp({ ...options, logger: false });
    const modules: Record<string, string> = {
      ChatController: './chat.controller.js',
      Line: './events.js',
      People: './events.js',
    };
    const types = writeTypes(app.contract(), {
      importOf: (name) => (modules[name] ? { from: modules[name], name } : undefined),
    });
    await app.close();
    assert.equal(readFileSync(join(home, 'templates/chat/src/contract.ts'), 'utf8'), types);
  });

  it('ask for the versions that this repository is tested with', () => {
    const { version, devDependencies } = read(join(root, 'package.json'));
    const runners = ['vitest', 'jest'].map((name) => read(join(root, 'test/consumer/testing', name, 'package.json')));
    const tested: Record<string, string> = { ...devDependencies, colloquy: version };
    for (const runner of runners) Object.assign(tested, runner.devDependencies);
    tested['@jest/globals'] = tested['jest']!;
    const asked = ['shared', 'chat', ...readdirSync(join(home, 'templates/runners')).map((name) => `runners/${name}`)]
      .map((layer) => read(join(home, 'templates', layer, '_package.json')))
      .flatMap(({ dependencies, devDependencies: tools }) => Object.entries({ ...dependencies, ...tools }));
    assert.ok(asked.length > 10);
    for (const [name, range] of asked) assert.equal(range, `^${tested[name]?.replace('^', '')}`, name);
    assert.equal(read(join(home, 'package.json')).version, version, 'both packages are released together');
  });

  it('are in the package, with what npm leaves out of packages under another name', () => {
    const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: home });
    const [{ files }] = JSON.parse(packed.toString()) as [{ files: { path: string }[] }];
    const paths = new Set(files.map(({ path }) => path));
    for (const file of readdirSync(join(home, 'templates'), { recursive: true, withFileTypes: true })) {
      const path = join(file.parentPath, file.name).slice(home.length + 1);
      if (file.isFile() && path !== 'templates/tsconfig.json') assert.ok(paths.has(path), path);
    }
    for (const path of ['dist/index.js', 'README.md', 'LICENSE', 'package.json']) assert.ok(paths.has(path), path);
  });
});
