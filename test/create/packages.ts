/** Programs of create-colloquy, made and installed from the packed packages. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Runner, Template } from '../../create-colloquy/src/choices.js';
import { root } from '../repo/sources.js';
import { run, unreachable } from '../support/run.js';

/** Runs a command that must succeed. */
export async function succeed(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, output } = await run(command, args, cwd);
  assert.equal(code, 0, `${command} ${args.join(' ')}\n${output}`);
  return output;
}

/** Both packages, packed into a folder. */
export class Packages {
  private constructor(
    readonly folder: string,
    private readonly bin: string,
    private readonly colloquy: string,
  ) {}

  static async pack(): Promise<Packages> {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-create-'));
    const pack = async (cwd: string): Promise<string> => {
      const output = await succeed('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], cwd);
      return join(folder, output.trim().split('\n').at(-1)!);
    };
    const colloquy = await pack(root);
    const create = await pack(join(root, 'create-colloquy'));
    await succeed('npm', ['install', '--no-audit', '--no-fund', '--prefix', join(folder, 'tool'), create], folder);
    return new Packages(folder, join(folder, 'tool/node_modules/.bin/create-colloquy'), colloquy);
  }

  /** Makes a program and installs its packages; `undefined` where the registry is out of reach, and the test is skipped. */
  async make(t: TestContext, name: string, template: Template, runner: Runner): Promise<string | undefined> {
    await succeed(this.bin, [name, '--template', template, '--runner', runner, '--no-install'], this.folder);
    const project = join(this.folder, name);
    const manifest = join(project, 'package.json');
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8').replace(/("colloquy": )"[^"]+"/, `$1${JSON.stringify(`file:${this.colloquy}`)}`),
    );
    const { code, output } = await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], project);
    if (code === 0) return project;
    assert.ok(unreachable.test(output) && !process.env['CI'], output);
    t.skip('the package registry is out of reach');
    return undefined;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
