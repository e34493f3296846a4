/** A lease of a node that is alone, and the fencing numbers of its holders. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { converged, startNode, type TestNode } from './support/cluster.js';
import { absence, ENGINES } from './support/engines.js';

interface Kept {
  fences: number[];
  waited: number;
}

/** Asks for the lease in a node, and keeps the fencing numbers that it got. */
async function ask(node: TestNode): Promise<void> {
  await node.run(({ link, kept }) => {
    const asked = Date.now();
    kept['fences'] = [];
    kept['lease'] = link.lease('job', {
      onAcquired: (_signal, fence) => {
        kept['waited'] ??= Date.now() - asked;
        (kept['fences'] as number[]).push(fence);
      },
    });
  });
}

const acquired = (node: TestNode): Promise<Kept> =>
  node.run(async ({ kept }) => {
    const end = Date.now() + 20_000;
    while ((kept['fences'] as number[]).length === 0) {
      if (Date.now() > end) throw new Error('the lease was not got');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return { fences: kept['fences'] as number[], waited: kept['waited'] as number };
  });

describe('a lease', { concurrency: 2 }, () => {
  for (const engine of ENGINES.filter(({ name }) => !name.includes('('))) {
    it(`${engine.name}: is got at once alone and beside others, with a number that rises with each holder`, async (t) => {
      const missing = await absence(engine);
      if (missing) return t.skip(missing);
      // Its timeout is longer than the test: nothing here waits for it.
      const options = { prefix: `fence-${process.pid}-${engine.name}`, heartbeat: { interval: 5000, timeout: 20_000 } };
      const start = (): Promise<TestNode> => startNode({ engine: engine.name, role: 'server', options });
      const first = await start();
      await ask(first);
      const alone = await acquired(first);
      assert.ok(alone.waited < 1000, `alone, it took ${alone.waited} ms`);

      const others = await Promise.all([start(), start()]);
      await converged([first, ...others]);
      await Promise.all(others.map(ask));
      await first.run(({ kept }) => (kept['lease'] as { release(): void }).release());
      const second = await Promise.any(others.map((node) => acquired(node).then(({ fences }) => ({ node, fences }))));
      assert.ok(second.fences[0]! > alone.fences[0]!, `${second.fences[0]} > ${alone.fences[0]}`);
      await second.node.run(({ kept }) => (kept['lease'] as { release(): void }).release());
      const third = await acquired(others.find((node) => node !== second.node)!);
      assert.ok(third.fences[0]! > second.fences[0]!, `${third.fences[0]} > ${second.fences[0]}`);
      await Promise.all([first, ...others].map((node) => node.stop()));
    });
  }
});
