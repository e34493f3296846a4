/** Where create-colloquy writes, and under which name. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { UsageError } from '../../create-colloquy/src/choices.js';
import { targetOf } from '../../create-colloquy/src/target.js';

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'colloquy-target-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

function refuses(given: string, cwd: string, says: RegExp): void {
  assert.throws(
    () => targetOf(given, cwd),
    (error) => error instanceof UsageError && says.test(error.message),
    given,
  );
}

describe('the folder of a new program', () => {
  it('names it: a new one, one inside of another, the current one, and one with a scope', (t) => {
    const cwd = folder(t);
    assert.deepEqual(targetOf('my-app', cwd), { folder: join(cwd, 'my-app'), shown: 'my-app', name: 'my-app' });
    assert.equal(targetOf('apps/chat_2.0', cwd).name, 'chat_2.0');
    assert.equal(targetOf('@me/chat', cwd).name, '@me/chat');
    assert.equal(targetOf('@me/chat', cwd).shown, 'chat');
    mkdirSync(join(cwd, 'here'));
    assert.deepEqual(targetOf('.', join(cwd, 'here')), { folder: join(cwd, 'here'), shown: '', name: 'here' });
  });

  it('may hold a new repository, and nothing else', (t) => {
    const cwd = folder(t);
    mkdirSync(join(cwd, 'app/.git'), { recursive: true });
    assert.equal(targetOf('app', cwd).name, 'app');
    writeFileSync(join(cwd, 'app/notes.txt'), '');
    refuses('app', cwd, /is not empty: notes\.txt\. Choose another name, or empty it\. Nothing was written\./);
    refuses('app/notes.txt', cwd, /is a file/);
    assert.equal(basename(targetOf('other', cwd).folder), 'other');
  });

  it('has a name that npm takes, or the error shows one', (t) => {
    const cwd = folder(t);
    refuses('My App', cwd, /'My App' is not a name.+For example: my-app$/);
    for (const name of ['.hidden', '_private', 'UPPER', 'a b', 'é', 'node_modules', 'a'.repeat(215), '@Me/app', '💬']) {
      refuses(name, cwd, /is not a name for a package/);
    }
    const fixed = (name: string): string | undefined => {
      try {
        return targetOf(name, cwd).name;
      } catch (error) {
        return /For example: (\S+)$/.exec((error as Error).message)?.[1];
      }
    };
    for (const name of ['.hidden', '_private', 'UPPER', 'a b', 'My  App!', '@Me/app']) {
      assert.equal(targetOf(fixed(name)!, cwd).name, fixed(name), 'the example is one that is taken');
    }
  });
});
