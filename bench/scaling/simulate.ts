/**
 * A cluster as queues. Every node and every broker is one core that does its work in the order in which it comes, at the
 * measured costs. Clients are spread at random, and messages come at random times (a Poisson process). What the network
 * takes is not in it.
 */
import { clients, engines } from './costs.js';
import { Events, randomNumbers } from './events.js';
import { cellOf, type Load, type Scenario } from './scenario.js';

export interface Outcome extends Load {
  /** The node with the most work, as a share of one core. */
  readonly busiest: number;
  /** Deliveries to clients per second, of all cells. */
  readonly deliveries: number;
  /** Milliseconds from a client's message to the last delivery of it that half, and 99 %, of the messages take. */
  readonly half: number;
  readonly most: number;
}

/** One core, and when it will have done what it was given. Times are microseconds. */
class Core {
  busy = 0;
  #free = 0;

  /** @returns when it is done */
  work(at: number, time: number): number {
    this.busy += time;
    this.#free = Math.max(at, this.#free) + time;
    return this.#free;
  }
}

interface Message {
  readonly sentAt: number;
  readonly from: number;
  /** How many clients of its room each node has. */
  readonly members: ReadonlyMap<number, number>;
  lastAt: number;
}

interface Event {
  readonly at: number;
  readonly message: Message;
  /** Where it happens; without one, a client has sent the message. */
  readonly where?: number | 'broker';
}

/** Simulates so many seconds of one cell; the others are like it. */
export function simulate(scenario: Scenario, seconds: number, seed = 1): Outcome {
  const cell = cellOf(scenario);
  const { nodes, messages } = cell;
  const random = randomNumbers(seed);
  const roomOf = placeClients(cell, random);
  const cluster = new SimulatedCluster(cell);
  const end = seconds * 1e6;
  for (let at = 0; (at += (-Math.log(1 - random()) * 1e6) / messages) < end;) cluster.send(at, roomOf(), random);
  cluster.run();
  const busy = cluster.nodes.map((node) => node.busy / end);
  const delays = Float64Array.from(cluster.messages, ({ lastAt, sentAt }) => (lastAt - sentAt) / 1000).sort();
  return {
    node: busy.reduce((sum, each) => sum + each, 0) / nodes,
    busiest: Math.max(...busy),
    broker: cluster.broker.busy / end,
    deliveries: ((scenario.cells ?? 1) * cluster.messages.length * cell.room) / seconds,
    half: delays[Math.floor(delays.length / 2)] ?? NaN,
    most: delays[Math.floor(delays.length * 0.99)] ?? NaN,
  };
}

/** Gives every client a node; then every call picks a room, and says where its members are. */
function placeClients({ nodes, connections, room }: Scenario, random: () => number): () => Map<number, number> {
  const nodeOf = Uint32Array.from({ length: connections }, () => Math.floor(random() * nodes));
  const rooms = Math.floor(connections / room);
  return () => {
    const first = Math.floor(random() * rooms) * room;
    const members = new Map<number, number>();
    for (let client = first; client < first + room; client++) {
      const node = nodeOf[client]!;
      members.set(node, (members.get(node) ?? 0) + 1);
    }
    return members;
  };
}

class SimulatedCluster {
  readonly nodes: readonly Core[];
  readonly broker = new Core();
  readonly messages: Message[] = [];
  readonly #events = new Events<Event>();
  readonly #costs;

  constructor({ nodes, engine }: Scenario) {
    this.nodes = Array.from({ length: nodes }, () => new Core());
    this.#costs = engines[engine];
  }

  /** A member of the room sends; so a node with more of them is more likely to be the one. */
  send(at: number, members: ReadonlyMap<number, number>, random: () => number): void {
    const total = [...members.values()].reduce((sum, count) => sum + count, 0);
    let pick = Math.floor(random() * total);
    let from = 0;
    for (const [node, count] of members) {
      from = node;
      if ((pick -= count) < 0) break;
    }
    const message = { sentAt: at, from, members, lastAt: at };
    this.messages.push(message);
    this.#events.push({ at, message });
  }

  run(): void {
    for (let event = this.#events.pop(); event; event = this.#events.pop()) {
      if (event.where === undefined) this.#publish(event);
      else if (event.where === 'broker') this.#relay(event);
      else this.#receive(event.where, event);
    }
  }

  /** The node of the client that sent it: to the bus first, then to its own clients of the room. */
  #publish({ at, message }: Event): void {
    const core = this.nodes[message.from]!;
    const published = core.work(at, clients.call + this.#costs.send);
    this.#events.push({ at: published, message, where: 'broker' });
    this.#deliver(message.from, published, message);
  }

  /** To every node; the one that it came from ignores it. */
  #relay({ at, message }: Event): void {
    this.broker.work(at, this.#costs.intake);
    for (let node = 0; node < this.nodes.length; node++) {
      const arrived = this.broker.work(at, this.#costs.copy);
      if (node !== message.from) this.#events.push({ at: arrived, message, where: node });
    }
  }

  #receive(node: number, { at, message }: Event): void {
    const core = this.nodes[node]!;
    this.#deliver(node, core.work(at, this.#costs.receive), message);
  }

  #deliver(node: number, at: number, message: Message): void {
    const count = message.members.get(node) ?? 0;
    if (count === 0) return;
    message.lastAt = Math.max(message.lastAt, this.nodes[node]!.work(at, count * clients.delivery));
  }
}
