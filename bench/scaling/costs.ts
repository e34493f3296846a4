/**
 * What measure.js printed on the machine of docs/scaling.md (two cores of 2026, Node 20.20, all brokers on the same
 * machine). CPU microseconds for each, unless a name says bytes.
 */

export interface EngineCosts {
  /** The publishing node, for each message to the bus. */
  readonly send: number;
  /** Each other node, whether or not it has a client for the message. */
  readonly receive: number;
  /** A node, for each turn of its event loop in which something came, be it one message or a hundred. */
  readonly turn: number;
  /** The broker, for each message; of `local:`, the node that relays. */
  readonly intake: number;
  /** The broker, for each node that it hands the message to. */
  readonly copy: number;
  /** The broker, for each time that it begins to work, be it for one message or a hundred. */
  readonly wake: number;
  /** The broker, for each node that it writes to then. */
  readonly write: number;
}

export const clients = {
  /** Resident memory of a process with 100 clients. */
  baseBytes: 100_663_296,
  /** Resident memory of each of 5,000 more connections, of one namespace with 50 handlers. */
  connectionBytes: 12_426,
  /** The part of it that is JavaScript's heap. */
  heapBytes: 10_265,
  connect: 334.5,
  /** A broadcast, for each client that gets it: a write to its connection. */
  delivery: 10.7,
  /** A call of a client, with its answer. */
  call: 14.8,
} as const;

export const engines = {
  local: { send: 5.5, receive: 5.2, turn: 66.8, intake: 0.8, copy: 0.11, wake: 16.0, write: 11.2 },
  redis: { send: 8.0, receive: 6.4, turn: 76.2, intake: 0.53, copy: 0.2, wake: 22.9, write: 7.5 },
  nats: { send: 6.4, receive: 6.2, turn: 98.3, intake: 0.5, copy: 0.3, wake: 77.1, write: 12.5 },
  rabbitmq: { send: 15.1, receive: 12.2, turn: 48.7, intake: 0, copy: 14.7, wake: 37.9, write: 29.3 },
  postgres: { send: 7.2, receive: 6.3, turn: 69.3, intake: 2.7, copy: 0.46, wake: 91.8, write: 29.3 },
} as const satisfies Record<string, EngineCosts>;

export type EngineName = keyof typeof engines;
