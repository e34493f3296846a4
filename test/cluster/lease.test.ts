import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Hub } from '../../src/cluster/bus/hub.js';
import { type AdapterLink, openAdapter } from '../../src/cluster/index.js';
import { MemoryTransport } from '../../src/cluster/transports/memory.js';
import { nextWarning } from '../support/wait.js';
import { type Broker, brokerAbsence, openBroker } from './support/brokers.js';
import { converged, startNode, type TestNode } from './support/cluster.js';
import { absence, absent, engineNamed, ENGINES } from './support/engines.js';

/** Asks for the lease in a forked node, and keeps the times between which it had it there. */
async function ask(node: TestNode): Promise<void> {
  await node.run(({ link, kept }) => {
    const spans: { from: number; to: number }[] = [];
    kept['spans'] = spans;
    kept['lease'] = link.lease('job', {
      onAcquired: (signal) => {
        const span = { from: Date.now(), to: Infinity };
        spans.push(span);
        signal.addEventListener('abort', () => (span.to = Date.now()));
      },
    });
  });
}

type Span = { from: number; to: number };

const spansOf = (node: TestNode): Promise<Span[]> => node.run(({ kept }) => kept['spans'] as Span[]);

/** Waits until one of the nodes has it. */
async function holder(nodes: readonly TestNode[]): Promise<TestNode> {
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    for (const node of nodes) if ((await spansOf(node)).at(-1)?.to === Infinity) return node;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return assert.fail('nobody holds the lease');
}

function noOverlap(spans: Span[]): void {
  spans.sort((a, b) => a.from - b.from);
  for (let at = 1; at < spans.length; at++) assert.ok((spans[at]?.from ?? 0) >= (spans[at - 1]?.to ?? 0));
}

describe('a lease', { concurrency: 2 }, () => {
  for (const engine of ENGINES.filter(({ name }) => name !== 'memory' && !name.endsWith('(ioredis)'))) {
    it(`${engine.name}: one node holds it; it moves when that one closes, and when it is killed`, async (t) => {
      const missing = await absence(engine);
      if (missing) return t.skip(missing);
      const options = { prefix: `lease-${process.pid}`, heartbeat: { interval: 200, timeout: 2000 } };
      const start = (): Promise<TestNode> => startNode({ engine: engine.name, role: 'server', options });
      const nodes = await Promise.all([start(), start(), start()]);
      await converged(nodes);
      await Promise.all(nodes.map(ask));
      const first = await holder(nodes);
      const spans = (await Promise.all(nodes.map(spansOf))).flat();
      assert.equal(spans.length, 1, 'one node has got it, once');

      const left = nodes.filter((node) => node !== first);
      const before = Date.now();
      await first.stop();
      const second = await holder(left);
      // With the local relay, which may have ended with that node, all links are new and listen first.
      const limit = engine.name === 'local' ? 5000 : 1500;
      assert.ok(((await spansOf(second))[0]?.from ?? 0) - before < limit, 'without waiting for the timeout');

      const killed = Date.now();
      second.child?.kill('SIGKILL');
      const [last] = left.filter((node) => node !== second);
      assert.ok(last);
      await holder([last]);
      const [span] = await spansOf(last);
      const waited = (span?.from ?? 0) - killed;
      assert.ok(waited > 1500, `moved after ${waited} ms, before the killed node was certain to have let go`);
      await Promise.all([second.stop(), last.stop()]);
    });
  }

  it('is let go when the broker dies, held by one again when it is back, and never by two', async (t) => {
    const missing = brokerAbsence('redis');
    if (missing) return t.skip(absent(missing));
    const broker: Broker = await openBroker('redis');
    await broker.start();
    const options = { url: broker.url, prefix: 'lease', heartbeat: { interval: 200, timeout: 1000 } };
    const start = (): Promise<TestNode> => startNode({ engine: 'redis', role: 'server', options });
    const nodes = await Promise.all([start(), start()]);
    await converged(nodes);
    await Promise.all(nodes.map(ask));
    const first = await holder(nodes);
    await broker.kill();
    await first.run(async ({ kept }) => {
      while ((kept['spans'] as { to: number }[])[0]?.to === Infinity)
        await new Promise((resolve) => setTimeout(resolve, 5));
    });
    await broker.start();
    await holder(nodes);
    const second = await holder(nodes);
    broker.pause(true);
    await second.run(async ({ kept }) => {
      while ((kept['spans'] as { to: number }[]).at(-1)?.to === Infinity)
        await new Promise((resolve) => setTimeout(resolve, 5));
    });
    broker.pause(false);
    await holder(nodes);
    noOverlap((await Promise.all(nodes.map(spansOf))).flat());
    await Promise.all(nodes.map((node) => node.stop()));
    await broker.dispose();
  });

  it('a holder that was stopped and continued lets go, and does not take it back', async (t) => {
    const missing = await absence(engineNamed('redis'));
    if (missing) return t.skip(missing);
    const options = { prefix: `lease-stop-${process.pid}`, heartbeat: { interval: 200, timeout: 2500 } };
    const start = (): Promise<TestNode> => startNode({ engine: 'redis', role: 'server', options });
    const nodes = await Promise.all([start(), start()]);
    await converged(nodes);
    await Promise.all(nodes.map(ask));
    const first = await holder(nodes);
    const others = nodes.filter((node) => node !== first);
    first.child?.kill('SIGSTOP');
    const second = await holder(others);
    first.child?.kill('SIGCONT');
    await first.run(async ({ kept }) => {
      while ((kept['spans'] as { to: number }[]).at(-1)?.to === Infinity)
        await new Promise((resolve) => setTimeout(resolve, 5));
    });
    await converged(nodes);
    assert.equal((await spansOf(second)).at(-1)?.to, Infinity);
    await Promise.all(nodes.map((node) => node.stop()));
  });

  it('is released by its holder for others, and its signal is aborted', async (t) => {
    stayAwake(t);
    const heartbeat = { interval: 50, timeout: 200 };
    const links = [1, 2].map(() => openAdapter({ url: 'memory://leases', heartbeat }));
    await Promise.all(links.map((link) => link.ready()));
    const acquired = links.map((link) => acquire(link));
    const winner = await Promise.race(acquired.map(({ signal }, at) => signal.then(() => at)));
    const loser = 1 - winner;
    assert.equal(acquired[winner]?.lease.held, true);
    assert.equal(acquired[loser]?.lease.held, false);
    acquired[winner]?.lease.release();
    assert.equal((await acquired[winner]?.signal)?.aborted, true);
    assert.equal((await acquired[loser]?.signal)?.aborted, false);
    await Promise.all(links.map((link) => link.close()));
    assert.equal((await acquired[loser]?.signal)?.aborted, true);
  });

  it('those who ask at nearly the same time do not take it together', async (t) => {
    stayAwake(t);
    // The highest id asks first, and the others hear of that before they hear of each other.
    const hubs = ['cc', 'aa', 'bb'].map((id) => hub(id.repeat(8)));
    await Promise.all(hubs.map((each) => each.ready()));
    // Who gets what nobody else asks for has listened for long enough.
    await Promise.all(
      hubs.map((each) => new Promise<void>((resolve) => each.lease(each.uid, { onAcquired: () => resolve() }))),
    );
    const holders: string[] = [];
    await new Promise<void>((resolve) => {
      for (const each of hubs) {
        const onAcquired = (): void => {
          holders.push(each.uid);
          resolve();
        };
        each.lease('shared', { onAcquired });
      }
    });
    assert.deepEqual(holders, ['aa'.repeat(8)]);
    await Promise.all(hubs.map((each) => each.close()));
  });

  it('is asked for once per node and name', async () => {
    const link = openAdapter('memory://once');
    link.lease('x', { onAcquired: () => {} });
    assert.throws(() => link.lease('x', { onAcquired: () => {} }), /asked for the lease "x" already/);
    link.lease('y', { onAcquired: () => {} });
    await link.close();
  });

  it('an error of its work is a process warning and ends nothing', async (t) => {
    stayAwake(t);
    const link = openAdapter({ url: 'memory://failing' });
    const warned = nextWarning(/as a test wants it/);
    const lease = link.lease('x', {
      onAcquired: () => {
        throw new Error('work failed, as a test wants it');
      },
    });
    await warned;
    assert.equal(lease.held, true);
    await link.close();
  });
});

/** A node whose id is known. */
function hub(uid: string): Hub {
  const context = { url: new URL('memory://same-time'), prefix: 'lease', uid, client: undefined };
  return new Hub(uid, true, new MemoryTransport(context), {
    startup: 'fail',
    startupTimeout: 1000,
    address: 'memory',
    whenDown: 'drop',
    heartbeat: { interval: 50, timeout: 200 },
    answerTime: 0,
    onStatus: () => {},
  });
}

/** The timers of an adapter alone let a process end. */
function stayAwake(t: TestContext): void {
  const timer = setInterval(() => {}, 1000);
  t.after(() => clearInterval(timer));
}

function acquire(link: AdapterLink): { lease: ReturnType<AdapterLink['lease']>; signal: Promise<AbortSignal> } {
  let resolve!: (signal: AbortSignal) => void;
  const signal = new Promise<AbortSignal>((done) => (resolve = done));
  return { lease: link.lease('memory', { onAcquired: (given) => resolve(given) }), signal };
}
