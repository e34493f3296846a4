/** Nodes that have found each other, and their broker. */
import { openBroker } from '../../test/cluster/support/brokers.js';
import type { Order } from './node.js';
import { brokerCpu, startNode, until, type MeasuredNode } from './processes.js';

/** Microseconds of CPU used so far. */
export interface Used {
  readonly nodes: readonly number[];
  /** Of `local:`, which has none, 0. */
  readonly broker: number;
}

export class MeasuredCluster {
  private constructor(
    readonly nodes: readonly MeasuredNode[],
    private readonly brokerPort: number | undefined,
  ) {}

  static async start(url: string, count: number, brokerPort?: number): Promise<MeasuredCluster> {
    const nodes: MeasuredNode[] = [];
    const cluster = new MeasuredCluster(nodes, brokerPort);
    // One after the other: over `local:` the first one relays.
    for (let n = 0; n < count; n++) nodes.push(await startNode(url, `scaling-${process.pid}`));
    await until(async () => (await cluster.ask('nodes')).every((seen) => seen === count));
    return cluster;
  }

  get hasBroker(): boolean {
    return this.brokerPort !== undefined;
  }

  ask(job: Order['job']): Promise<number[]> {
    return Promise.all(this.nodes.map((node) => node.ask(job)));
  }

  async used(): Promise<Used> {
    return { nodes: await this.ask('cpu'), broker: this.brokerPort === undefined ? 0 : brokerCpu(this.brokerPort) };
  }

  end(): void {
    for (const node of this.nodes) node.end();
  }
}

/** Runs the work with a broker of its own, which is gone afterwards; `local:` needs none. */
export async function withBroker<T>(engine: string, work: (url: string, port?: number) => Promise<T>): Promise<T> {
  if (engine === 'local') return work('local:');
  const broker = await openBroker(engine);
  try {
    await broker.start();
    return await work(broker.url, broker.port);
  } finally {
    await broker.dispose();
  }
}
