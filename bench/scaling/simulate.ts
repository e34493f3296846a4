/**
 * A cluster as queues. Every node and every broker is one core that does its work in turns, as an event loop does: a turn
 * takes what came during the one before it, in that order, at the measured costs. Clients are spread at random, and
 * messages come at random times (a Poisson process). What the network takes is not in it.
 */
import { Core } from './core.js';
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
  readonly where?: number | 'broker' | 'written';
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
  readonly broker: Core;
  readonly messages: Message[] = [];
  readonly #events = new Events<Event>();
  readonly #costs;

  constructor({ nodes, engine }: Scenario) {
    this.#costs = engines[engine];
    const { turn, wake, write } = this.#costs;
    this.nodes = Array.from({ length: nodes }, () => new Core(turn));
    this.broker = new Core(wake + nodes * write);
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
      else if (event.where === 'written') this.#write(event);
      else this.#receive(event.where, event);
    }
  }

  /** The node of the client that sent it: to the bus first, then to its own clients of the room. */
  #publish({ at, message }: Event): void {
    const delivering = deliveries(message, message.from);
    const done = this.nodes[message.from]!.work(at, clients.call + this.#costs.send + delivering);
    message.lastAt = done;
    this.#events.push({ at: done - delivering, message, where: 'broker' });
  }

  #relay({ at, message }: Event): void {
    this.broker.work(at, this.#costs.intake + this.nodes.length * this.#costs.copy);
    this.#events.push({ at: this.broker.begins, message, where: 'written' });
  }

  /** A turn of the broker begins, so all is known that it takes; at its end, all of that goes to every node. */
  #write({ message }: Event): void {
    for (let node = 0; node < this.nodes.length; node++) {
      this.#events.push({ at: this.broker.free, message, where: node });
    }
  }

  /** The one that it came from has a turn for it, and ignores it. */
  #receive(node: number, { at, message }: Event): void {
    if (node === message.from) return void this.nodes[node]!.work(at, 0);
    const delivering = deliveries(message, node);
    const done = this.nodes[node]!.work(at, this.#costs.receive + delivering);
    if (delivering > 0) message.lastAt = Math.max(message.lastAt, done);
  }
}

function deliveries(message: Message, node: number): number {
  return (message.members.get(node) ?? 0) * clients.delivery;
}
