/** One style for constants, over sources, tests, benchmark, samples and templates. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './sources.js';

const literal = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`$]*`|-?\d[\w.]*(?:\s*(?:\*\*|[*+/-])\s*\d[\w.]*)*/;
const constant = new RegExp(
  `^(?:export )?const (\\w+)(?:: (?:string|number))? =\\s+(?:${literal.source})(?: as const)?;`,
  'gm',
);

/** Names of a test's files, of which the test is about the value. */
const exempt = /\/node_modules\/|\/\.build\/|\/dist\/|^test\/controllers\/scan\/files\/|\.d\.ts$/;

test('a number or a text that a module keeps is named in UPPER_SNAKE_CASE', () => {
  const found: string[] = [];
  for (const folder of ['src', 'test', 'bench', 'samples', 'create-colloquy']) {
    for (const each of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const file = join(folder, each);
      if (!/\.(?:ts|mjs|js)$/.test(file) || exempt.test(file)) continue;
      const text = readFileSync(join(root, file), 'utf8');
      found.push(...[...text.matchAll(constant)].map(([, name]) => `${file}: ${name}`));
    }
  }
  assert.ok(found.length > 200, 'the constants were read');
  assert.deepEqual(
    found.filter((each) => !/: [A-Z][A-Z0-9_]*$/.test(each)),
    [],
  );
});
