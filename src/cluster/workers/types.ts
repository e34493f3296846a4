/** The public types of `runWorkers`. */

export interface WorkersOptions {
  /** The primary listens there and hands the connections on; 0 picks a free one. */
  port: number;
  /** Default: all addresses. */
  host?: string;
  /** How many processes. Default: one per core. */
  workers?: number;
  /**
   * `none` gives each connection to the next worker: right for clients that use WebSocket only. `address` gives all
   * connections of one client address to the same worker, as HTTP long-polling needs; behind a proxy all addresses are
   * one, so let the proxy do it there. Default `none`.
   */
  stickiness?: 'none' | 'address';
  /** Milliseconds that a worker has to start and, when told to stop, to end; then it is killed. Default 15 000. */
  timeout?: number;
  /** @deprecated Called `timeout` now. */
  patience?: number;
  /** Called with each event of the workers, for a log. */
  onEvent?(event: WorkerEvent): void;
}

/** `ended`: it exited unasked, and is replaced after `delay` milliseconds. */
export type WorkerEvent =
  | { readonly type: 'ready' | 'stopped'; readonly pid: number }
  | { readonly type: 'ended'; readonly pid: number; readonly how: string; readonly delay: number };

/** The workers, as the primary process sees them. */
export interface Workers {
  readonly port: number;
  /** Process ids of the workers that serve now. */
  readonly pids: readonly number[];
  /**
   * Replaces the workers: the old ones stop when all new ones are ready, so a client loses its connection once at most
   * (and there is memory for both meanwhile). Rejects when a new one does not start; the old one stays in its place.
   */
  reload(): Promise<void>;
  /** Takes no more connections, lets every worker stop, and resolves when all have ended. */
  stop(): Promise<void>;
}
