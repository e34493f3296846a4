import type { EngineName } from './costs.js';

/** A cluster under load: clients in rooms of one size, spread evenly; each message goes to the room of who sent it. */
export interface Scenario {
  readonly engine: EngineName;
  /** Processes of one core each. */
  readonly nodes: number;
  readonly connections: number;
  /** Clients in each room. */
  readonly room: number;
  /** Messages per second from all clients together. */
  readonly messages: number;
  /** Cells: clusters that know nothing of each other, each with its part of nodes and rooms, and a broker of its own. */
  readonly cells?: number;
}

/** Shares of one core. */
export interface Load {
  /** The mean node. */
  readonly node: number;
  /** The broker of one cell, where it runs on one core. */
  readonly broker: number;
}

/** One of the cells of a scenario, which is a scenario by itself. */
export function cellOf({ cells = 1, ...whole }: Scenario): Scenario {
  return {
    ...whole,
    nodes: whole.nodes / cells,
    connections: whole.connections / cells,
    messages: whole.messages / cells,
  };
}
