/** The worker process of `runWorkers`. */
import { once } from 'node:events';
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
  const connections = new Set<Socket>();
  const stop = await start({
    place: Number(process.env[PLACE]),
    serve: (server) => {
      // Upon it Node begins to hold connections against the server's headersTimeout and requestTimeout.
      server.emit('listening');
      process.on('message', (message, socket) => {
        if (message !== Message.connection || !socket) return;
        connections.add(socket as Socket);
        (socket as Socket).once('close', () => connections.delete(socket as Socket));
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
      .then(() => allClosed(connections))
      .finally(() => process.exit(0));
  };
  process.on('message', (message) => {
    if (message === Message.stop) end();
  });
  process.on('SIGTERM', end);
  process.send?.(Message.ready);
}

/** Milliseconds that clients have to close their ends. */
const LAST_WORDS = 1000;

/**
 * Waits until the clients have closed their ends. A process that ends while something of a client waits to be read resets
 * the connection, and the client's system throws away what it has not read yet: the last acknowledgements.
 */
async function allClosed(connections: ReadonlySet<Socket>): Promise<void> {
  const closed = Promise.all([...connections].map((socket) => once(socket, 'close').catch(() => {})));
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, LAST_WORDS))]);
}
