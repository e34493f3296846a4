/**
 * Imports every test file of this folder into one process: one start, one set of closing counts.
 * `TEST=payload,plan npm test` runs only the files whose path contains one of the words.
 */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const words = (process.env['TEST'] ?? '').split(',').filter(Boolean);
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) throw new Error(`no test file matches TEST=${words.join(',')}`);

async function load(): Promise<void> {
  for (const file of files) await import(pathToFileURL(join(here, file)).href);
}

/** Begun here, so that the files' tests are the runner's own and not part of the first one. */
const loaded = load();

/** The runner's first test: none of the others begins, and none can end the process, before all files are loaded. */
test(`${files.length} test files load`, () => loaded);
