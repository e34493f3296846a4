import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Background, Namespace, sleep, type Lease } from '../../src/index.js';
import { start } from '../support/app.js';
import { until } from '../support/wait.js';

/** Leases for the nodes of this process: the first in the queue holds it. */
function localLeases(): Lease & { lose(): void } {
  const queue: { acquired: (lost: AbortSignal) => void; control: AbortController }[] = [];
  const grant = (): void => queue[0]?.acquired(queue[0].control.signal);
  return {
    hold(_name, acquired) {
      const entry = { acquired, control: new AbortController() };
      if (queue.push(entry) === 1) grant();
      return () => {
        const held = queue[0] === entry;
        queue.splice(queue.indexOf(entry), 1);
        if (held) grant();
      };
    },
    /** The holder is thought dead: the next one has it. */
    lose() {
      const [holder] = queue.splice(0, 1);
      holder!.control.abort(new Error('lost'));
      queue.push({ ...holder!, control: new AbortController() });
      grant();
    },
  };
}

const running: string[] = [];

function worker(node: string) {
  @Namespace('/')
  class Worker {
    @Background({ once: 'cluster' })
    async work(signal: AbortSignal) {
      running.push(node);
      try {
        for (;;) await sleep(60_000, signal);
      } finally {
        running.splice(running.indexOf(node), 1);
      }
    }
  }
  return Worker;
}

describe("background work with once: 'cluster'", () => {
  it('runs on the node that holds the lease, and goes over to another when that one stops or loses it', async (t) => {
    const lease = localLeases();
    const a = await start(t, [worker('a')], { lease });
    const b = await start(t, [worker('b')], { lease });
    await until(() => running.length > 0, 'the start');
    assert.deepEqual(running, ['a']);
    lease.lose();
    await until(() => running.join() === 'b', 'the other node');
    await b.app.close();
    await until(() => running.join() === 'a', 'the first node again');
    await a.app.close();
    assert.deepEqual(running, []);
    assert.deepEqual([...a.log.at('error'), ...b.log.at('error')], []);
  });

  it('runs in a process that is alone', async (t) => {
    const { app } = await start(t, [worker('alone')]);
    await until(() => running.join() === 'alone', 'the start');
    await app.close();
    assert.deepEqual(running, []);
  });

  it('is given up, and the log says why, where the lease itself fails', async (t) => {
    const lease: Lease = {
      hold() {
        throw new Error('no broker');
      },
    };
    const { log } = await start(t, [worker('never')], { lease });
    await until(() => log.at('error').length > 0, 'the log line');
    assert.equal((log.at('error')[0]!.facts['err'] as Error).message, 'no broker');
    assert.deepEqual(running, []);
  });
});
