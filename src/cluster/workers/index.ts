import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { Primary } from './primary.js';
import { serveWorker, type WorkerStart } from './worker.js';

export type { WorkerContext, WorkerStart } from './worker.js';

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
  patience?: number;
  /** What happens to workers, for a log. */
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

/**
 * Runs the program on all cores: in the primary process it starts a process per core, which runs the same program; there
 * it calls `start`. The workers are joined by the adapter option `local:`.
 *
 *     await runWorkers(async (worker) => {
 *       const app = await createApp({ controllers, adapter: 'local:', transports: ['websocket'] });
 *       const http = createServer();
 *       app.attach(http);
 *       worker.serve(http);
 *       return () => app.close();
 *     }, { port: 5000 });
 *
 * A worker that dies is replaced, with a growing pause if that happens again and again; connections wait for it. SIGHUP
 * reloads, SIGTERM and SIGINT stop everything in order: no new connections, the workers, then the primary.
 * @returns the workers in the primary process when all are ready; undefined in a worker
 * @throws Error when a worker does not start
 */
export async function runWorkers(start: WorkerStart, options: WorkersOptions): Promise<Workers | undefined> {
  if (cluster.isWorker) return serveWorker(start);
  const primary = new Primary({
    host: options.host,
    port: options.port,
    count: options.workers ?? availableParallelism(),
    stickiness: options.stickiness ?? 'none',
    patience: options.patience ?? 15_000,
    report: (event) => options.onEvent?.(event),
  });
  await primary.start();
  return primary;
}
