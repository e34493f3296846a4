/** A stranger's project: the packed library, its peers, and three versions of TypeScript. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { writeTypes } from '../../src/contract/index.js';
import { CLIENT, serverOptions, templateOptions } from '../contract/client-program.js';
import { sampleContract } from '../contract/sample.js';
import { completions } from './completions.js';
import { root } from '../repo/sources.js';
import { run, unreachable, type Outcome } from '../support/run.js';

const compilers = { '5.9.3': 'ts59', '6.0.3': 'ts60', '7.0.2': 'ts70' } as const;
const libraries = [
  'class-transformer',
  'class-validator',
  'reflect-metadata',
  'socket.io',
  'socket.io-client',
  'tsyringe',
];

const program = readFileSync(join(root, 'test/consumer/program.txt'), 'utf8');

/** Versions that this repository itself was tested with. */
function installed(name: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return `${name}@${version}`;
}

describe('a project that installs the package', { concurrency: false, timeout: 240_000 }, () => {
  let folder: string;
  let missing: string | undefined;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'colloquy-consumer-'));
    const packed = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], root);
    assert.equal(packed.code, 0, packed.output);
    const tarball = join(folder, packed.output.trim().split('\n').at(-1)!);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module', private: true }));
    const aliases = Object.entries(compilers).map(([version, name]) => `${name}@npm:typescript@${version}`);
    const flags = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
    const names = [...libraries, '@types/node'].map(installed);
    const result = await run('npm', [...flags, tarball, ...names, ...aliases], folder);
    if (result.code !== 0 && unreachable.test(result.output)) missing = 'the npm registry cannot be reached';
    else assert.equal(result.code, 0, result.output);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Whether the test must be skipped; a failure where nothing may be missing. */
  function isMissing(t: TestContext): boolean {
    if (missing === undefined) return false;
    assert.ok(!process.env['CI'], missing);
    t.skip(missing);
    return true;
  }

  /** Compiles the program in a folder of its own, and gives the errors in our types or in the program. */
  async function compile(
    compiler: string,
    name: string,
    options: object,
    type = 'module',
    files: Readonly<Record<string, string>> = { 'program.ts': program },
  ): Promise<Outcome> {
    const project = join(folder, name);
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, 'package.json'), JSON.stringify({ type }));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
    const compilerOptions = {
      target: 'ES2022',
      declaration: true, // what decorators return is named where a project keeps it
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      types: ['node'],
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      isolatedModules: true,
      skipLibCheck: false,
      ...options,
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const home = join(folder, 'node_modules', compiler);
    const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { bin: { tsc: string } };
    const { code, output } = await run(
      process.execPath,
      [join(home, bin.tsc), '-p', '.', '--pretty', 'false'],
      project,
    );
    const errors = output.split('\n').filter((line) => line.includes('error TS'));
    const ours = errors.filter((line) => !/node_modules[/\\](?!colloquy[/\\])/.test(line));
    if (code !== 0) assert.ok(errors.length > 0, output);
    return { code: ours.length, output: ours.join('\n') };
  }

  async function start(name: string): Promise<string> {
    const script = `import(${JSON.stringify(`./${name}/program.js`)}).then(({ main }) => main()).then(console.log)`;
    const { code, output } = await run(process.execPath, ['-e', script], folder);
    assert.equal(code, 0, output);
    return output.trim().split('\n').at(-1)!;
  }

  for (const [version, compiler] of Object.entries(compilers)) {
    it(`compiles with TypeScript ${version} (nodenext), and runs`, async (t) => {
      if (isMissing(t)) return;
      assert.equal((await compile(compiler, `esm-${compiler}`, {})).output, '');
      assert.equal(await start(`esm-${compiler}`), '3 full 1 issues invalid 0 5');
    });
  }

  for (const [version, compiler] of Object.entries(compilers)) {
    it(`types its client and its answers with TypeScript ${version}`, async (t) => {
      if (isMissing(t)) return;
      const contract = await sampleContract();
      const importOf = (name: string) => (['Chat', 'Line'].includes(name) ? { from: './sample.js', name } : undefined);
      const packaged = (file: string): string =>
        readFileSync(join(root, 'test', file), 'utf8')
          .replaceAll('../../src/index.js', 'colloquy')
          .replaceAll('../../src/testing/index.js', 'colloquy/testing');
      const standalone = { 'contract.ts': writeTypes(contract), 'program.ts': CLIENT };
      const joined = {
        'contract.ts': writeTypes(contract, { importOf }),
        'program.ts': CLIENT.replace("'./contract'", "'./contract.js'"),
        'sample.ts': packaged('contract/sample.ts'),
        'returns.ts': packaged('types/returns.ts'),
      };
      assert.equal((await compile(compiler, `page-${compiler}`, templateOptions, 'module', standalone)).output, '');
      const server = { ...templateOptions, ...serverOptions, noUnusedParameters: false };
      assert.equal((await compile(compiler, `joined-${compiler}`, server, 'module', joined)).output, '');
    });
  }

  for (const compiler of ['ts59', 'ts60']) {
    it(`completes names, keys of payloads, and codes in an editor (${compiler})`, async (t) => {
      if (isMissing(t)) return;
      const project = join(folder, `editor-${compiler}`);
      mkdirSync(project, { recursive: true });
      writeFileSync(join(project, 'contract.ts'), writeTypes(await sampleContract()));
      const head = `import { connect } from 'colloquy/client';
import { io } from 'socket.io-client';
import type { Contract } from './contract';
const chat = connect<Contract['/chat']>(io());
`;
      const wanted: readonly (readonly [line: string, names: readonly string[]])[] = [
        [`chat.call('|')`, ['count', 'named', 'say']],
        [`chat.emit('|')`, ['count', 'named', 'say']],
        [`chat.on('|', () => {})`, ['exception', 'moved', 'said']],
        [`chat.once('|', () => {})`, ['exception', 'moved', 'said']],
        [`chat.call('say', { | })`, ['marks', 'priority', 'room']],
        [`chat.call('say', { priority: '|' })`, ['high', 'low']],
        [`chat.on('said', ({ | }) => {})`, ['text']],
        [`chat.call('count', { | })`, ['signal', 'timeout']],
        [`chat.isError(null, '|')`, ['count', 'named', 'say']],
        [`chat.call('count').catch((e) => chat.isError(e, 'say') && e.code === '|')`, ['invalid', 'room_full']],
      ];
      const lines = wanted.map(([line]) => line);
      const found = completions(folder, compiler, project, templateOptions, head, lines);
      for (const [index, [line, names]] of wanted.entries()) {
        const missing = names.filter((name) => !found[index]!.includes(name));
        assert.deepEqual(missing, [], `${line}: ${found[index]!.slice(0, 20).join()}`);
        assert.ok(found[index]!.length < 20, `${line}: only what fits is offered`);
      }
    });
  }

  it('compiles as CommonJS, and runs where Node.js can require ESM', async (t) => {
    if (isMissing(t)) return;
    assert.equal((await compile('ts70', 'cjs', {}, 'commonjs')).output, '');
    assert.equal(await start('cjs'), '3 full 1 issues invalid 0 5');
  });

  it("compiles for a bundler, with everything that TypeScript's own new projects ask for", async (t) => {
    if (isMissing(t)) return;
    const options = { module: 'esnext', moduleResolution: 'bundler', noEmit: true, noUncheckedSideEffectImports: true };
    assert.equal((await compile('ts70', 'bundler', options)).output, '');
  });

  it('is told at run time, by name, that its decorators are standard ones', async (t) => {
    if (isMissing(t)) return;
    const project = join(folder, 'standard');
    mkdirSync(project, { recursive: true });
    const program = `import 'reflect-metadata';
      import { Namespace, On } from 'colloquy';
      @Namespace('/a') class Chat { @On('say') say(): void {} }
      console.log(Chat);`;
    writeFileSync(join(project, 'program.ts'), program);
    const tsc = join(folder, 'node_modules/ts59/lib/tsc.js');
    await run(
      process.execPath,
      [tsc, '--target', 'es2022', '--module', 'nodenext', '--types', 'node', '--noCheck', 'program.ts'],
      project,
    );
    const { code, output } = await run(process.execPath, [join(project, 'program.js')], folder);
    assert.notEqual(code, 0);
    assert.match(output, /"experimentalDecorators": true/);
    assert.match(output, /\bsay\b/);
  });

  it('is told at boot that its compiler writes no metadata', async (t) => {
    if (isMissing(t)) return;
    assert.equal((await compile('ts59', 'bare', { emitDecoratorMetadata: false })).output, '');
    const { code, output } = await run(
      process.execPath,
      ['-e', `import('./bare/program.js').then(({ main }) => main())`],
      folder,
    );
    assert.notEqual(code, 0);
    assert.match(output, /ConsumerController\.\w+: the compiler emitted no design types here/);
    assert.match(output, /"emitDecoratorMetadata": true/);
  });
});
