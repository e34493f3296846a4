/** A real application on a free port, with real clients; whatever is started here ends with its test. */
import type { TestContext } from 'node:test';
import { io as connectClient, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { createApp, type App, type AppOptions } from '../../src/index.js';
import { recordingLog, type RecordingLog } from './log.js';
import { nextEvent, within } from './wait.js';

export type ClientOptions = Partial<ManagerOptions & SocketOptions>;

/** What a refused client reads. */
export interface Refusal {
  readonly message: string;
  readonly data?: { readonly code: string; readonly [key: string]: unknown };
}

export interface Running {
  readonly app: App;
  readonly log: RecordingLog;
  readonly url: string;
  readonly port: number;
  /** A client on its way. */
  readonly client: (path?: string, options?: ClientOptions) => Socket;
  /** A client that is connected. */
  readonly connect: (path?: string, options?: ClientOptions) => Promise<Socket>;
  /** What a client reads that is turned away. */
  readonly refusal: (path?: string, options?: ClientOptions) => Promise<Refusal>;
}

type Options = Omit<AppOptions, 'controllers'>;

/** Starts an application that serves the controllers. */
export async function start(
  t: TestContext,
  controllers: AppOptions['controllers'],
  options?: Options,
): Promise<Running> {
  const log = recordingLog();
  const app = await createApp({ logger: log, signals: false, ...options, controllers });
  t.after(() => app.close());
  const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
  return running(t, app, log, port);
}

/** Clients for an application that listens already. */
export function running(t: TestContext, app: App, log: RecordingLog, port: number): Running {
  const url = `http://127.0.0.1:${port}`;
  const client: Running['client'] = (path = '/', options = {}) => openClient(t, url + path, options);
  return {
    app,
    log,
    url,
    port,
    client,
    async connect(path, options) {
      const socket = client(path, options);
      await Promise.race([nextEvent(socket, 'connect'), failure(socket)]);
      return socket;
    },
    async refusal(path, options) {
      const socket = client(path, options);
      const [error] = await nextEvent<[Refusal]>(socket, 'connect_error');
      return error;
    },
  };
}

/** A client of an address, closed with its test. */
export function openClient(t: TestContext, url: string, options: ClientOptions = {}): Socket {
  const socket = connectClient(url, { forceNew: true, reconnection: false, transports: ['websocket'], ...options });
  const emitWithAck = socket.emitWithAck.bind(socket);
  socket.emitWithAck = (event, ...args) => within(emitWithAck(event, ...args), `the acknowledgement of '${event}'`);
  t.after(() => {
    // Sockets of other namespaces keep the connection, and would come back to whoever has the port next.
    socket.io.reconnection(false);
    socket.disconnect();
  });
  return socket;
}

async function failure(socket: Socket): Promise<never> {
  const error = await new Promise<Error>((resolve) => socket.once('connect_error', resolve));
  throw new Error(`the client was refused: ${error.message}`, { cause: error });
}

/** The two ways to speak to a server. */
export const transports = ['websocket', 'polling'] as const;
