/** Comments and pages for contributors are held against the sources: the files that they name are there. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { root } from './sources.js';

const comment = /\/\*\*?[^]*?\*\/|^\s*\/\/.*|\s\/\/ .*/gm;
/** The name of a file; a glob is none. */
const path = /(?<![\w@.*-])(?:[\w@-]+\/)*[\w@.-]*\w\.(?:ts|md)\b/g;

/** Files of users that stand in examples. */
const examples: ReadonlySet<string> = new Set(['main.ts', 'chat.ts', 'chat.controller.ts']);

const files = ['src', 'test'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(folder, file)),
);

/** Whether a comment of this file names one that is there: from the root, its room, its folder or one below it. */
function isThere(named: string, file: string): boolean {
  const [top, room] = file.split('/') as [string, string];
  const places = [named, join(top, named), join('src', named), join(top, room, named), join(dirname(file), named)];
  return (
    places.some((place) => existsSync(join(root, place))) ||
    files.some((each) => each.startsWith(`${dirname(file)}/`) && each.endsWith(`/${named}`))
  );
}

test('every file that a comment names is there', () => {
  let count = 0;
  const missing = files.flatMap((file) => {
    const comments = readFileSync(join(root, file), 'utf8').match(comment) ?? [];
    const named = comments.flatMap((each) => each.match(path) ?? []).filter((each) => !examples.has(each));
    count += named.length;
    return named.filter((each) => !isThere(each, file)).map((each) => `${file} names ${each}`);
  });
  assert.ok(count > 20, 'the comments were read');
  assert.deepEqual(missing, []);
});

test('every file that the pages for contributors name is there', () => {
  for (const page of ['src/README.md', 'test/README.md', 'CONTRIBUTING.md']) {
    const named = readFileSync(join(root, page), 'utf8').match(path) ?? [];
    assert.ok(named.length > 2, page);
    const missing = named.filter(
      (each) => ![each, join(dirname(page), each)].some((place) => existsSync(join(root, place))) && !isInside(each),
    );
    assert.deepEqual(missing, [], page);
  }
});

/** Whether a file of ours has this name, or ends with this path. */
function isInside(named: string): boolean {
  return files.some((file) => file.endsWith(`/${named}`));
}
