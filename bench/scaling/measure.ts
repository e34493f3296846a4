/**
 * Measures what the simulation starts from, and prints it as the content of costs.ts. CPU time, so other work on the
 * machine disturbs it less than it would disturb rates; brokers are those of this machine, started for the purpose.
 *
 *     npx tsc -p bench/scaling && node .build/bench/scaling/measure.js [connections] [engine …]
 */
import { MeasuredCluster, withBroker } from './cluster.js';
import { Crowd } from './crowd.js';
import { startNode, until, type MeasuredNode } from './processes.js';

const connections = Number(process.argv[2] ?? 5000);
const wanted = process.argv.slice(3);
const engines = ['local', 'redis', 'nats', 'rabbitmq', 'postgres'].filter(
  (name) => wanted.length === 0 || wanted.includes(name),
);
/** Messages that come alone, and bursts. */
const MESSAGES = 2000;
const BURSTS = 500;
const FEW = 2;
const MANY = 6;

/** Messages of a burst; and milliseconds between bursts, in which all of them come to rest. */
const BURST = 100;
const PAUSE = 1;

/** CPU microseconds of a turn, in which messages come, and of each message; nodes serve no client. */
interface Sample {
  readonly sender: Costs;
  readonly receiver: Costs;
  readonly broker: Costs;
}
interface Costs {
  readonly turn: number;
  readonly message: number;
}

/** From what a message costs that comes alone, and what a burst costs. */
function costs(alone: number, together: number): Costs {
  const message = Math.max(0, (together - alone) / (BURST - 1));
  return { message, turn: Math.max(0, alone - message) };
}

async function sample(url: string, receivers: number, port?: number): Promise<Sample> {
  const cluster = await MeasuredCluster.start(url, receivers + 1, port);
  try {
    await spend(cluster, BURSTS, BURST);
    const [alone, together] = [await spend(cluster, MESSAGES, 1), await spend(cluster, BURSTS, BURST)];
    return {
      sender: costs(alone.sender, together.sender),
      receiver: costs(alone.receiver, together.receiver),
      broker: costs(alone.broker, together.broker),
    };
  } finally {
    cluster.end();
  }
}

/** CPU microseconds for each of so many bursts of that size. The first node is no receiver: over `local:` it relays. */
async function spend(cluster: MeasuredCluster, count: number, size: number): Promise<Record<keyof Sample, number>> {
  const sender = cluster.nodes[1]!;
  const steps = { count: count * size, burst: size, pause: PAUSE };
  const pacing = await cpuOf(sender, () => sender.ask('idle', steps));
  const [before, heard] = [await cluster.used(), await cluster.ask('received')];
  await sender.ask('broadcast', steps);
  await until(async () =>
    (await cluster.ask('received')).every((got, at) => at === 1 || got >= heard[at]! + steps.count),
  );
  const after = await cluster.used();
  const each = after.nodes.map((used, at) => (used - before.nodes[at]!) / count);
  const receiver = mean(each.slice(2));
  const broker = cluster.hasBroker ? (after.broker - before.broker) / count : Math.max(0, each[0]! - receiver);
  return { sender: each[1]! - pacing / count, receiver, broker };
}

async function measureEngine(name: string): Promise<Record<string, number>> {
  return withBroker(name, async (url, port) => {
    const [small, large] = [await sample(url, FEW, port), await sample(url, MANY, port)];
    const perNode = (cost: keyof Costs): [first: number, each: number] => {
      const each = Math.max(0, (large.broker[cost] - small.broker[cost]) / (MANY - FEW));
      return [Math.max(0, small.broker[cost] - each * (FEW + 1)), each];
    };
    const [[intake, copy], [wake, write]] = [perNode('message'), perNode('turn')];
    const { sender, receiver } = large;
    return { send: sender.message, receive: receiver.message, turn: receiver.turn, intake, copy, wake, write };
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

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

async function cpuOf(node: MeasuredNode, work: () => Promise<unknown>): Promise<number> {
  const before = await node.ask('cpu');
  await work();
  return (await node.ask('cpu')) - before;
}

for (const [name, values] of [
  ['clients', measureClients] as const,
  ...engines.map((name) => [name, () => measureEngine(name)] as const),
]) {
  const rounded = Object.entries(await values()).map(
    ([key, value]) => `${key}: ${value > 1000 ? Math.round(value) : value.toFixed(value < 1 ? 2 : 1)}`,
  );
  console.log(`${name}: { ${rounded.join(', ')} },`);
}
