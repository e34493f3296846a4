/** The relay of `local:` stands still: the others hear nothing of each other, say so, and nobody gets its lease; then they are one cluster again. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { client, converged, next, startNode, type TestNode } from './support/cluster.js';

/** Three nodes, of which the first relays and holds a lease, that the others wait for; then it stands still, and their links are down. */
async function stopRelay(t: TestContext, prefix: string): Promise<{ relay: TestNode; others: TestNode[] }> {
  const options = { prefix: `${prefix}-${process.pid}`, heartbeat: { interval: 200, timeout: 1000 } };
  const start = async (): Promise<TestNode> => {
    const node = await startNode({ engine: 'local', role: 'server', options });
    t.after(() => node.child?.kill('SIGKILL'));
    return node;
  };
  const relay = await start();
  const others = await Promise.all([start(), start()]);
  await converged([relay, ...others]);
  await ask(relay);
  await holder([relay]);
  await Promise.all(others.map(ask));
  relay.child?.kill('SIGSTOP');
  for (const node of others) {
    await node.run(async ({ link }) => {
      const end = Date.now() + 20_000;
      while (link.health().state !== 'down') {
        if (Date.now() > end) throw new Error(`its link is ${link.health().state}, not down`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
  }
  return { relay, others };
}

const ask = (node: TestNode): Promise<void> =>
  node.run(({ link, kept }) => void (kept['lease'] = link.lease('job', { onAcquired: () => {} })));

const holders = async (nodes: readonly TestNode[]): Promise<number> => {
  const held = nodes.map((node) => node.run(({ kept }) => (kept['lease'] as { held: boolean }).held));
  return (await Promise.all(held)).filter(Boolean).length;
};

/** Waits until one of these nodes holds the lease. */
async function holder(nodes: readonly TestNode[]): Promise<void> {
  const end = Date.now() + 20_000;
  for (let count = 0; count !== 1; count = await holders(nodes)) {
    assert.ok(count < 2 && Date.now() < end, `${count} hold it`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function hearEachOther([first, second]: readonly TestNode[]): Promise<void> {
  const listener = await client(first!);
  const heard = next(listener, 'said');
  await second!.run(({ io }) => void io.emit('said', 'again'));
  assert.deepEqual(await heard, ['again']);
  listener.close();
}

describe('a relay that stands still', { concurrency: 2 }, () => {
  it('leaves the links of the others down and its lease to nobody; all are one cluster when it goes on', async (t) => {
    const { relay, others } = await stopRelay(t, 'relay-stopped');
    assert.equal(await holders(others), 0);
    relay.child?.kill('SIGCONT');
    await converged([relay, ...others]);
    await holder([relay, ...others]);
    await hearEachOther(others);
    await Promise.all([relay, ...others].map((node) => node.stop()));
  });

  it('and is killed then leaves one of the others to relay, and its lease to one of them', async (t) => {
    const { relay, others } = await stopRelay(t, 'relay-killed');
    assert.equal(await holders(others), 0);
    relay.child?.kill('SIGKILL');
    await converged(others);
    await holder(others);
    await hearEachOther(others);
    await Promise.all(others.map((node) => node.stop()));
  });
});
