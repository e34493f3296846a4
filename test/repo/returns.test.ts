/** The doc comments of public functions. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { root } from './sources.js';

/** The entry points whose functions are called; decorators and classes begin with a capital. */
const entries = [
  'index',
  'client/index',
  'connections/ambient/index',
  'testing/index',
  'cluster/emitter/index',
  'telemetry/index',
  'telemetry/otel/index',
  'cluster/workers/index',
];

interface PublicFunction {
  readonly file: string;
  readonly name: string;
  readonly doc: string;
  readonly returns: string;
}

/** The functions of a file with these names, or of the files that it exports them from. */
function functionsOf(file: string, isWanted: (name: string) => boolean): PublicFunction[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const own = [...text.matchAll(/^export (?:async )?function ([a-z]\w*)[^]*?\)(?:: ([^]*?))?(?: \{|;)\n/gm)]
    .filter(([, name]) => isWanted(name!))
    .map(({ 1: name, 2: returns = '', index }) => ({ file, name: name!, returns, doc: commentBefore(text, index) }));
  const others = [...text.matchAll(/^export \{([^}]*)\} from '(\.[^']*)\.js';/gm)].flatMap(([, list, from]) => {
    const names = list!.split(',').map((each) => each.trim().split(' as ')[0]!);
    return functionsOf(join(dirname(file), `${from}.ts`), (name) => isWanted(name) && names.includes(name));
  });
  return [...own, ...others];
}

function commentBefore(text: string, index: number): string {
  const before = text.slice(0, index).trimEnd();
  return before.endsWith('*/') ? before.slice(before.lastIndexOf('/**')) : '';
}

test('the doc comment of a public function that returns something says what, with @returns', () => {
  const found = entries.flatMap((entry) => functionsOf(join(root, 'src', `${entry}.ts`), () => true));
  const names = new Set(found.map(({ name }) => name));
  for (const name of ['createApp', 'callAll', 'unwrap', 'rooms', 'createTestApp', 'createEmitter', 'runWorkers'])
    assert.ok(names.has(name), `${name} was read`);
  const first = found.filter(
    (each, index) => found.findIndex(({ name, file }) => name === each.name && file === each.file) === index,
  );
  const silent = first
    .filter(({ returns }) => returns !== 'void' && returns !== 'Promise<void>')
    .filter(({ doc }) => !doc.includes('@returns'))
    .map(({ file, name }) => `${file}: ${name}`);
  assert.deepEqual(silent, []);
});
