/** A holder of a lease that is stopped for long and continued. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { converged, startNode, type TestNode } from './support/cluster.js';
import { absence, engineNamed } from './support/engines.js';

describe('a holder that is stopped', { concurrency: 2 }, () => {
  for (const name of ['redis', 'redis-streams', 'nats', 'postgres']) {
    it(`${name}: another takes over with a higher number, and the old one does not hold it in its first line`, async (t) => {
      const missing = await absence(engineNamed(name));
      if (missing) return t.skip(missing);
      const options = { prefix: `paused-${process.pid}`, heartbeat: { interval: 200, timeout: 1000 } };
      const start = (): Promise<TestNode> => startNode({ engine: name, role: 'server', options });
      const ask = (node: TestNode): Promise<void> =>
        node.run(async ({ link, kept }) => {
          kept['late'] = 0;
          const lease = link.lease('job', { onAcquired: (_signal, fence) => void (kept['fence'] = fence) });
          let last = Date.now();
          // A round every 5 ms: one that follows a long pause must not find the lease held.
          setInterval(() => {
            if (Date.now() - last > 1500 && lease.held) kept['late'] = 1;
            last = Date.now();
          }, 5);
        });
      const holds = (node: TestNode): Promise<number> =>
        node.run(async ({ kept }) => {
          const end = Date.now() + 15_000;
          while (kept['fence'] === undefined && Date.now() < end)
            await new Promise((resolve) => setTimeout(resolve, 5));
          return kept['fence'] as number;
        });
      const [first, second] = [await start(), await start()];
      await converged([first, second]);
      await ask(first);
      const fence = await holds(first);
      await ask(second);
      first.child?.kill('SIGSTOP');
      const higher = await holds(second);
      assert.ok(higher > fence, `${higher} > ${fence}`);
      first.child?.kill('SIGCONT');
      assert.equal(await first.run(({ kept }) => kept['late']), 0);
      await converged([first, second]);
      assert.equal(await first.run(({ kept }) => kept['late']), 0);
      await Promise.all([first.stop(), second.stop()]);
    });
  }
});
