/** A scenario for real: a cluster is started, its clients talk, and CPU time and delays are taken down. */
import { MeasuredCluster, withBroker } from './cluster.js';
import { randomNumbers } from './events.js';
import { Rooms, type Talk } from './rooms.js';
import type { Load, Scenario } from './scenario.js';

export interface Trial extends Load {
  readonly talk: Talk;
  /** Milliseconds from a client's message to the last delivery of it that half, and 99 %, of the messages take. */
  readonly half: number;
  readonly most: number;
}

export interface Plan {
  readonly seconds: number;
  readonly runs: number;
  /** Messages beforehand, until the code is compiled. */
  readonly warmUp: number;
}

const WARM_UP_RATE = 1000;

/** One cluster, and as many talks as asked for. */
export async function attempt(scenario: Scenario, { seconds, runs, warmUp }: Plan): Promise<Trial[]> {
  const { engine, nodes, connections, room, messages } = scenario;
  const random = randomNumbers(1);
  return withBroker(engine, async (url, port) => {
    const cluster = await MeasuredCluster.start(url, nodes, port);
    try {
      const rooms = await Rooms.open(cluster.nodes, connections, room, random);
      await rooms.talk(WARM_UP_RATE, warmUp / WARM_UP_RATE, random);
      const trials: Trial[] = [];
      while (trials.length < runs) {
        trials.push(await observe(cluster, () => rooms.talk(messages, seconds, random)));
      }
      rooms.close();
      return trials;
    } finally {
      cluster.end();
    }
  });
}

async function observe(cluster: MeasuredCluster, run: () => Promise<Talk>): Promise<Trial> {
  const [before, begin] = [await cluster.used(), performance.now()];
  const talk = await run();
  const [after, micros] = [await cluster.used(), (performance.now() - begin) * 1000];
  const nodes = after.nodes.map((used, at) => (used - before.nodes[at]!) / micros);
  const { delays } = talk;
  return {
    talk,
    node: nodes.reduce((sum, share) => sum + share, 0) / nodes.length,
    broker: (after.broker - before.broker) / micros,
    half: delays[Math.floor(delays.length / 2)] ?? NaN,
    most: delays[Math.floor(delays.length * 0.99)] ?? NaN,
  };
}
