/** The options of `createApp`, and the application that it returns. */
import type { Server as HttpServer } from 'node:http';
import { Server, type DefaultEventsMap, type ServerOptions } from 'socket.io';
import type { CheckLevel } from '../base/boot/report.js';
import type { SwitchableCheck } from '../base/boot-errors.js';
import { type DependencyContainer } from '../base/container.js';
import type { AdapterHealth, AdapterOption } from '../cluster/index.js';
import type { Contract } from '../contract/contract.js';
import type { DocsOption } from '../contract/page/docs-options.js';
import type { EmittedEvents, EventsOf } from '../controllers/emits/declare.js';
import type { Lease } from '../background/lease.js';
import { type Engine, type EngineOption } from '../server/engine/index.js';
import { type Limits } from '../base/limits.js';
import { type Logger } from '../base/log.js';
import type { MiddlewareLike } from '../base/middleware.js';
import type { PayloadOptions } from '../payload/index.js';
import type {
  FunctionOptions,
  FunctionPayload,
  HandlerFunction,
  PayloadArguments,
} from '../controllers/scan/functions.js';
import { type ControllerSource } from '../controllers/scan/load.js';
import type { Class } from '../base/reflect.js';
import type { PlanRow } from '../controllers/plan/types.js';
import type { TrustProxy } from '../server/addresses.js';
import type { Counts } from '../base/counters.js';
import type { MetricsOption } from '../telemetry/metrics/option.js';
import type { ErrorHandler } from '../connections/runtime.js';
import { type TransportCounts } from '../server/clients.js';
import { type Address, type ListenOptions } from '../server/http.js';
import type { HttpOptions } from '../server/pages.js';
import { type SessionOptions } from '../server/session/session-options.js';
import { type WatchdogOptions } from '../background/watchdog/watchdog.js';
import type { RecorderOptions } from '../telemetry/recorder/options.js';
import type { FlightRecorder } from '../telemetry/recorder/recorder.js';

/** The options of `createApp`, beside those of Socket.IO's `Server`. */
export interface AppOptions<Events extends EmittedEvents = EmittedEvents>
  extends Partial<Omit<ServerOptions, 'adapter'>>, HttpOptions, WatchdogOptions {
  /** A name for the command `colloquy --app name`, if a program has several applications; documents bear it as their title. */
  readonly name?: string;
  /**
   * Controller classes, globs of files that export some, or both; `'!…'` leaves files out. A glob may be a `file:` address. The
   * list is empty if functions handle all events.
   */
  readonly controllers: readonly ControllerSource[];
  /** Classes that the container builds once at boot, and whose `@Background` methods run. */
  readonly services?: readonly Class[];
  /**
   * Joins the nodes of a cluster: `redis://…`, `rediss`, `amqp(s)`, `nats`, `postgres`, `local:` for the processes of one
   * machine, `redis+streams` to recover clients on any node (`connectionStateRecovery`), an object with
   * more to say, or any Socket.IO adapter.
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
   * without, `eiows` the package of that name in C++. `auto`, the default, takes `eiows` if it is installed, else
   * `corked`. A server of your own, `io`, keeps the engine that it has.
   */
  readonly engine?: EngineOption;
  /**
   * Whether events go from a frame to their handler, and answers back, past the packets and emitters of Socket.IO that nobody
   * listens to; `true` unless given. Clients and handlers see no difference; needs the engine `corked`.
   */
  readonly fastLane?: boolean;
  /**
   * A Socket.IO server of your own; options for one are given to it, and are a mistake here. That it lets in only listed
   * origins (`allowRequest`), bounds messages and checks recovered clients again is then for you to say.
   */
  readonly io?: Server;
  /** Middleware around every event, connection and disconnection; the first one is the outermost. */
  readonly use?: readonly MiddlewareLike[];
  /**
   * Handles errors that no `@OnError` answered; its return value, if any, answers the client. An event that a limit refuses
   * (`rate_limited`, `busy`, `closing`) reaches no error handler.
   */
  readonly onError?: ErrorHandler;
  /**
   * The events that may be sent to clients, with what: `emit` throws `InvalidEmission` for an event that is not declared,
   * or for values that do not fit. It holds for the namespaces of controllers; unless given, everything may be sent.
   */
  readonly emits?: Events;
  /** How payloads are transformed and validated, unless a class or a parameter says otherwise. */
  readonly payload?: PayloadOptions;
  /**
   * The check of arguments that no rule checks because their type is lost at run time (an interface, a type alias, a union,
   * `unknown`): `refuse` does not start, `warn`, the default, logs them all once, `allow` says nothing. `@Payload({ type: Object })`
   * accepts anything for one argument.
   */
  readonly unvalidated?: 'refuse' | 'warn' | 'allow';
  /**
   * Switches single checks of boot, by their codes in docs/boot-errors.md: `{ no_rules: 'warn' }` logs a warning instead of a
   * mistake, `off` says nothing. Checks without which the application cannot work are no keys.
   */
  readonly checks?: { readonly [Code in Exclude<SwitchableCheck, 'unvalidated'>]?: CheckLevel };
  /** Shares the session of HTTP with `@Session()`; needs express-session or a middleware like it. */
  readonly session?: SessionOptions;
  readonly limits?: Partial<Limits>;
  /**
   * The proxies whose `X-Forwarded-For` is believed, as Express has it: the number of proxies before this server, their addresses, or
   * `'loopback'`. Limits for an address count the address that is found so; without it, the one of the connection.
   */
  readonly trustProxy?: TrustProxy;
  /** A pino logger, anything with its shape, or `false` for silence. */
  readonly logger?: Logger | false;
  /** Whether the dispatch table is printed at boot; `true` unless given. */
  readonly printTable?: boolean;
  /**
   * Serves the event book: a page that describes the application, and connects to it to try things. `true` serves it under
   * `/events`, an object says where and who may see it. Off unless given; in production (`NODE_ENV`) `allow` is needed.
   */
  readonly docs?: DocsOption;
  /** Sends the thrown error to clients, and logs more. For development only. */
  readonly debug?: boolean;
  /**
   * Logs the handler that blocks the event loop for so many milliseconds, 200 if `true`. A thread of its
   * own watches, so even an endless loop is logged, and no message pays for it. Unless given, on with `debug`.
   */
  readonly watchdog?: boolean | number;
  /**
   * Serves metrics in Prometheus' text format on this path of the application's port, `'/metrics'`, and counts from the start.
   * Everybody who reaches the port may read them, unless `{ path, allow }` says who may.
   */
  readonly metrics?: MetricsOption;
  /**
   * Keeps the last calls and connections in memory, without payloads unless `fields` names some: `app.recorder.dump()`, and a file when
   * an error ends the process.
   */
  readonly recorder?: RecorderOptions;
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
  /** How many clients' events take the fast lane now. */
  readonly fastLane: number;
  /** Calls that are not answered yet. */
  readonly calls: number;
  /** Counts of dropped, refused and cut-off things since the start, by kind; kinds that never came up are absent. */
  readonly counts: Counts;
  /** The link to the other nodes, if there are any. */
  readonly adapter?: AdapterHealth;
}

/** A running application. */
export interface App<Events extends EmittedEvents = EmittedEvents> {
  /** The Socket.IO server, for everything that it offers, typed by what `emits` declares. */
  readonly io: Server<DefaultEventsMap, EventsOf<Events>>;
  /** The dispatch table, a row for each handler, and for each event that `emits` declares. */
  readonly table: readonly PlanRow[];
  /** The container that controllers and middleware were built with. */
  readonly container: DependencyContainer;
  /** The flight recorder; it records if the option `recorder` is given. */
  readonly recorder: FlightRecorder;
  /**
   * The messages that clients may send and receive, as plain data that is the same as JSON: namespaces, events, answers, error
   * codes, emissions, and a JSON Schema of each DTO. It is made when it is asked for.
   */
  contract(): Contract;
  /**
   * Serves sockets, and pages if `http` or `static` are given, on a port of its own.
   * @throws Error if the port is not available
   */
  listen(where: number | ListenOptions): Promise<Address>;
  /**
   * Serves sockets on an HTTP server of yours, which listens when you say so. `http` and `static` serve the pages of a server
   * without a request listener. The signals are for `listen`: `close` it yourself. Engine.IO's options may be added.
   * @throws Error if the server has a request listener, so that `http` or `static` would be ignored
   */
  attach(server: HttpServer, options?: Partial<ServerOptions>): void;
  /**
   * Handles an event of a namespace with a function, in the same pipeline as a method; `use`, `payload` and `timeout`
   * replace the decorators. An argument without a type has that of `payload`, else it is `unknown`. The
   * function may be added at any time, and serves those who are connected too.
   * @throws SetupError if the event has a handler already, or a name is wrong
   */
  on<const Payload extends FunctionPayload = FunctionPayload, Args extends unknown[] = PayloadArguments<Payload>>(
    path: string,
    event: string,
    handler: HandlerFunction<Args>,
    options?: FunctionOptions<Payload>,
  ): this;
  /** Says how it is, at no cost worth a cache. */
  health(): Health;
  /**
   * Returns the metrics in Prometheus' text format, version 0.0.4. With the option `metrics` everything is counted from the start,
   * without it from the first call: until then nothing is measured, and nothing costs.
   * @throws Error if the application is closed, and nothing was counted
   */
  metrics(): string;
  /**
   * How many clients a namespace has, or one of its rooms, on all nodes of the cluster. It reads what nodes tell each other
   * with their heartbeats, so it costs nothing, is exact for this node, and for the others as of their last heartbeat.
   */
  count(namespace: string, room?: string): number;
  /** The rooms of a namespace and how many clients each has, on all nodes; without the room that each client has by its id. */
  rooms(namespace: string): ReadonlyMap<string, number>;
  /** Accepts no new clients, answers the calls that run, disconnects all clients, and resolves when all is done. */
  close(): Promise<void>;
}
