import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from './page.js';

interface Capability {
  readonly id: string;
  readonly name: string;
  readonly how: string;
  readonly proof: string;
}

/** Those that no test proves; each says why. */
const withoutTest = ['81', 'F35', 'F38', 'P1', 'P21', 'S34'];

function readCapabilities(): Capability[] {
  const lines = readFileSync(join(root, 'docs', 'capabilities.md'), 'utf8').split('\n');
  const rows = lines.filter((line) => /^\| [A-Z]?\d+ \|/.test(line));
  return rows.map((row) => {
    const [, id, name, how, proof, rest] = row.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
    assert.equal(rest, '', row);
    return { id: id!, name: name!, how: how!, proof: proof! };
  });
}

/** The names of the tests in a file, as they are written there. */
function testNames(file: string): string[] {
  const source = readFileSync(join(root, 'test', file), 'utf8');
  const calls = source.matchAll(/(?<![.\w])(?:it|test|over)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g);
  return Array.from(calls, ([, , name]) => name!.replaceAll(/\\(['"`])/g, '$1'));
}

const capabilities = readCapabilities();
const files = new Set(
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts')),
);

describe('the table of capabilities', () => {
  it('has every row once, numbered without a gap', () => {
    const numbers = (prefix: string, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
    const expected = [
      ...numbers('', 95),
      ...numbers('F', 46),
      ...numbers('P', 22),
      ...numbers('S', 42),
      ...numbers('N', capabilities.filter(({ id }) => id.startsWith('N')).length),
    ];
    assert.deepEqual(
      capabilities.map(({ id }) => id),
      expected,
    );
  });

  it('has no empty row', () => {
    for (const { id, name, how, proof } of capabilities) assert.ok(name && how && proof, id);
  });

  it('names tests that are there, each by its file and its exact name', () => {
    for (const { id, proof } of capabilities) {
      if (withoutTest.includes(id)) continue;
      for (const part of proof.split('<br>')) {
        const [, file, name] = /^`(\S+)`: `(.+)`$/.exec(part) ?? assert.fail(`${id}: ${part}`);
        assert.ok(files.has(file!), `${id}: ${file}`);
        assert.ok(testNames(file!).includes(name!), `${id}: '${name}' in ${file}`);
      }
    }
  });

  it('says why where no test proves a row', () => {
    const unproved = capabilities.filter(({ proof }) => !proof.startsWith('`'));
    assert.deepEqual(
      unproved.map(({ id }) => id),
      withoutTest,
    );
    for (const { id, proof } of unproved) assert.match(proof, /^no test: .{20,}/, id);
  });
});
