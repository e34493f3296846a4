/** The public types of the adapter: its option, its state, and the link to the other nodes. */
import type { Adapter } from 'socket.io-adapter';
import type { Namespace } from 'socket.io';
import type { Lease, LeaseOptions } from './bus/nodes/elections.js';

/** Socket.IO's `adapter` option: a class or a function that is called with `new` for every namespace. */
export type AdapterFactory = typeof Adapter | ((nsp: Namespace) => Adapter);

/** One option names the engine: a URL, an object, or any Socket.IO adapter factory, which is passed through untouched. */
export type AdapterOption = string | AdapterOptions | AdapterFactory;

export interface AdapterOptions {
  /**
   * Its scheme picks the engine: `local:`, `memory:`, `redis(s):`, `redis+streams:` (or `rediss+streams:`), `amqp(s):`,
   * `nats:`, `postgres(ql):`.
   */
  url: string;
  /**
   * Opens a client of the engine's library, for what a URL cannot say (TLS files, Sentinel, tokens). It is called for
   * every connection and every reconnection, must return a *new* client each time, and what it returned is closed here:
   * a `redis` or `ioredis` client, an `amqplib` connection, a NATS connection, a `pg` `Client`.
   */
  client?: () => unknown;
  /** Separates apps on one broker; every node and emitter of an app has the same. Default `colloquy`. */
  prefix?: string;
  /**
   * When the broker is not there at boot: `wait` retries until `startupTimeout`, then fails; `fail` fails at once;
   * `degraded` serves this node's own clients and goes on trying. Default `wait`.
   */
  startup?: 'wait' | 'fail' | 'degraded';
  /** Milliseconds, to which the last attempt may add one second. Default 10 000. */
  startupTimeout?: number;
  /**
   * The treatment of messages for *other* nodes while the broker is away: dropped (and counted), or
   * kept up to `buffer` messages and sent later. Clients of this node never wait in either case. Default `drop`.
   */
  whenDown?: 'drop' | { buffer: number };
  /**
   * Milliseconds. Nodes tell each other that they live every `interval`; one that was silent for `timeout` is gone.
   * `timeout` is at least twice `interval`. Default 5000 and 10 000 (`local:` and `memory:` 1000 and 3000). An emitter
   * asks the broker as often, and makes a new connection when it has no answer for as long.
   */
  heartbeat?: { interval: number; timeout: number };
  /** Called at every change of state. What it throws is reported as a process warning. */
  onStatus?(status: AdapterStatus): void;
}

/** `blocked`: the broker is there but takes nothing at the moment (RabbitMQ's memory or disk alarm). */
export type AdapterState = 'connecting' | 'up' | 'blocked' | 'down' | 'closed';

export interface AdapterStatus {
  readonly engine: string;
  readonly state: AdapterState;
  /** Why it is down or blocked. Never holds credentials of the URL. */
  readonly reason?: string;
  /** Messages for other nodes lost here so far. */
  readonly dropped: number;
}

/** Counters since the link was opened. */
export interface AdapterHealth extends AdapterStatus {
  /** Live nodes, this one included; 1 while the broker is away. */
  readonly nodes: number;
  readonly sent: number;
  readonly received: number;
  /** Messages of other nodes that never arrived here, seen as gaps in their numbering; one for each MiB of a large one. */
  readonly missed: number;
  /** Bus messages that were not ours or were broken, and were ignored. */
  readonly malformed: number;
  /** Messages kept for later (`whenDown: { buffer }`). */
  readonly buffered: number;
}

/** Counts of clients on all nodes: each node keeps the numbers of the others, which send their changes with each heartbeat. */
export interface ClusterCounts {
  /** The clients of a namespace, or of one of its rooms. */
  count(namespace: string, room?: string): number;
  /** The rooms of a namespace and their sizes, without the room that each client has by its id. */
  rooms(namespace: string): ReadonlyMap<string, number>;
}

/** One node's connection to the other nodes of its cluster. */
export interface AdapterLink {
  /** `memory`, `local`, `redis`, `redis-streams`, `rabbitmq`, `nats`, `postgres`, or `custom` for a factory that was passed through. */
  readonly engine: string;
  /** The id of this node on the bus; `undefined` for a factory that was passed through. */
  readonly node: string | undefined;
  /** Whether clients that come back may be recovered (`connectionStateRecovery`); a foreign factory knows for itself. */
  readonly recovers: boolean;
  /** Goes to `new Server({ adapter })`. A link serves one `Server`. */
  readonly factory: AdapterFactory;
  /**
   * Resolves when what other nodes send from now on arrives here, and those are known who answer without delay (or at
   * once with `startup: 'degraded'` and no broker).
   * @throws AdapterError when the start-up policy gives up, the client library is missing or the credentials are wrong.
   */
  ready(): Promise<void>;
  health(): AdapterHealth;
  /** Undefined for a factory that was passed through. */
  readonly counts: ClusterCounts | undefined;
  /** Asks for something that one node of the cluster has at a time; see {@link Lease} for what is guaranteed. */
  lease(name: string, options: LeaseOptions): Lease;
  /** Says good-bye to the other nodes, sends what is queued and disconnects. `io.close()` does it too. */
  close(): Promise<void>;
}
