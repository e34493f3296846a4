/** createApp: load → scan → compile → bind; then listen or attach, and close. */
import type { Server as HttpServer } from 'node:http';
import { Server, type ServerOptions } from 'socket.io';
import { createContainer, provideServer, provideServices, type DependencyContainer } from './container.js';
import { limitCalls } from './asking/questions.js';
import { BackgroundWork } from './background/background.js';
import type { AdapterHealth, AdapterLink, AdapterOption } from './adapter/index.js';
import type { Lease } from './background/lease.js';
import { joinCluster, leaseOf } from './cluster.js';
import { chooseEngine, type Engine, type EngineOption } from './engine/index.js';
import { SetupError, type SetupProblem } from './errors.js';
import { settleLimits, type Limits } from './limits.js';
import { createLogger, guardLogger, silentLogger, type Logger } from './log.js';
import type { MiddlewareLike } from './middleware.js';
import type { PayloadOptions } from './payload/index.js';
import { Compiler } from './plan/compile.js';
import { checkEvents } from './plan/checks.js';
import { functionFacts, type FunctionOptions, type HandlerFunction } from './plan/functions.js';
import { loadControllers, type ControllerSource } from './plan/load.js';
import { pathProblem, precedence } from './plan/path.js';
import { scan } from './plan/scan.js';
import type { Class } from './reflect.js';
import { printTable } from './plan/table.js';
import type { Plan, PlanRow } from './plan/types.js';
import { Bindings } from './runtime/bind.js';
import { Calls } from './runtime/calls.js';
import { expire } from './runtime/dispatch.js';
import { ServerNamespaces } from './runtime/namespaces.js';
import type { ErrorHandler, Runtime } from './runtime/runtime.js';
import { Clients, type TransportCounts } from './serving/clients.js';
import { trackConnections } from './serving/connections.js';
import { createHttpServer, listen, type Address, type HttpOptions, type ListenOptions } from './serving/http.js';
import { guardOrigins, guardSessions } from './serving/origins.js';
import { checkSession, installSession, type SessionOptions } from './session/options.js';
import { checkSessionUse } from './session/session.js';
import { handleSignals } from './serving/signals.js';
import { settleBlockTime, Watchdog, type WatchdogOptions } from './watchdog/watchdog.js';

/** What `createApp` takes; everything that Socket.IO's `Server` takes stands beside it. */
export interface AppOptions extends Partial<Omit<ServerOptions, 'adapter'>>, HttpOptions, WatchdogOptions {
  /** Controller classes, globs of files that export some, or both. */
  readonly controllers: readonly ControllerSource[];
  /** Classes that the container makes one object of at boot, and whose `@Background` methods run. */
  readonly services?: readonly Class[];
  /**
   * Joins the nodes of a cluster: `redis://…`, `rediss`, `amqp(s)`, `nats`, `postgres`, `local:` for the processes of one
   * machine, an object with more to say, or any Socket.IO adapter.
   */
  readonly adapter?: AdapterOption;
  /** Decides which node of a cluster does background work that is to run once; the adapter's own unless given. */
  readonly lease?: Lease;
  /** The folder that relative globs start from; the process's own unless given. */
  readonly cwd?: string;
  /** Imports a controller file by its `file:` address, for test runners that transform files. */
  readonly importer?: (url: string) => Promise<unknown>;
  /** The container that services are registered in; tsyringe's global one unless given. */
  readonly container?: DependencyContainer;
  /**
   * The WebSocket engine: `corked` is Engine.IO's own `ws` with one write per turn of the event loop, `ws` the same
   * without, `eiows` the package of that name in C++. `auto`, the default, takes `eiows` where it is installed, else
   * `corked`.
   */
  readonly engine?: EngineOption;
  /** A Socket.IO server of your own; the options for one are then its own affair. */
  readonly io?: Server;
  /** Middleware around every event, connection and disconnection; the first one is the outermost. */
  readonly use?: readonly MiddlewareLike[];
  /** Handles what no `@OnError` answered; what it returns, if anything, answers the client. */
  readonly onError?: ErrorHandler;
  /** How payloads are transformed and validated, unless a class or a parameter says otherwise. */
  readonly payload?: PayloadOptions;
  /** Shares the session of HTTP with `@Session()`; needs express-session, or what behaves like it. */
  readonly session?: SessionOptions;
  readonly limits?: Partial<Limits>;
  /** A pino logger, anything with its shape, or `false` for silence. */
  readonly logger?: Logger | false;
  /** Whether the dispatch table is printed at boot; `true` unless given. */
  readonly printTable?: boolean;
  /** Tells clients what was thrown, and logs more. For development only. */
  readonly debug?: boolean;
  /**
   * Names in the log the handler that blocks the event loop for so many milliseconds, 200 where `true`. A thread of its
   * own watches, so even an endless loop is told of, and no message pays for it. Unless given, on with `debug`.
   */
  readonly watchdog?: boolean | number;
  /** Whether SIGTERM and SIGINT close the application while it listens; `true` unless given. */
  readonly signals?: boolean;
}

/** How an application is, for a probe or a page. */
export interface Health {
  /** Whether it shuts down: a probe of readiness should say no. */
  readonly closing: boolean;
  readonly clients: number;
  /** The WebSocket engine in use, and why. */
  readonly engine: Pick<Engine, 'name' | 'reason'>;
  /** How many clients use each transport. */
  readonly transports: TransportCounts;
  /** Calls that are not answered yet. */
  readonly calls: number;
  /** The link to the other nodes, where there are any. */
  readonly adapter?: AdapterHealth;
}

/** A running application. */
export interface App {
  /** The Socket.IO server, for everything that it offers. */
  readonly io: Server;
  /** The dispatch table, a row for each handler. */
  readonly table: readonly PlanRow[];
  /** The container that controllers and middleware were built with. */
  readonly container: DependencyContainer;
  /**
   * Serves sockets, and pages where `http` or `static` are given, on a port of its own.
   * @throws Error where the port cannot be had
   */
  listen(where: number | ListenOptions): Promise<Address>;
  /** Serves sockets on an HTTP server of yours, which listens when you say so; Engine.IO's options may be added. */
  attach(server: HttpServer, options?: Partial<ServerOptions>): void;
  /**
   * Handles an event of a namespace with a function, in the same pipeline as a method; `use`, `payload` and `timeout`
   * stand for the decorators. It may be added at any time, and serves those who are connected too.
   * @throws SetupError where the event is handled already, or the names are wrong
   */
  on(path: string, event: string, handler: HandlerFunction, options?: FunctionOptions): this;
  /** Says how it is, at no cost worth a cache. */
  health(): Health;
  /** Accepts nobody any more, answers what runs, disconnects everybody, and resolves when all is done. */
  close(): Promise<void>;
}

/**
 * Scans the controllers, builds them, and makes an application that can listen.
 * @throws SetupError with every mistake that was found
 */
export async function createApp(options: AppOptions): Promise<App> {
  const problems: SetupProblem[] = [];
  const limits = settleLimits(options.limits, problems);
  const log = guardLogger(
    options.logger === false ? silentLogger : (options.logger ?? createLogger(options.debug ? 'debug' : 'info')),
  );
  const blockTime = settleBlockTime(options, problems);
  const classes = await loadControllers(
    options.controllers,
    { cwd: options.cwd ?? process.cwd(), importer: options.importer ?? ((url) => import(url)) },
    problems,
  );
  const facts = scan(classes, problems);
  checkSession(options.session, problems);
  if (!options.session) checkSessionUse(facts, problems);
  const engine = settleEngine(options.engine, problems);
  const calls = new Calls((context) => (context.onExpire ? context.onExpire() : expire(context)));
  const io = options.io ?? new Server({ ...engine.serverOptions, ...serverOptions(options, limits, calls) });
  limitCalls(io, limits);
  const namespaces = new ServerNamespaces(io);
  const paths = facts.map(({ namespace }) => namespace.path);
  for (const path of paths.toSorted((a, b) => precedence(a) - precedence(b))) namespaces.open(path);
  const container = createContainer(options.container);
  provideServer(container, io, namespaces);
  const { use = [], payload = {}, services = [] } = options;
  const compiler = new Compiler(
    { container, use, payload, timeout: limits.handlerTime, ownServer: options.io !== undefined },
    problems,
  );
  provideServices(container, services);
  compiler.add(facts);
  compiler.addServices(services);
  if (problems.length > 0) throw new SetupError(problems);
  const runtime: Runtime = { log, limits, debug: options.debug ?? false, onError: options.onError, container, calls };
  const link = await joinCluster(options, io);
  const bindings = new Bindings(namespaces, runtime);
  const app = new RunningApp(io, engine, link, runtime, options, compiler, bindings, namespaces, blockTime, problems);
  if (options.io?.engine) {
    installSession(io, options.session);
    app.serve();
  }
  if (options.printTable ?? true) log.info(`dispatch table\n${printTable(app.table)}`);
  return app;
}

function settleEngine(option: EngineOption | undefined, problems: SetupProblem[]): Engine {
  try {
    return chooseEngine(option);
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    problems.push({ where: 'engine', what, mend: "install it, or leave the choice to 'auto'.", cause });
    return chooseEngine('ws');
  }
}

/** Socket.IO's own options, with our defaults below them and our checks around them. */
function serverOptions(options: AppOptions, limits: Limits, calls: Calls): Partial<ServerOptions> {
  const { connectionStateRecovery: recovery } = options;
  const own = { ...options } as Partial<ServerOptions>;
  delete own.adapter; // the cluster is joined when everything else is right
  return {
    maxHttpBufferSize: limits.payload,
    connectTimeout: limits.joinTime,
    cleanupEmptyChildNamespaces: true,
    ...own,
    ...(recovery ? { connectionStateRecovery: { skipMiddlewares: false, ...recovery } } : {}),
    allowRequest: guardSessions(() => calls.closing !== false, guardOrigins(options.cors, options.allowRequest)),
  };
}

/** Socket.IO closes only what was attached; the adapters of a server that never was are closed here. */
async function closeServer(io: Server): Promise<void> {
  if (io.engine as object | undefined) return io.close();
  await Promise.all([...io._nsps.values()].map(async ({ adapter }) => adapter.close()));
}

/** The application behind {@link App}; the test kit looks at what it runs. */
export class RunningApp implements App {
  #server: HttpServer | undefined;
  #dropConnections: (() => void) | undefined;
  #stopSignals: (() => void) | undefined;
  #closed: Promise<void> | undefined;
  readonly #clients: Clients;
  #plan: Plan;
  readonly #background: BackgroundWork;
  readonly #watchdog: Watchdog;

  constructor(
    readonly io: Server,
    private readonly engine: Engine,
    private readonly link: AdapterLink | undefined,
    readonly runtime: Runtime,
    private readonly options: AppOptions,
    private readonly compiler: Compiler,
    private readonly bindings: Bindings,
    namespaces: ServerNamespaces,
    blockTime: number,
    private readonly problems: SetupProblem[],
  ) {
    this.#clients = new Clients(io, runtime.limits.sendBuffer, runtime.log);
    this.#plan = compiler.plan();
    this.#background = new BackgroundWork(this.#plan.background, {
      log: runtime.log,
      lease: options.lease ?? leaseOf(link),
      namespaceOf: (path) => namespaces.open(path),
    });
    this.#watchdog = new Watchdog(blockTime, () => this.table.map(({ handler }) => handler), runtime.log);
    this.#apply();
  }

  get table(): readonly PlanRow[] {
    return this.#plan.rows;
  }

  on(path: string, event: string, handler: HandlerFunction, options: FunctionOptions = {}): this {
    const facts = functionFacts(path, event, handler, options);
    const what = pathProblem(path);
    if (what) this.problems.push({ where: facts.name, what, mend: "write a path such as '/chat' or '/game/:id'." });
    checkEvents([...this.compiler.facts, facts], this.problems);
    if (this.problems.length === 0) this.compiler.add([facts]);
    const problems = this.problems.splice(0);
    if (problems.length > 0) throw new SetupError(problems);
    this.#plan = this.compiler.plan();
    this.#apply();
    return this;
  }

  #apply(): void {
    this.bindings.apply(this.#plan);
    this.#background.watch(this.#plan);
  }

  get container(): DependencyContainer {
    return this.runtime.container;
  }

  health(): Health {
    const { transports } = this.#clients;
    const { size, closing } = this.runtime.calls;
    const clients = Object.values(transports).reduce((sum, count) => sum + count, 0);
    const { name, reason } = this.engine;
    const health = { closing: closing !== false, clients, engine: { name, reason }, transports, calls: size };
    return this.link ? { ...health, adapter: this.link.health() } : health;
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
    if (this.#server) throw new Error('The application listens already; create another one for another port.');
    const options = typeof where === 'number' ? { port: where } : where;
    const server = createHttpServer(this.options, options.tls);
    this.#server = server;
    try {
      this.#connect(server);
      const address = await listen(server, options);
      this.serve();
      if (this.options.signals ?? true) this.#stopSignals = handleSignals(() => this.close(), this.runtime.log);
      this.#report(address);
      return address;
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
  }

  #report({ url }: Address): void {
    const { log } = this.runtime;
    log.info(`listening on ${url}`);
    log.debug(`WebSocket engine: ${this.engine.name} (${this.engine.reason})`);
    const { transports } = this.options;
    if (transports && !transports.some((each) => each !== 'polling')) {
      log.warn('the option `transports` leaves only long-polling: no client will use WebSocket');
    }
  }

  attach(server: HttpServer, options?: Partial<ServerOptions>): void {
    this.#connect(server, options);
    this.serve();
  }

  #connect(server: HttpServer, options?: Partial<ServerOptions>): void {
    this.#dropConnections = trackConnections(server);
    this.io.attach(server, options);
    this.engine.attach(this.io.engine);
    installSession(this.io, this.options.session);
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
    const rest = (): number => Math.max(0, end - Date.now());
    this.runtime.calls.closing = 'draining';
    await Promise.all([this.#drain(rest()), this.#background.stop(rest())]);
    await this.#clients.flush(rest());
    // Not before: a client on long-polling fetches its answer with a connection of its own.
    const stopped = this.#stopAccepting();
    const disconnected = setTimeout(() => this.#dropConnections?.(), rest());
    await closeServer(this.io);
    await stopped;
    clearTimeout(disconnected);
    await this.link?.close();
    await this.#drain(rest());
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
