/**
 * What measure.js printed on the machine of docs/scaling.md (two cores of 2026, Node 20.20, all brokers on the same
 * machine). CPU microseconds for each, unless a name says bytes.
 */

export interface EngineCosts {
  /** The publishing node, for each message to the bus. */
  readonly send: number;
  /** Each other node, whether or not it has a client for the message. */
  readonly receive: number;
  /** The broker, for each message; of `local:`, the node that relays. */
  readonly intake: number;
  /** The broker, for each node that it hands the message to. */
  readonly copy: number;
}

export const clients = {
  /** Resident memory of a process with 100 clients. */
  baseBytes: 100_487_168,
  /** Resident memory of each of 5,000 more connections, of one namespace with 50 handlers. */
  connectionBytes: 12_871,
  /** The part of it that is JavaScript's heap. */
  heapBytes: 10_377,
  connect: 309.9,
  /** A broadcast, for each client that gets it. */
  delivery: 3.4,
  /** A call of a client, with its answer. */
  call: 20.4,
} as const;

export const engines = {
  local: { send: 6.6, receive: 8.1, intake: 0.6, copy: 0.4 },
  redis: { send: 9.7, receive: 7.8, intake: 1.6, copy: 0.3 },
  nats: { send: 9.7, receive: 7.7, intake: 2.2, copy: 0.5 },
  rabbitmq: { send: 15.9, receive: 13.4, intake: 16.6, copy: 11.6 },
  postgres: { send: 11.6, receive: 7.5, intake: 3.3, copy: 1.0 },
} as const satisfies Record<string, EngineCosts>;

export type EngineName = keyof typeof engines;
