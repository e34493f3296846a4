/** The network: connects clients of Socket.IO to servers in the same process. */
import { AsyncResource } from 'node:async_hooks';
import { createServer } from 'node:http';
import type { OutgoingHttpHeaders, Server as HttpServer } from 'node:http';
import type { ServerOptions } from 'socket.io';
import * as library from 'socket.io-client';
import type { ManagerOptions, Socket, SocketOptions } from 'socket.io-client';
import { checkHeaders, dial, MemoryWebSocketServer } from './http.js';
import type { Accept } from './http.js';
import { Traffic } from './traffic.js';
import type { MemoryWebSocket } from './web-socket.js';

/** The part of Socket.IO's `Server` that a {@link MemoryNetwork} needs. */
export interface AttachableServer {
  attach(server: HttpServer, options: Partial<ServerOptions>): unknown;
  path(): string;
  /** Engine.IO's server, once attached. */
  engine: {
    opts: { pingInterval?: number };
    on(event: 'connection', listener: (connection: object) => void): unknown;
  };
}

/**
 * How a client connects: the options of Socket.IO's client but for what the network sets itself.
 *
 * @see https://socket.io/docs/v4/client-options/
 */
export interface ConnectOptions extends Omit<
  Partial<ManagerOptions & SocketOptions>,
  'extraHeaders' | 'transports' | 'transportOptions' | 'secure'
> {
  /** Headers of the request that opens the connection: `{ origin: 'https://a.example', cookie: ['a=1', 'b=2'] }`. */
  headers?: OutgoingHttpHeaders;
  /** The address that the server sees; 127.0.0.1 unless given. */
  remoteAddress?: string;
  /** Connect as if over TLS (`handshake.secure`). */
  secure?: boolean;
}

const { Manager } = library;
type Manager = library.Manager;

/**
 * Socket.IO's client leaves its transports out of what it gives to `require`. A test runner that turns modules into
 * CommonJS has it, and finds them there; in a module there is no `require`, and no need of it.
 */
const NodeWebSocket = (library as Partial<typeof library>).NodeWebSocket ?? requireTransport();

declare const require: NodeJS.Require;

function requireTransport(): typeof library.NodeWebSocket {
  const path = require.resolve('engine.io-client', { paths: [require.resolve('socket.io-client')] });
  return (require(path) as typeof library).NodeWebSocket;
}

type Open = (url: string, headers: OutgoingHttpHeaders) => MemoryWebSocket;

/** Engine.IO's own WebSocket transport, with another way to get a WebSocket. */
class MemoryTransport extends NodeWebSocket {
  override createSocket(url: string, _protocols: unknown, options: { headers?: OutgoingHttpHeaders }): MemoryWebSocket {
    return (this.opts as unknown as { open: Open }).open(url, options.headers ?? {});
  }
}

/**
 * Heartbeats are off, in effect: a mocked clock that jumps by a minute at once leaves no turn for a pong to arrive, and every
 * connection would time out. A server that was made with a `pingInterval` of its own keeps it. In ms, 12 days: a longer timer
 * than Node.js allows would fire at once.
 */
const NO_HEARTBEAT = 2 ** 30;

/**
 * Connects clients to a Socket.IO server within the process: the real server and Engine.IO, the real client library, every
 * packet encoded and decoded, but no port and no socket of the operating system.
 *
 * ```ts
 * const io = new Server({ serveClient: false });
 * const network = new MemoryNetwork(io);
 * const client = network.connect('/chat', { auth: { token }, headers: { origin: 'https://a.example' } });
 * await client.emitWithAck('join', { room: 'a' });
 * await network.close();
 * await io.close();
 * ```
 */
export class MemoryNetwork {
  /** The HTTP server that `io` is attached to. It never listens. */
  readonly server: HttpServer = createServer();
  readonly #traffic: Traffic;
  readonly #io: AttachableServer;
  readonly #links = new Map<Manager, { client?: MemoryWebSocket }>();
  /** The server's end lives in the async context that the network was made in, not in that of the client that connects. */
  readonly #context = new AsyncResource('MemoryNetwork');
  readonly #accept: Accept = (request, socket) => {
    this.#context.runInAsyncScope(() => this.server.emit('upgrade', request, socket, Buffer.alloc(0)));
  };

  /**
   * Attaches `io`, which must not be attached to another server.
   *
   * @param traffic shared by networks whose servers talk to each other, so that they are idle together
   */
  constructor(io: AttachableServer, traffic = new Traffic()) {
    this.#io = io;
    this.#traffic = traffic;
    io.attach(this.server, { wsEngine: MemoryWebSocketServer, pingInterval: NO_HEARTBEAT });
    if (io.engine.opts.pingInterval === NO_HEARTBEAT) io.engine.on('connection', unrefHeartbeat);
  }

  /**
   * Connects a client of its own to a namespace. More namespaces of the same connection: `client.io.socket('/other', { auth })`.
   * After a cut the same client connects again with `client.connect()`.
   *
   * @throws TypeError for a header that HTTP does not allow
   */
  connect(namespace = '/', options: ConnectOptions = {}): Socket {
    const { auth, headers = {}, remoteAddress = '127.0.0.1', secure = false, ...rest } = options;
    checkHeaders(headers);
    const link: { client?: MemoryWebSocket } = {};
    const open: Open = (url, sent) =>
      (link.client = dial(this.#accept, this.#traffic, new URL(url), sent, { remoteAddress, secure }));
    const manager = new Manager(`${secure ? 'wss' : 'ws'}://localhost`, {
      path: this.#io.path(),
      reconnection: false,
      autoUnref: !rest.reconnection,
      perMessageDeflate: false,
      ...rest,
      extraHeaders: headers as Record<string, string>,
      transports: [MemoryTransport],
      transportOptions: { websocket: { open } },
    } as Partial<ManagerOptions>);
    this.#links.set(manager, link);
    return manager.socket(namespace, auth === undefined ? {} : { auth });
  }

  /** Breaks the connection of `client`, as a lost network does: both sides see `transport close`. */
  cut(client: Socket): void {
    this.#linkOf(client).cut();
  }

  /** `client` stops reading: what the server sends waits there, volatile events are dropped, heartbeats are not answered. */
  pause(client: Socket): void {
    this.#linkOf(client).pause();
  }

  /** `client` reads again. */
  resume(client: Socket): void {
    this.#linkOf(client).resume();
  }

  /**
   * Resolves when nothing is on its way in either direction and both sides have handled what arrived, as far as they can
   * without a timer or I/O. What waits for a paused client is not on its way.
   *
   * @param elsewhere says whether work goes on that is still to answer, such as handlers that wait for a database: a promise of
   * the next change, or `undefined` if there is none
   */
  idle(elsewhere?: () => Promise<unknown> | undefined): Promise<void> {
    return this.#traffic.idle(elsewhere);
  }

  /** Closes the connection of every client, and waits until both sides have seen it. The server is its owner's to close. */
  async close(): Promise<void> {
    for (const manager of this.#links.keys()) for (const socket of socketsOf(manager)) socket.disconnect();
    this.#links.clear();
    await this.idle();
  }

  #linkOf(client: Socket): MemoryWebSocket {
    const link = this.#links.get(client.io)?.client;
    if (!link) throw new Error('this client is not connected through this network');
    return link;
  }
}

/** A forgotten client must not keep the process alive: Engine.IO's client has the option `autoUnref`, its server has not. */
function unrefHeartbeat(connection: { pingIntervalTimer?: NodeJS.Timeout }): void {
  connection.pingIntervalTimer?.unref();
}

function socketsOf(manager: Manager): Socket[] {
  return Object.values((manager as unknown as { nsps: Record<string, Socket> }).nsps);
}
