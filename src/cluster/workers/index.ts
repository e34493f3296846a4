/** `colloquy/workers`: runs a program on all cores of a machine. */
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { Primary } from './primary.js';
import type { WorkerEvent, Workers, WorkersOptions } from './types.js';
import { serveWorker, type WorkerStart } from './worker.js';

export type { WorkerEvent, Workers, WorkersOptions } from './types.js';
export type { WorkerContext, WorkerStart } from './worker.js';

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
 * reloads, SIGTERM and SIGINT stop everything in order, also while workers start: no new connections, the workers, then the primary.
 * @returns the workers in the primary process when all are ready, or told to stop; undefined in a worker
 * @throws Error when a worker does not start
 */
export async function runWorkers(start: WorkerStart, options: WorkersOptions): Promise<Workers | undefined> {
  if (cluster.isWorker) return serveWorker(start);
  const primary = new Primary({
    host: options.host,
    port: options.port,
    count: options.workers ?? availableParallelism(),
    stickiness: options.stickiness ?? 'none',
    timeout: options.timeout ?? options.patience ?? 15_000,
    report: (event) => report(options, event),
  });
  await primary.start();
  return primary;
}

/** An error of user code about an event ends neither the primary nor the workers. */
function report(options: WorkersOptions, event: WorkerEvent): void {
  try {
    // A listener may be asynchronous, whatever its type says.
    void Promise.resolve(options.onEvent?.(event)).catch(warn);
  } catch (error) {
    warn(error);
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), 'WorkersWarning');
}
