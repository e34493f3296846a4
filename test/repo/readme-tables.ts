/** The tables of the README and of the pages, so that tests can hold them against the code. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.js';

/** The rows of the first table below the heading: the texts of their cells. */
export function tableOf(page: string, heading: RegExp): string[][] {
  const lines = readFileSync(join(root, page), 'utf8').split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && heading.test(line));
  assert.ok(start >= 0, `${page} has a heading that matches ${String(heading)}`);
  const first = lines.findIndex((line, index) => index > start && line.startsWith('|'));
  const rows = lines.slice(first);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(2, end).map((row) =>
    row
      .replaceAll('\\|', '∣')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The words between backticks. */
export function codeWords(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
}
