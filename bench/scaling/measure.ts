/**
 * Measures what the simulation starts from, and prints it as the content of costs.ts. CPU time, so other work on the
 * machine disturbs it less than it would disturb rates; brokers are those of this machine, started for the purpose.
 *
 *     npx tsc -p bench/scaling && node .build/bench/scaling/measure.js [messages] [connections]
 */
import { openBroker, type Broker } from '../../test/adapter/support/brokers.js';
import { Crowd } from './crowd.js';
import { brokerCpu, startNode, until, type MeasuredNode } from './processes.js';

const messages = Number(process.argv[2] ?? 20_000);
const connections = Number(process.argv[3] ?? 5000);
const engines = ['local', 'redis', 'nats', 'rabbitmq', 'postgres'];
const few = 2;
const many = 6;

/** CPU microseconds for each message, with so many nodes that serve no client. */
interface Sample {
  readonly send: number;
  readonly receive: number;
  readonly broker: number;
}

async function sample(url: string, count: number, broker: Broker | undefined): Promise<Sample> {
  const nodes: MeasuredNode[] = [];
  // One after the other: over `local:` the first one relays, and is left out of what the others cost.
  for (let n = 0; n <= count; n++) nodes.push(await startNode(url, `scaling-${process.pid}`));
  const sender = nodes[1]!;
  const everywhere = async (job: string): Promise<number[]> => Promise.all(nodes.map((node) => node.ask(job)));
  await until(async () => (await everywhere('nodes')).every((seen) => seen === nodes.length));
  const run = async (amount: number): Promise<void> => {
    const before = await everywhere('received');
    await sender.ask('broadcast', amount);
    await until(async () => (await everywhere('received')).every((got, at) => at === 1 || got >= before[at]! + amount));
  };
  await run(messages);
  const [before, brokerBefore] = [await everywhere('cpu'), broker ? brokerCpu(broker.port) : 0];
  await run(messages);
  const [after, brokerAfter] = [await everywhere('cpu'), broker ? brokerCpu(broker.port) : 0];
  for (const node of nodes) node.end();
  const cost = nodes.map((_, at) => (after[at]! - before[at]!) / messages);
  const receivers = cost.slice(2);
  const receive = receivers.reduce((sum, each) => sum + each, 0) / receivers.length;
  return { send: cost[1]!, receive, broker: broker ? (brokerAfter - brokerBefore) / messages : cost[0]! - receive };
}

async function measureEngine(name: string): Promise<Record<string, number>> {
  const broker = name === 'local' ? undefined : await openBroker(name);
  try {
    await broker?.start();
    const url = broker?.url ?? 'local:';
    const [small, large] = [await sample(url, few, broker), await sample(url, many, broker)];
    const copy = Math.max(0, (large.broker - small.broker) / (many - few));
    const intake = Math.max(0, small.broker - copy * (few + 1));
    return { send: small.send, receive: large.receive, intake, copy };
  } finally {
    await broker?.dispose();
  }
}

/** One application with many clients: what a connection holds and costs, what a delivery costs, and a call. */
async function measureClients(): Promise<Record<string, number>> {
  const node = await startNode('', 'none');
  const clients = await Crowd.open(node, 100);
  await clients.deliver(100);
  await clients.call(20);
  const base = await node.ask<NodeJS.MemoryUsage>('memory');
  const connect = await cpuOf(node, () => clients.grow(connections));
  const full = await node.ask<NodeJS.MemoryUsage>('memory');
  await clients.deliver(5);
  const delivery = await cpuOf(node, () => clients.deliver(40));
  const call = await cpuOf(node, () => clients.call(10));
  clients.close();
  node.end();
  const all = connections + 100;
  return {
    baseBytes: base.rss,
    connectionBytes: (full.rss - base.rss) / connections,
    heapBytes: (full.heapUsed - base.heapUsed) / connections,
    connect: connect / connections,
    delivery: delivery / 40 / all,
    call: call / 10 / all,
  };
}

async function cpuOf(node: MeasuredNode, work: () => Promise<void>): Promise<number> {
  const before = await node.ask('cpu');
  await work();
  return (await node.ask('cpu')) - before;
}

for (const [name, values] of [
  ['clients', measureClients] as const,
  ...engines.map((name) => [name, () => measureEngine(name)] as const),
]) {
  const rounded = Object.entries(await values()).map(
    ([key, value]) => `${key}: ${value > 1000 ? Math.round(value) : value.toFixed(1)}`,
  );
  console.log(`${name}: { ${rounded.join(', ')} },`);
}
