/** The worker process of `runWorkers`. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The messages between the primary and a worker. */
export const Message = {
  connection: 'colloquy:connection',
  ready: 'colloquy:ready',
  stop: 'colloquy:stop',
} as const;

export interface WorkerContext {
  /** 0, 1, …: the place of this worker; the one that replaces it has the same. */
  readonly place: number;
  /**
   * Gives the primary's connections to this server (HTTP or HTTPS), which need not listen itself. It emits `listening`,
   * and its time limits hold for these connections too.
   */
  serve(server: Pick<Server, 'emit'>): void;
}

/** Sets a worker up, and returns what stops it. When it resolves, the worker gets connections. */
export type WorkerStart = (worker: WorkerContext) => Promise<() => void | Promise<void>>;

/** The environment variable that holds a worker's place. */
export const PLACE = 'COLLOQUY_WORKER';

export async function serveWorker(start: WorkerStart): Promise<undefined> {
  // Ctrl-C reaches every process of the terminal; the primary tells when to stop.
  process.on('SIGINT', () => {});
  const stop = await start({
    place: Number(process.env[PLACE]),
    serve: (server) => {
      // Upon it Node begins to hold connections against the server's headersTimeout and requestTimeout.
      server.emit('listening');
      process.on('message', (message, socket) => {
        if (message !== Message.connection || !socket) return;
        server.emit('connection', socket as Socket);
        (socket as Socket).resume();
      });
    },
  });
  let stopping = false;
  const end = (): void => {
    if (stopping) return;
    stopping = true;
    void (async () => stop())()
      .catch((error: unknown) => console.error(error))
      .finally(() => process.exit(0));
  };
  process.on('message', (message) => {
    if (message === Message.stop) end();
  });
  process.on('SIGTERM', end);
  process.send?.(Message.ready);
}
