/** Serving: the HTTP server and the engine on it. */
import type { Server as HttpServer } from 'node:http';
import type { Server, ServerOptions } from 'socket.io';
import type { Logger } from '../base/log.js';
import type { Contract } from '../contract/contract.js';
import type { Engine } from '../server/engine/index.js';
import { trackConnections } from '../server/tcp-connections.js';
import { keepHiddenClasses } from '../server/hidden-classes.js';
import { createHttpServer, listen, type Address, type ListenOptions } from '../server/http.js';
import { requestListener } from '../server/pages.js';
import { installSession } from '../server/session/session-options.js';
import { guardParser, guardTransports, onEngine, type TransportGuard } from '../server/transport-guard.js';
import type { Measuring } from './measuring.js';
import type { AppOptions } from './options.js';
import type { FlightRecorder } from '../telemetry/recorder/recorder.js';
import { ServedEventBook } from './served-event-book.js';
import { hostsOf } from './server-options.js';

export interface ServingParts {
  readonly io: Server;
  readonly engine: Engine;
  readonly options: AppOptions;
  readonly log: Logger;
  /** The guards of the clients' transports. */
  readonly transports: TransportGuard;
  /** The metrics, which are served beside the pages. */
  readonly measuring: Measuring;
  /** Called once there is an Engine.IO server: from then on clients may come. */
  readonly onServing: () => void;
  /** Describes the application, for the event book. */
  readonly contract: () => Contract;
  /** The flight recorder, for the event book. */
  readonly flightRecorder: FlightRecorder;
}

/** The one HTTP server of an application, its own or the user's. */
export class Serving {
  #server: HttpServer | undefined;
  readonly #dropConnections: (() => void)[] = [];
  /** Whether the port is about to open: background work begins only when it has. */
  #isListening = false;
  readonly #eventBook: ServedEventBook | undefined;

  constructor(private readonly parts: ServingParts) {
    this.#eventBook = ServedEventBook.of(parts);
  }

  /** Serves whatever engine the Socket.IO server has or gets: by `listen`, `attach`, `io.attach`, `io.bind`. */
  begin(): void {
    guardParser(this.parts.io);
    onEngine(this.parts.io, (engine) => this.#attached(engine));
  }

  /** @throws Error if the application listens already, or the port cannot be had */
  async listen(where: number | ListenOptions): Promise<Address> {
    if (this.#server) throw new Error('The application listens already; create another one for another port.');
    const options = typeof where === 'number' ? { port: where } : where;
    const { options: appOptions, log } = this.parts;
    const server = createHttpServer(appOptions, hostsOf(appOptions), log, options.tls);
    this.#server = server;
    this.#isListening = true;
    try {
      this.parts.io.attach(server);
      const address = await listen(server, options);
      this.parts.onServing();
      return address;
    } catch (error) {
      this.#server = undefined;
      throw error;
    } finally {
      this.#isListening = false;
    }
  }

  /** @throws Error if the server answers requests itself, and pages of ours are to be served too */
  attach(server: HttpServer, options?: Partial<ServerOptions>): void {
    const { http, static: folders } = this.parts.options;
    const isServed = http !== undefined && server.listeners('request').includes(http);
    const inVain = [...(http && !isServed ? ['`http`'] : []), ...(folders ? ['`static`'] : [])];
    if (inVain.length > 0 && server.listenerCount('request') > 0) throw new Error(servesItself(inVain.join(' and ')));
    if (server.listenerCount('request') === 0) answerRequests(server, this.parts);
    if (this.#eventBook) this.#eventBook.socketPath = options?.path;
    this.parts.io.attach(server, options);
  }

  /** Resolves when the application's own HTTP server has closed; the user's is the user's to close. */
  async stopAccepting(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Ends the connections that are still open. */
  dropConnections(): void {
    for (const drop of this.#dropConnections) drop();
  }

  /** Called for each engine that the Socket.IO server gets: from now on everything of ours is on for its clients. */
  #attached(engine: Server['engine']): void {
    const { io, options, transports } = this.parts;
    keepHiddenClasses();
    const { httpServer } = io as unknown as { readonly httpServer?: HttpServer };
    if (httpServer) this.#dropConnections.push(trackConnections(httpServer));
    this.parts.measuring.attached(engine, httpServer);
    this.#eventBook?.serveOn(httpServer);
    this.parts.engine.attach(engine);
    installSession(io, options.session);
    guardTransports(engine, transports);
    if (this.#isListening) return;
    this.parts.measuring.report();
    this.#eventBook?.report();
    this.parts.onServing();
  }

  /** Logs where the application listens, and with what. */
  report({ url }: Address): void {
    const { log, engine, options } = this.parts;
    log.info(`listening on ${url}`);
    this.parts.measuring.report(url);
    this.#eventBook?.report(url);
    log.debug(`WebSocket engine: ${engine.name} (${engine.reason})`);
    const { transports } = options;
    if (transports && !transports.some((each) => each !== 'polling')) {
      log.warn('the option `transports` leaves only long-polling: no client will use WebSocket');
    }
  }
}

function servesItself(options: string): string {
  return `app.attach: the server has a request listener of its own, so the application's ${options} would never answer. Attach a server without one, createServer(), use app.listen, or serve the pages by that listener and leave ${options} out.`;
}

/** A bare server answers requests as one that `listen` makes: no request waits for ever. */
function answerRequests(server: HttpServer, { options, log }: ServingParts): void {
  const answer = requestListener(options, hostsOf(options), log);
  let isTold = options.http === undefined && options.static === undefined;
  server.on('request', (request, response) => {
    // One listener is the engine's, which calls this one. Others came later, and answer themselves.
    if (server.listenerCount('request') === 1) return answer(request, response);
    if (!isTold)
      log.warn('another request listener was added to the server: it answers, not the options `http` and `static`');
    isTold = true;
  });
}
