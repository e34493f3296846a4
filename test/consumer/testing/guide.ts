/** The programs of docs/testing.md, as a reader would copy them. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../..', import.meta.url));

export type Runner = 'node:test' | 'vitest' | 'jest';

interface Program {
  readonly file: string;
  /** The runner that it is for; `undefined` for all. */
  readonly runner: Runner | undefined;
  readonly code: string;
}

/** Every block of the guide begins with a comment that names its file, and the runner where it is for one. */
async function programs(): Promise<Program[]> {
  const guide = await readFile(join(root, 'docs/testing.md'), 'utf8');
  return [...guide.matchAll(/```(?:ts|js|json)\n([\s\S]*?)```/g)].map(([, code = '']) => {
    const [, file, runner] = /^\/\/ (\S+?)(?:, with (\S+))?\n/.exec(code) ?? [];
    assert.ok(file, `the block names its file: ${code.slice(0, 60)}`);
    return { file, runner: runner as Runner | undefined, code };
  });
}

const importedFrom: Record<Runner, string> = { 'node:test': 'node:test', vitest: 'vitest', jest: '@jest/globals' };

/** Writes the programs of a runner into a folder; gives the names of its test files. */
export async function writeGuide(folder: string, runner: Runner): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const written = (await programs()).filter((program) => program.runner === undefined || program.runner === runner);
  for (const { file, code } of written) {
    await writeFile(join(folder, file), code.replaceAll("from 'node:test'", `from '${importedFrom[runner]}'`));
  }
  return written.map(({ file }) => file).filter((file) => file.endsWith('.test.ts'));
}
