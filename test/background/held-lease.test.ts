/** Work that runs once in a cluster knows its lease, and no round begins without it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Background, Namespace, type HeldLease } from '../../src/index.js';
import { start } from '../support/app.js';
import { until } from '../support/wait.js';

it('each round asks first whether the lease is still held, though no signal has fired', async (t) => {
  const fences: number[] = [];
  let isHeld = true;
  @Namespace('/')
  class Rounds {
    @Background({ every: 5, once: 'cluster' })
    round(_signal: AbortSignal, lease: HeldLease) {
      fences.push(lease.fence);
      assert.equal(lease.held, true);
      // As after a pause of the process: the lease has run out, and no timer has looked yet.
      if (fences.length === 3) isHeld = false;
    }
  }
  let ended = false;
  const lease = {
    hold(_name: string, acquired: (lost: AbortSignal, lease?: HeldLease) => void) {
      acquired(new AbortController().signal, {
        fence: 42,
        get held() {
          ended ||= !isHeld;
          return isHeld;
        },
      } as HeldLease);
      return () => {};
    },
  };
  await start(t, [Rounds], { lease });
  await until(() => ended, 'the lease is asked for and not held');
  assert.deepEqual(fences, [42, 42, 42]);
});

it('alone, work has a lease too, with a number that rises', async (t) => {
  const fences: number[] = [];
  @Namespace('/')
  class Alone {
    @Background({ once: 'cluster' })
    run(_signal: AbortSignal, lease: HeldLease) {
      if (lease.held) fences.push(lease.fence);
    }
  }
  await start(t, [Alone]);
  await until(() => fences.length === 1, 'it has run');
  assert.ok(fences[0]! > 0);
});
