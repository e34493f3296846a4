/** The application while it runs: the plan in force, and what `createApp` returns of it. */
import type { Server as HttpServer } from 'node:http';
import type { Server, ServerOptions } from 'socket.io';
import { BackgroundWork } from '../background/runner.js';
import { Watchdog } from '../background/watchdog/watchdog.js';
import type { DependencyContainer } from '../base/container.js';
import type { BootReport } from '../base/boot/report.js';
import type { SetupProblem } from '../base/errors.js';
import type { AdapterLink, ClusterCounts } from '../cluster/index.js';
import { countsOf } from './counts.js';
import { Bindings } from '../connections/bind.js';
import type { ServerNamespaces } from '../connections/namespaces/server-namespaces.js';
import type { Runtime } from '../connections/runtime.js';
import type { Contract } from '../contract/contract.js';
import { contractOf } from '../contract/contract-of.js';
import type { ApplicationPlan } from '../controllers/plan/application.js';
import type { Compiler } from '../controllers/plan/compile.js';
import type { NamespacePlan, PlanRow } from '../controllers/plan/types.js';
import {
  checkFunction,
  functionFacts,
  type FunctionOptions,
  type HandlerFunction,
} from '../controllers/scan/functions.js';
import { Outside } from '../connections/observing/outside.js';
import type { Addresses } from '../server/addresses.js';
import { Clients } from '../server/clients.js';
import type { Engine } from '../server/engine/index.js';
import { startRecorder, type RunningRecorder } from '../telemetry/recorder/index.js';
import type { RecorderSettings } from '../telemetry/recorder/options.js';
import type { FlightRecorder } from '../telemetry/recorder/recorder.js';
import type { Address, ListenOptions } from '../server/http.js';
import { handleSignals } from '../server/signals.js';
import { announce, isInspected } from './inspection.js';
import type { ApplicationState } from '../telemetry/metrics/state.js';
import { leaseOf } from './join-cluster.js';
import { Measuring } from './measuring.js';
import type { App, AppOptions, Health } from './options.js';
import { Serving } from './serving.js';
import { shutDown } from './shutdown.js';

/** The parts of an application. */
export interface AppParts {
  readonly io: Server;
  readonly engine: Engine;
  readonly addresses: Addresses;
  readonly link: AdapterLink | undefined;
  readonly runtime: Runtime;
  readonly options: AppOptions;
  readonly compiler: Compiler;
  readonly namespaces: ServerNamespaces;
  /** Milliseconds after which a blocked event loop is logged. */
  readonly blockTime: number;
  readonly recorder: RecorderSettings | undefined;
  /** Collects the mistakes that the compiler finds. */
  readonly report: BootReport;
}

export const noControllers: SetupProblem = {
  code: 'no_controllers',
  where: 'controllers',
  what: 'the list is empty and no function was added, so nothing handles an event.',
  fix: 'name the classes, or add functions when the application is made, app.on(path, event, handler).',
};

/** The application behind {@link App}; the test kit looks at what it runs. */
export class RunningApp implements App {
  #stopSignals: (() => void) | undefined;
  #closed: Promise<void> | undefined;
  readonly #bindings: Bindings;
  readonly #clients: Clients;
  readonly #counts: ClusterCounts;
  readonly #plan: ApplicationPlan;
  readonly #background: BackgroundWork;
  readonly #watchdog: Watchdog;
  readonly #serving: Serving;
  readonly #measuring: Measuring;
  readonly #recording: RunningRecorder;

  constructor(private readonly parts: AppParts) {
    const { io, runtime, options, namespaces } = parts;
    const { log, limits } = runtime;
    this.#counts = countsOf(io, parts.link);
    this.#clients = new Clients(io, limits.sendBuffer, log, runtime.counters);
    this.#bindings = new Bindings(namespaces, runtime);
    this.#plan = parts.compiler.plan();
    this.#recording = startRecorder(io, parts.recorder, log);
    this.#background = new BackgroundWork(this.#plan.background, {
      io,
      log,
      lease: options.lease ?? leaseOf(parts.link),
      namespaceOf: (path) => namespaces.open(path),
    });
    this.#watchdog = new Watchdog(parts.blockTime, () => this.table.map(({ handler }) => handler), log);
    const { counters } = runtime;
    const outside = new Outside({ io, joinTime: limits.joinTime, counters, log });
    const transports = { limits, counters, addresses: parts.addresses, outside, log };
    this.#measuring = new Measuring({ io, options, log, counters, node: parts.link?.node, state: () => this.#state() });
    this.#serving = new Serving({
      ...parts,
      log,
      transports,
      measuring: this.#measuring,
      onServing: () => this.#serve(),
      contract: () => this.contract(),
      flightRecorder: this.recorder,
    });
    this.#apply(this.#plan.namespaces);
    this.#serving.begin();
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

  get recorder(): FlightRecorder {
    return this.#recording.recorder;
  }

  contract(): Contract {
    return contractOf(this.#plan);
  }

  on<Args extends unknown[]>(
    path: string,
    event: string,
    handler: HandlerFunction<Args>,
    options: FunctionOptions = {},
  ): this {
    const { report, compiler } = this.parts;
    const facts = functionFacts(path, event, handler, options);
    report.take(checkFunction(facts, event, handler, this.#plan.handlerOf(path, event)));
    const controller = report.hasMistakes ? undefined : report.take(compiler.controller(facts));
    report.conclude((text) => this.runtime.log.warn(text));
    this.#apply(this.#plan.add(controller!));
    return this;
  }

  /** Warns if there is nothing that handles an event. */
  checkHandlers(): void {
    if (this.#plan.rows.some(({ kind }) => kind !== 'emission')) return;
    const { report, runtime } = this.parts;
    report.add(noControllers);
    report.conclude((text) => runtime.log.warn(text));
  }

  #apply(namespaces: readonly NamespacePlan[]): void {
    this.#bindings.apply(namespaces);
    this.#background.watch(namespaces);
  }

  get container(): DependencyContainer {
    return this.runtime.container;
  }

  health(): Health {
    const { transports, fastLane } = this.#clients;
    const { size, closing } = this.runtime.calls;
    const clients = Object.values(transports).reduce((sum, count) => sum + count, 0);
    const { name, reason } = this.parts.engine;
    const { counts } = this.runtime.counters;
    const engine = { name, reason };
    const health = { closing: closing !== false, clients, engine, transports, fastLane, calls: size, counts };
    return this.parts.link ? { ...health, adapter: this.parts.link.health() } : health;
  }

  metrics(): string {
    return this.#measuring.text();
  }

  #state(): ApplicationState {
    return { ...this.health(), sendBuffers: this.#clients.sendBuffers };
  }

  count(namespace: string, room?: string): number {
    return this.#counts.count(namespace, room);
  }

  rooms(namespace: string): ReadonlyMap<string, number> {
    return this.#counts.rooms(namespace);
  }

  /** The handlers and the background work that run now, by name, and a promise of their end. */
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
    const address = await this.#serving.listen(where);
    if (this.parts.options.signals ?? true) this.#stopSignals = handleSignals(() => this.close(), this.runtime.log);
    this.#serving.report(address);
    return address;
  }

  attach(server: HttpServer, options?: Partial<ServerOptions>): void {
    this.#checkOpen();
    this.#serving.attach(server, options);
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('The application has been closed; create another one.');
  }

  /** From here on clients may come. */
  #serve(): void {
    announce({ step: 'serve', options: this.parts.options, app: this });
    if (isInspected()) return;
    this.#clients.watch();
    this.#background.start();
    this.#watchdog.start();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    await shutDown({
      ...this.parts,
      serving: this.#serving,
      clients: this.#clients,
      background: this.#background,
      watchdog: this.#watchdog,
    });
    this.#recording.stop();
    this.#stopSignals?.();
    this.#measuring.close();
  }
}
