/** The command in projects that run TypeScript through each of the loaders, and under each of the runtimes. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { typed, writeFiles } from '../cli/support.js';
import { root } from '../repo/sources.js';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, NODE_OPTIONS: '', npm_config_loglevel: 'error' };
    execFile(command, args, { cwd, env, maxBuffer: 1e7 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) || 1 : 0, stdout, stderr });
    });
  });
}

const wanted = [
  '@oxc-node/core@0.0.35',
  '@swc-node/register@1',
  '@swc/core@1',
  'ts-node@10',
  'typescript@5.9',
  'tsx@4',
  'bun@1',
  'deno@2',
];
const unreachable = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTCACHED|ENETUNREACH/;
const command = join(root, 'bin/colloquy.js');

describe('a project that runs TypeScript', { concurrency: false, timeout: 300_000 }, () => {
  let folder: string;
  let installed: string;
  let missing: string | undefined;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'colloquy-loaders-'));
    installed = join(folder, 'installed', 'node_modules');
    writeFiles(folder, { 'installed/package.json': '{ "private": true }' });
    const flags = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
    const result = await run('npm', [...flags, ...wanted], join(folder, 'installed'));
    if (result.code !== 0 && unreachable.test(result.stderr)) missing = 'the npm registry cannot be reached';
    else assert.equal(result.code, 0, result.stderr);
    if (missing === undefined) await run(process.execPath, [join(installed, 'bun/install.js')], join(installed, 'bun'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A project with these packages, and no other loader above it. */
  function projectWith(
    name: string,
    packages: readonly string[],
    files: Readonly<Record<string, string>> = {},
  ): string {
    const project = join(folder, name);
    const link = (target: string, as: string): void => {
      mkdirSync(dirname(join(project, 'node_modules', as)), { recursive: true });
      symlinkSync(target, join(project, 'node_modules', as));
    };
    writeFiles(project, { 'package.json': '{ "type": "module" }', ...typed, ...files });
    link(root, 'colloquy');
    for (const each of ['class-validator', 'reflect-metadata']) link(join(root, 'node_modules', each), each);
    for (const each of packages) link(join(installed, each), each);
    return project;
  }

  function isMissing(t: TestContext): boolean {
    if (missing === undefined) return false;
    assert.ok(!process.env['CI'], missing);
    t.skip(missing);
    return true;
  }

  const routes = (project: string): Promise<Outcome> => run(process.execPath, [command, 'routes'], project);
  const row = /^\/chat +say +ChatController\.say +Say$/m;

  for (const [loader, packages] of Object.entries({
    '@oxc-node/core': ['@oxc-node/core'],
    '@swc-node/register': ['@swc-node/register'],
    'ts-node': ['ts-node', 'typescript'],
  })) {
    it(`is read through ${loader}, as a module and as CommonJS`, async (t) => {
      if (isMissing(t)) return;
      const name = loader.replace(/\W/g, '');
      const module = await routes(projectWith(name, packages));
      assert.match(module.stdout, row, module.stderr);
      const source = typed['src/main.ts']
        .replace('const app = await', 'void')
        .replace(/await app[^]*/, '')
        .replace('controller.js', 'controller');
      const common = { 'package.json': '{}', 'src/main.ts': source };
      const required = await routes(projectWith(`${name}-common`, packages, common));
      assert.match(required.stdout, row, required.stderr);
    });
  }

  it('is told that tsx writes no types of parameters', async (t) => {
    if (isMissing(t)) return;
    const { code, stderr } = await routes(projectWith('tsx', ['tsx']));
    assert.equal(code, 1);
    assert.match(stderr, /^Warning: tsx writes no types of parameters/);
    assert.match(stderr, /\[no_design_types\]/);
    const functions = {
      'src/main.ts': `import { createApp } from 'colloquy';\nconst app = await createApp({ controllers: [] });\napp.on('/', 'a', (): number => 1);`,
    };
    const plain = await routes(projectWith('tsx-functions', ['tsx'], functions));
    assert.match(plain.stdout, /^\/ +a /m, plain.stderr);
  });

  it('is told what to install if nothing runs it', async (t) => {
    const { code, stderr } = await routes(projectWith('bare', []));
    if (process.features && (process.features as { typescript?: unknown }).typescript) return t.skip('Node.js runs it');
    assert.equal(code, 1);
    assert.match(stderr, /no loader for it is installed here\.\nInstall one: npm install --save-dev @oxc-node\/core/);
  });

  it('may name a loader of its own', async (t) => {
    if (isMissing(t)) return;
    const project = projectWith('named', ['@oxc-node/core', 'tsx']);
    const own = await run(process.execPath, [command, 'routes', '--loader', 'tsx'], project);
    assert.match(own.stderr, /this process runs under tsx/);
    const wrong = await run(process.execPath, [command, 'routes', '--loader', 'nolader'], projectWith('wrong', []));
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /Cannot find package 'nolader'[^]*Next: install what is missing/);
  });

  it('is read under Bun', async (t) => {
    if (isMissing(t)) return;
    const { stdout, stderr } = await run(
      join(installed, '.bin/bun'),
      [command, 'routes'],
      projectWith('bun', [], { 'src/main.ts': `import 'reflect-metadata';\n${typed['src/main.ts']}` }),
    );
    assert.match(stdout, row, stderr);
  });

  it('is read under Deno', async (t) => {
    if (isMissing(t)) return;
    const files = {
      'deno.json':
        '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true }, "nodeModulesDir": "manual" }',
      'src/main.ts': typed['src/main.ts'].replace('controller.js', 'controller.ts'),
    };
    const project = projectWith('deno', [], files);
    const { stdout, stderr } = await run(join(installed, '.bin/deno'), ['run', '-A', command, 'routes'], project);
    assert.match(stdout, row, stderr);
  });
});
