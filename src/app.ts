/** createApp: load → scan → compile → bind; then listen or attach, and close. */
import type { Server as HttpServer } from 'node:http';
import { Server, type ServerOptions } from 'socket.io';
import { createContainer, provideServer, type DependencyContainer } from './container.js';
import { SetupError, type SetupProblem } from './errors.js';
import { settleLimits, type Limits } from './limits.js';
import { createLogger, silentLogger, type Logger } from './log.js';
import type { MiddlewareLike } from './middleware.js';
import type { PayloadOptions } from './payload/index.js';
import { Compiler } from './plan/compile.js';
import { checkEvents } from './plan/checks.js';
import { functionFacts, type FunctionOptions, type HandlerFunction } from './plan/functions.js';
import { loadControllers, type ControllerSource } from './plan/load.js';
import { pathProblem, precedence } from './plan/path.js';
import { scan } from './plan/scan.js';
import { printTable } from './plan/table.js';
import type { Plan, PlanRow } from './plan/types.js';
import { Bindings } from './runtime/bind.js';
import { Calls } from './runtime/calls.js';
import { expire } from './runtime/dispatch.js';
import { ServerNamespaces } from './runtime/namespaces.js';
import type { ErrorHandler, Runtime } from './runtime/runtime.js';
import { flushBuffers, watchBuffers } from './serving/buffers.js';
import { createHttpServer, listen, type Address, type HttpOptions, type ListenOptions } from './serving/http.js';
import { guardOrigins } from './serving/origins.js';
import { handleSignals } from './serving/signals.js';

/** What `createApp` takes; everything that Socket.IO's `Server` takes stands beside it. */
export interface AppOptions extends Partial<ServerOptions>, HttpOptions {
  /** Controller classes, globs of files that export some, or both. */
  readonly controllers: readonly ControllerSource[];
  /** The folder that relative globs start from; the process's own unless given. */
  readonly cwd?: string;
  /** Imports a controller file by its `file:` address, for test runners that transform files. */
  readonly importer?: (url: string) => Promise<unknown>;
  /** The container that services are registered in; tsyringe's global one unless given. */
  readonly container?: DependencyContainer;
  /** A Socket.IO server of your own; the options for one are then its own affair. */
  readonly io?: Server;
  /** Middleware around every event, connection and disconnection; the first one is the outermost. */
  readonly use?: readonly MiddlewareLike[];
  /** Handles what no `@OnError` answered; what it returns, if anything, answers the client. */
  readonly onError?: ErrorHandler;
  /** How payloads are transformed and validated, unless a class or a parameter says otherwise. */
  readonly payload?: PayloadOptions;
  readonly limits?: Partial<Limits>;
  /** A pino logger, anything with its shape, or `false` for silence. */
  readonly logger?: Logger | false;
  /** Whether the dispatch table is printed at boot; `true` unless given. */
  readonly printTable?: boolean;
  /** Tells clients what was thrown, and logs more. For development only. */
  readonly debug?: boolean;
  /** Whether SIGTERM and SIGINT close the application while it listens; `true` unless given. */
  readonly signals?: boolean;
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
  const log =
    options.logger === false ? silentLogger : (options.logger ?? createLogger(options.debug ? 'debug' : 'info'));
  const classes = await loadControllers(
    options.controllers,
    { cwd: options.cwd ?? process.cwd(), importer: options.importer ?? ((url) => import(url)) },
    problems,
  );
  const facts = scan(classes, problems);
  const io = options.io ?? new Server(serverOptions(options, limits));
  const namespaces = new ServerNamespaces(io);
  const paths = facts.map(({ namespace }) => namespace.path);
  for (const path of paths.toSorted((a, b) => precedence(a) - precedence(b))) namespaces.open(path);
  const container = createContainer(options.container);
  provideServer(container, io, namespaces);
  const { use = [], payload = {} } = options;
  const compiler = new Compiler({ container, use, payload, timeout: limits.handlerTime }, problems);
  compiler.add(facts);
  if (problems.length > 0) throw new SetupError(problems);
  const calls = new Calls((context) => (context.onExpire ? context.onExpire() : expire(context)));
  const runtime: Runtime = { log, limits, debug: options.debug ?? false, onError: options.onError, container, calls };
  const app = new RunningApp(io, runtime, options, compiler, new Bindings(namespaces, runtime), problems);
  if (options.printTable ?? true) log.info(`dispatch table\n${printTable(app.table)}`);
  return app;
}

/** Socket.IO's own options, with our defaults below them and our checks around them. */
function serverOptions(options: AppOptions, limits: Limits): Partial<ServerOptions> {
  const { connectionStateRecovery: recovery } = options;
  return {
    maxHttpBufferSize: limits.payload,
    connectTimeout: limits.joinTime,
    cleanupEmptyChildNamespaces: true,
    ...options,
    ...(recovery ? { connectionStateRecovery: { skipMiddlewares: false, ...recovery } } : {}),
    allowRequest: guardOrigins(options.cors, options.allowRequest),
  };
}

/** The application behind {@link App}; the test kit looks at what it runs. */
export class RunningApp implements App {
  #server: HttpServer | undefined;
  #stopWatching: (() => void) | undefined;
  #stopSignals: (() => void) | undefined;
  #closed: Promise<void> | undefined;
  #plan: Plan;

  constructor(
    readonly io: Server,
    readonly runtime: Runtime,
    private readonly options: AppOptions,
    private readonly compiler: Compiler,
    private readonly bindings: Bindings,
    private readonly problems: SetupProblem[],
  ) {
    this.#plan = compiler.plan();
    bindings.apply(this.#plan);
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
    this.bindings.apply(this.#plan);
    return this;
  }

  get container(): DependencyContainer {
    return this.runtime.container;
  }

  async listen(where: number | ListenOptions): Promise<Address> {
    if (this.#server) throw new Error('The application listens already; create another one for another port.');
    const options = typeof where === 'number' ? { port: where } : where;
    const server = createHttpServer(this.options, options.tls);
    this.#server = server;
    try {
      const address = await listen(server, options);
      this.attach(server);
      if (this.options.signals ?? true) this.#stopSignals = handleSignals(() => this.close(), this.runtime.log);
      this.runtime.log.info(`listening on ${address.url}`);
      return address;
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
  }

  attach(server: HttpServer, options?: Partial<ServerOptions>): void {
    this.io.attach(server, options);
    this.#stopWatching ??= watchBuffers(this.io, this.runtime.limits.sendBuffer, this.runtime.log);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    const { calls, limits } = this.runtime;
    calls.closing = 'draining';
    const stopped = this.#stopAccepting();
    const drained = setTimeout(() => calls.expireAll(), limits.drainTime);
    await calls.idle();
    await flushBuffers(this.io, limits.drainTime);
    await this.io.close();
    await calls.idle();
    clearTimeout(drained);
    this.#server?.closeAllConnections();
    await stopped;
    this.#stopWatching?.();
    await this.runtime.container.dispose();
    this.#stopSignals?.();
  }

  async #stopAccepting(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
