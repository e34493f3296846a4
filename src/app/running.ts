/** The application while it runs: serving, and stopping in order. */
import type { Server as HttpServer } from 'node:http';
import { Server, type ServerOptions } from 'socket.io';
import { type DependencyContainer } from '../base/container.js';
import { BackgroundWork } from '../background/runner.js';
import type { AdapterLink } from '../cluster/index.js';
import { leaseOf } from './join-cluster.js';
import { type Engine } from '../server/engine/index.js';
import { SetupError, type SetupProblem } from '../base/errors.js';
import type { ApplicationPlan } from '../controllers/plan/application.js';
import type { Compiler } from '../controllers/plan/compile.js';
import {
  checkFunction,
  functionFacts,
  type FunctionOptions,
  type HandlerFunction,
} from '../controllers/scan/functions.js';
import { longestTime } from '../base/limits.js';
import type { NamespacePlan, PlanRow } from '../controllers/plan/types.js';
import { Bindings } from '../connections/bind.js';
import { internalsOf } from '../connections/internals.js';
import { ServerNamespaces } from '../connections/namespaces/server-namespaces.js';
import type { Runtime } from '../connections/runtime.js';
import { Clients } from '../server/clients.js';
import { trackConnections } from '../server/connections.js';
import { createHttpServer, listen, type Address, type ListenOptions } from '../server/http.js';
import { installSession } from '../server/session/session-options.js';
import { handleSignals } from '../server/signals.js';
import { Watchdog } from '../background/watchdog/watchdog.js';
import type { App, AppOptions, Health } from './options.js';

/** What an application is put together from. */
export interface AppParts {
  readonly io: Server;
  readonly engine: Engine;
  readonly link: AdapterLink | undefined;
  readonly runtime: Runtime;
  readonly options: AppOptions;
  readonly compiler: Compiler;
  readonly namespaces: ServerNamespaces;
  /** Milliseconds after which a blocked event loop is told of. */
  readonly blockTime: number;
  /** Where the compiler writes the mistakes that it finds. */
  readonly problems: SetupProblem[];
}

/** The application behind {@link App}; the test kit looks at what it runs. */
export class RunningApp implements App {
  #server: HttpServer | undefined;
  #dropConnections: (() => void) | undefined;
  #stopSignals: (() => void) | undefined;
  #closed: Promise<void> | undefined;
  readonly #bindings: Bindings;
  readonly #clients: Clients;
  readonly #plan: ApplicationPlan;
  readonly #background: BackgroundWork;
  readonly #watchdog: Watchdog;

  constructor(private readonly parts: AppParts) {
    const { io, runtime, options, namespaces } = parts;
    const { log, limits } = runtime;
    this.#clients = new Clients(io, limits.sendBuffer, log);
    this.#bindings = new Bindings(namespaces, runtime);
    this.#plan = parts.compiler.plan();
    this.#background = new BackgroundWork(this.#plan.background, {
      log,
      lease: options.lease ?? leaseOf(parts.link),
      namespaceOf: (path) => namespaces.open(path),
    });
    this.#watchdog = new Watchdog(parts.blockTime, () => this.table.map(({ handler }) => handler), log);
    this.#apply(this.#plan.namespaces);
  }

  get io(): Server {
    return this.parts.io;
  }

  get runtime(): Runtime {
    return this.parts.runtime;
  }

  get table(): readonly PlanRow[] {
    return this.#plan.rows;
  }

  on<Args extends unknown[]>(
    path: string,
    event: string,
    handler: HandlerFunction<Args>,
    options: FunctionOptions = {},
  ): this {
    const { problems, compiler } = this.parts;
    const facts = functionFacts(path, event, handler, options);
    checkFunction(facts, handler, this.#plan.handlerOf(path, event), problems);
    const controller = problems.length === 0 ? compiler.controller(facts) : undefined;
    const mistakes = problems.splice(0);
    if (!controller || mistakes.length > 0) throw new SetupError(mistakes);
    this.#apply(this.#plan.add(controller));
    return this;
  }

  #apply(namespaces: readonly NamespacePlan[]): void {
    this.#bindings.apply(namespaces);
    this.#background.watch(namespaces);
  }

  get container(): DependencyContainer {
    return this.runtime.container;
  }

  health(): Health {
    const { transports } = this.#clients;
    const { size, closing } = this.runtime.calls;
    const clients = Object.values(transports).reduce((sum, count) => sum + count, 0);
    const { name, reason } = this.parts.engine;
    const health = { closing: closing !== false, clients, engine: { name, reason }, transports, calls: size };
    return this.parts.link ? { ...health, adapter: this.parts.link.health() } : health;
  }

  /** What runs now and ends by itself: the names of handlers and of background work, and a promise of their end. */
  running(): { readonly labels: readonly string[]; readonly end: Promise<unknown> } {
    const { calls } = this.runtime;
    const rounds = this.#background.rounds;
    return {
      labels: [...calls.contexts.map(({ handler }) => handler.label), ...rounds.map(({ plan }) => plan.label)],
      end: Promise.all([calls.idle(), ...rounds.map(({ round }) => round)]),
    };
  }

  async listen(where: number | ListenOptions): Promise<Address> {
    this.#checkOpen();
    if (this.#server) throw new Error('The application listens already; create another one for another port.');
    const options = typeof where === 'number' ? { port: where } : where;
    const server = createHttpServer(this.parts.options, options.tls);
    this.#server = server;
    try {
      this.#connect(server);
      const address = await listen(server, options);
      this.serve();
      if (this.parts.options.signals ?? true) this.#stopSignals = handleSignals(() => this.close(), this.runtime.log);
      this.#report(address);
      return address;
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('The application has been closed; create another one.');
  }

  #report({ url }: Address): void {
    const { log } = this.runtime;
    log.info(`listening on ${url}`);
    log.debug(`WebSocket engine: ${this.parts.engine.name} (${this.parts.engine.reason})`);
    const { transports } = this.parts.options;
    if (transports && !transports.some((each) => each !== 'polling')) {
      log.warn('the option `transports` leaves only long-polling: no client will use WebSocket');
    }
  }

  attach(server: HttpServer, options?: Partial<ServerOptions>): void {
    this.#checkOpen();
    this.#connect(server, options);
    this.serve();
  }

  #connect(server: HttpServer, options?: Partial<ServerOptions>): void {
    this.#dropConnections = trackConnections(server);
    this.io.attach(server, options);
    this.parts.engine.attach(this.io.engine);
    installSession(this.io, this.parts.options.session);
  }

  /** From here on there is an Engine.IO server, so clients may come. */
  serve(): void {
    this.#clients.watch();
    this.#background.start();
    this.#watchdog.start();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    const end = Date.now() + this.runtime.limits.drainTime;
    const rest = (): number => Math.min(longestTime, Math.max(0, end - Date.now()));
    this.runtime.calls.closing = 'draining';
    await Promise.all([this.#drain(rest()), this.#background.stop(rest())]);
    await this.#clients.flush(rest());
    // Not before: a client on long-polling fetches its answer with a connection of its own.
    const stopped = this.#stopAccepting();
    const disconnected = setTimeout(() => this.#dropConnections?.(), rest());
    disconnectAll(this.io);
    // What the handlers of the disconnections have to say goes to the other nodes too.
    await this.#drain(rest());
    await closeServer(this.io);
    await stopped;
    clearTimeout(disconnected);
    await this.parts.link?.close();
    this.runtime.calls.stop();
    this.#clients.stopWatching();
    await this.#watchdog.stop();
    await this.runtime.container.dispose();
    this.#stopSignals?.();
  }

  /** Resolves when nothing runs any more; what takes longer is answered `closing`. */
  async #drain(time: number): Promise<void> {
    const { calls } = this.runtime;
    const timer = setTimeout(() => calls.expireAll(), time);
    await calls.idle();
    clearTimeout(timer);
  }

  async #stopAccepting(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

/** Ends all connections as Socket.IO does when it is closed, but lets the adapters work on. */
function disconnectAll(io: Server): void {
  for (const { sockets } of io._nsps.values()) {
    for (const socket of sockets.values()) internalsOf(socket)._onclose('server shutting down');
  }
  (io.engine as Server['engine'] | undefined)?.close();
}

/** Socket.IO closes only what was attached; the adapters of a server that never was are closed here. */
async function closeServer(io: Server): Promise<void> {
  if (io.engine as object | undefined) return io.close();
  await Promise.all([...io._nsps.values()].map(async ({ adapter }) => adapter.close()));
}
