/** Imports the test files of some rooms into one process. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import './outside.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const words = (process.env['TEST'] ?? '').split(',').filter(Boolean);
const chosen = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
if (chosen.length === 0) throw new Error(`no test file matches TEST=${words.join(',')}`);

/** The files of the processes that have their own: commands and pages, packages and samples, several nodes. */
export const commands: RegExp = /^(cli|contract|create)\//;
export const programs: RegExp = /^(consumer|docs|samples)\//;
export const cluster: RegExp = /^cluster\//;

/**
 * Imports the chosen test files that belong to this process. `TEST=payload,plan npm test` chooses the files whose path
 * contains one of the words.
 * @param belongs whether a file, named by its path below `test/`, belongs to this process
 */
export function load(belongs: (file: string) => boolean): void {
  const files = chosen.filter(belongs);
  if (files.length === 0) return;
  const loaded = importAll(files);
  // The runner's first test: none of the others begins, and none can end the process, before all files are loaded.
  test(`${files.length} test files load`, () => loaded);
}

async function importAll(files: readonly string[]): Promise<void> {
  for (const file of files) await import(pathToFileURL(join(root, file)).href);
}
