/** The load of a cluster in closed form; docs/scaling.md derives it, the simulation checks it. */
import { clients, engines } from './costs.js';
import { cellOf, type Load, type Scenario } from './scenario.js';

const second = 1e6;

/** What one message costs: one node that answers, all others that hear of it, the clients that get it, and the broker. */
export function load(scenario: Scenario): Load {
  const { engine, nodes, room, messages } = cellOf(scenario);
  const { send, receive, intake, copy } = engines[engine];
  const ofNodes = clients.call + send + (nodes - 1) * receive + room * clients.delivery;
  return { node: (messages * ofNodes) / nodes / second, broker: (messages * (intake + nodes * copy)) / second };
}

export interface Capacity {
  /** Messages per second of the whole cluster. */
  readonly messages: number;
  readonly first: 'nodes' | 'broker';
}

/** How many messages a second bring the first of nodes and brokers to `share` of a core. */
export function capacity(scenario: Omit<Scenario, 'messages'>, share = 0.5): Capacity {
  const { node, broker } = load({ ...scenario, messages: 1 });
  return { messages: share / Math.max(node, broker), first: node >= broker ? 'nodes' : 'broker' };
}

/** Resident bytes of one node. */
export function memory({ nodes, connections }: Pick<Scenario, 'nodes' | 'connections'>): number {
  return clients.baseBytes + (connections / nodes) * clients.connectionBytes;
}
