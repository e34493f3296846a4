/** The relay of `local:` stands still: the others hear nothing of each other, say so, and are one cluster again when it goes on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { client, converged, next, startNode, type TestNode } from './support/cluster.js';

describe('a relay that stands still', () => {
  it('the others are told that their link is down, and all are one cluster again when it goes on', async (t) => {
    const options = { prefix: `relay-stopped-${process.pid}`, heartbeat: { interval: 200, timeout: 1000 } };
    const start = async (): Promise<TestNode> => {
      const node = await startNode({ engine: 'local', role: 'server', options });
      t.after(() => node.child?.kill('SIGKILL'));
      return node;
    };
    const relay = await start();
    const others = await Promise.all([start(), start()]);
    await converged([relay, ...others]);
    relay.child?.kill('SIGSTOP');
    const states = await Promise.all(
      others.map((node) =>
        node.run(async ({ link }) => {
          const end = Date.now() + 20_000;
          while (link.health().state === 'up' && Date.now() < end) await new Promise((r) => setTimeout(r, 10));
          return link.health().state;
        }),
      ),
    );
    relay.child?.kill('SIGCONT');
    for (const state of states) assert.notEqual(state, 'up');
    await converged([relay, ...others]);
    const listener = await client(others[0]!);
    const heard = next(listener, 'said');
    await others[1]!.run(({ io }) => void io.emit('said', 'again'));
    assert.deepEqual(await heard, ['again']);
    listener.close();
    await Promise.all([relay, ...others].map((node) => node.stop()));
  });
});
