/** The load of a cluster in closed form; docs/scaling.md derives it, the simulation checks it. */
import { clients, engines } from './costs.js';
import { cellOf, type Load, type Scenario } from './scenario.js';

const SECOND = 1e6;

/** What one message costs by itself: the node that answers, all that hear of it, the clients that get it, and the broker. */
function work(scenario: Scenario): Load {
  const { engine, nodes, room, messages } = cellOf(scenario);
  const { send, receive, intake, copy } = engines[engine];
  const ofNodes = clients.call + send + (nodes - 1) * receive + room * clients.delivery;
  return { node: (messages * ofNodes) / nodes / SECOND, broker: (messages * (intake + nodes * copy)) / SECOND };
}

/** How busy cores are: with the messages, and with the turns of their event loops in which these come. */
export function load(scenario: Scenario): Load {
  const { engine, nodes, messages } = cellOf(scenario);
  const { turn, wake, write } = engines[engine];
  const { node, broker } = work(scenario);
  const relaying = wake + nodes * write;
  const relays = turns(messages, broker, relaying);
  // A node is called, and hears of what the broker has gathered in a turn; of its own messages too, which it ignores.
  const ofNode = turns(messages / nodes + relays, node, turn);
  return { node: node + (ofNode * turn) / SECOND, broker: broker + (relays * relaying) / SECOND };
}

/**
 * Turns per second of a core that does so much `work` for so many arrivals a second, where each turn costs so many
 * microseconds more. What comes while a turn is under way shares the next one: if `rate` turns are each `busy / rate`
 * long, the chance that nothing comes during one is `exp(-arrivals * busy / rate)`; and as many turns end in rest as begin
 * from rest, `arrivals * (1 - busy)`.
 */
function turns(arrivals: number, work: number, turn: number): number {
  let [low, high] = [0, arrivals];
  for (let step = 0; step < 50; step++) {
    const rate = (low + high) / 2;
    const busy = work + (rate * turn) / SECOND;
    const tooMany = rate * Math.exp((-arrivals * busy) / rate) > arrivals * (1 - busy);
    if (tooMany) high = rate;
    else low = rate;
  }
  return low;
}

export interface Capacity {
  /** Messages per second of the whole cluster. */
  readonly messages: number;
  readonly first: 'nodes' | 'broker';
}

/**
 * How many messages a second take `share` of a core of the first of nodes and brokers, by themselves. The rest is left
 * for turns, which become fewer and longer as it fills.
 */
export function capacity(scenario: Omit<Scenario, 'messages'>, share = 0.5): Capacity {
  const { node, broker } = work({ ...scenario, messages: 1 });
  return { messages: share / Math.max(node, broker), first: node >= broker ? 'nodes' : 'broker' };
}

/** Resident bytes of one node. */
export function memory({ nodes, connections }: Pick<Scenario, 'nodes' | 'connections'>): number {
  return clients.baseBytes + (connections / nodes) * clients.connectionBytes;
}
