/** createTestCluster: several applications in one process that find each other as the nodes of a cluster do. */
import { Activity, type WaitOptions } from './activity.js';
import { assembleTestApp, type TestApp, type TestAppOptions } from './app.js';
import { loadMemory } from './load-memory.js';
import { queueingLease } from './lease.js';

/**
 * Milliseconds: no node is missed, in effect. A mocked clock that jumps leaves no turn for a heartbeat to arrive. Twelve
 * days are as long as a timer of Node.js can be.
 */
const heartbeat = { interval: 2 ** 29, timeout: 2 ** 30 };

let clusters = 0;

/** Applications under test that are one cluster. Activity between two of them counts for all of them. */
export interface TestCluster extends AsyncDisposable {
  readonly nodes: readonly TestApp[];
  /** As {@link TestApp.delivered}, for all nodes; so is that of each node. */
  delivered(): Promise<void>;
  /** As {@link TestApp.settled}, for all nodes; so is that of each node. */
  settled(options?: WaitOptions): Promise<void>;
  /** Closes the nodes that are not closed yet, one after the other. */
  close(): Promise<void>;
}

/**
 * Makes the nodes of a cluster, joined by the cluster adapter's in-memory engine: broadcasts, `fetchSockets`, `socketsJoin`, `disconnectSockets`,
 * `serverSideEmit`, and background work that runs once in a cluster.
 *
 * @param size how many nodes
 * @param options the same for all, or a function that returns those of the first node (0), the second (1) …
 * @returns the cluster, with its nodes
 * @throws SetupError with every mistake that was found
 */
export async function createTestCluster(
  size: number,
  options: TestAppOptions | ((index: number) => TestAppOptions),
): Promise<TestCluster> {
  const { MemoryNetwork, Traffic } = await loadMemory();
  const activity = new Activity(new Traffic());
  const adapter = { url: `memory://test-${++clusters}`, client: () => activity.traffic, heartbeat };
  const lease = queueingLease();
  const nodes: TestApp[] = [];
  for (let index = 0; index < size; index++) {
    const own = typeof options === 'function' ? options(index) : options;
    nodes.push(await assembleTestApp({ ...own, adapter, lease }, activity, MemoryNetwork));
  }
  const close = async (): Promise<void> => {
    for (const node of nodes) await node.close();
  };
  return {
    nodes,
    delivered: () => activity.delivered(),
    settled: (wait) => activity.settled(wait),
    close,
    [Symbol.asyncDispose]: close,
  };
}
