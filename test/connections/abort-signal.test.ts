import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface Counts {
  readonly grown: number;
  readonly early: number;
  readonly fired: number;
}

describe('@Signal() in a connection that lasts', () => {
  let counts: Counts;

  before(async () => {
    const program = fileURLToPath(new URL('abort-signal.child.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program]);
    counts = JSON.parse(stdout) as Counts;
  });

  it('leaves nothing behind when its call has ended: 60,000 calls keep less than 1 MB', () => {
    assert.ok(counts.grown < 1_000_000, `${counts.grown} bytes more`);
  });

  it('fires at the end of the connection for those that still listen, though the call is long over', () => {
    assert.deepEqual([counts.early, counts.fired], [0, 100]);
  });
});
