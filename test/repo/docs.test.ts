import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as colloquy from '../../src/index.js';
import { bootErrors, switchableChecks } from '../../src/base/boot-errors.js';
import { defaultLimits, errorCodes } from '../../src/index.js';
import { codeWords, tableOf } from './readme-tables.js';
import { root, sourceFiles } from './sources.js';

test("the README's error codes are those of src/base/errors.ts", () => {
  const documented = tableOf('README.md', /error codes/i).map(([code]) => codeWords(code!)[0]);
  assert.deepEqual(new Set(documented), new Set(Object.keys(errorCodes)));
});

test('every code that the framework answers with is listed', () => {
  const used = new Set<string>();
  for (const file of sourceFiles().filter((each) =>
    /^(connections\/(?!asking|ambient)|server|base\/errors)/.test(each),
  )) {
    const text = readFileSync(join(root, 'src', file), 'utf8');
    for (const [, code] of text.matchAll(/(?:new EventError\(|quickError\(|code: )'(\w+)'/g)) used.add(code!);
  }
  used.delete('gone'); // is told to nobody: the client has left
  const unlisted = [...used].filter((code) => !(code in errorCodes) && !(code in bootErrors));
  assert.deepEqual(unlisted, []);
  assert.ok(used.size >= 5, 'the codes were found');
});

test('the limits of docs/limits.md are those of src/base/limits.ts, with their defaults', () => {
  const documented = tableOf('docs/limits.md', /^#+ limits/i).flatMap(([names]) => codeWords(names!));
  assert.deepEqual(documented.toSorted(), Object.keys(defaultLimits).toSorted());
});

test('the decorators of README and docs/decorators.md exist, and every decorator is in docs/decorators.md', () => {
  const named = (page: string): string[] =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/`@([A-Z]\w+)/g)].map(([, name]) => name!);
  const documented = new Set(named('docs/decorators.md'));
  const foreign = new Set(['Is', 'IsString', 'IsEnum', 'Type', 'Transform', 'Length', 'Allow', 'ValidateNested']);
  const missing = [...documented, ...named('README.md')].filter((name) => !(name in colloquy) && !foreign.has(name));
  assert.deepEqual(missing, []);
  const decorators = Object.entries(colloquy)
    .filter(([name, value]) => /^[A-Z]/.test(name) && typeof value === 'function' && !String(value).startsWith('class'))
    .map(([name]) => name);
  assert.ok(decorators.length > 25);
  assert.deepEqual(
    decorators.filter((name) => !documented.has(name)),
    [],
  );
});

test('docs/boot-errors.md lists the codes of src/base/boot-errors.ts, with their meaning and a remedy', () => {
  const rows = tableOf('docs/boot-errors.md', /^# /).map(([code, meaning, fix]) => [codeWords(code!)[0], meaning, fix]);
  assert.deepEqual(
    rows.map(([code, meaning]) => [code, meaning!.replaceAll('\\_', '_')]),
    Object.entries(bootErrors),
  );
  for (const [code, , fix] of rows) assert.ok(fix, `${code} has a remedy`);
});

test('docs/boot-errors.md says which checks can be switched, and what they do unless told otherwise', () => {
  const levels = tableOf('docs/boot-errors.md', /^# /).map(([code, , , level]) => [codeWords(code!)[0]!, level!]);
  const { unvalidated, ...others } = switchableChecks;
  assert.equal(unvalidated, 'warn');
  assert.deepEqual(Object.fromEntries(levels.filter(([, level]) => level !== '')), {
    ...others,
    unvalidated: 'option',
  });
});

test('every code of a boot mistake is used in the sources, and no other', () => {
  const used = new Set<string>();
  for (const file of sourceFiles()) {
    const text = readFileSync(join(root, 'src', file), 'utf8');
    for (const [, code] of text.matchAll(/code: '(\w+)',\s+(?:path|where|what|fix)|#problem\(\s*'(\w+)'/g))
      if (code) used.add(code);
    for (const [, code] of text.matchAll(/#problem\(\s*'(\w+)'/g)) used.add(code!);
  }
  assert.deepEqual([...used].toSorted(), Object.keys(bootErrors).toSorted());
});

test('src/README.md names only files and folders that are there', () => {
  const text = readFileSync(join(root, 'src/README.md'), 'utf8');
  const named = codeWords(text).flatMap((words) => /^[\w./-]+(?:\.ts|\/)$/.exec(words) ?? []);
  assert.ok(named.length > 30);
  const folders = ['', 'connections', 'controllers', 'controllers/plan', 'docs'];
  const missing = named.filter((name) => !folders.some((folder) => existsSync(join(root, 'src', folder, name))));
  assert.deepEqual(missing, []);
});
