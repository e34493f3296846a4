/** What the published package holds besides code. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './sources.js';

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
}

test('a debugger can step into the package: every source map carries its sources', () => {
  const maps = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.js.map'),
  );
  assert.ok(maps.length > 100);
  for (const file of maps) {
    const { sources, sourcesContent = [] } = JSON.parse(readFileSync(join(root, 'dist', file), 'utf8')) as SourceMap;
    assert.equal(sourcesContent.filter((text) => typeof text === 'string').length, sources.length, file);
  }
});

test('no dependency is asked for in any version', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'peerDependencies' | 'devDependencies',
    Record<string, string>
  >;
  const { dependencies, peerDependencies, devDependencies } = manifest;
  const wild = Object.entries({ ...dependencies, ...peerDependencies, ...devDependencies }).filter(([, range]) =>
    /^(\*|latest|x)$/.test(range),
  );
  assert.deepEqual(wild, []);
});
