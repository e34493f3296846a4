/** `local:`: one relay, however the processes were started, and whichever of them dies. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../support/wait.js';

const PROGRAM = fileURLToPath(new URL('support/islands.js', import.meta.url));

interface Fact {
  readonly id: number;
  readonly nodes: number;
  readonly state: string;
}

describe('processes that meet at local:', { concurrency: 3 }, () => {
  for (const kind of ['cluster', 'child_process', 'worker_threads']) {
    it(`${kind}: four that begin at once are one cluster, and stay one when any of them is killed`, async (t) => {
      const child = spawn(process.execPath, [PROGRAM, kind, `islands-${process.pid}-${kind}`], {
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      });
      const last = new Map<number, Fact>();
      const ended = new Set<number>();
      t.after(() => {
        if (kind !== 'worker_threads') for (const id of last.keys()) kill(id);
        child.kill('SIGKILL');
      });
      createInterface(child.stdout!).on('line', (line) => {
        const fact = JSON.parse(line) as Fact;
        if (!ended.has(fact.id)) last.set(fact.id, fact);
      });
      const areOne = (count: number): boolean =>
        last.size === count && [...last.values()].every(({ nodes, state }) => nodes === count && state === 'up');
      await until(() => areOne(4), 'all see four', 60_000);
      for (let left = 3; left >= 1; left--) {
        // One of them relays: in the end all but one have been killed, the first to come first.
        const [id] = last.keys();
        last.delete(id!);
        ended.add(id!);
        end(child, kind, id!);
        await until(() => areOne(left), `all see ${left}`, 60_000);
      }
      assert.equal(last.size, 1);
    });
  }
});

function end(child: ChildProcess, kind: string, id: number): void {
  if (kind === 'worker_threads') child.send(id);
  else kill(id);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
  }
}
