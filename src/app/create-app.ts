/** createApp: load → scan → compile → bind; then listen or attach, and close. */
import { Server } from 'socket.io';
import { BootReport, once, type KnownMistakes, type Step } from '../base/boot/report.js';
import { createContainer, isProvided, provideServer, provideServices } from '../base/container.js';
import { Counters } from '../base/counters.js';
import { resolveLimits, type Limits } from '../base/limits.js';
import { createLogger, guardLogger, silentLogger, type Logger } from '../base/log.js';
import { resolveBlockTime } from '../background/watchdog/watchdog.js';
import { limitCalls } from '../connections/asking/questions.js';
import { Tasks } from '../connections/ambient/tasks.js';
import { Calls } from '../connections/calls.js';
import { expire } from '../connections/dispatch.js';
import { allowsLane } from '../connections/lane/unwatched.js';
import { KeptBytes, limitRecovery } from '../connections/recovery/kept-bytes.js';
import { LatestClient } from '../connections/namespaces/latest-client.js';
import { ServerNamespaces } from '../connections/namespaces/server-namespaces.js';
import type { Runtime } from '../connections/runtime.js';
import { Scopes } from '../connections/scopes/scopes.js';
import { checkDocs, docsPathOf } from '../contract/page/docs-options.js';
import type { EmittedEvents } from '../controllers/emits/declare.js';
import { checkEmissions, planEmits, type EmitsPlan } from '../controllers/emits/plan.js';
import { PayloadPlans } from '../controllers/plan/arguments/payload-plans.js';
import { Compiler } from '../controllers/plan/compile.js';
import { sharedClasses } from '../controllers/plan/instances.js';
import { printTable } from '../controllers/plan/table.js';
import { containerProblem } from '../controllers/scan/copied-classes.js';
import { validMiddleware } from '../controllers/scan/check-inputs.js';
import type { ControllerFacts } from '../controllers/scan/facts.js';
import { loadControllers } from '../controllers/scan/load.js';
import { precedence } from '../controllers/scan/path.js';
import { scan } from '../controllers/scan/scan.js';
import { Addresses, checkTrustProxy } from '../server/addresses.js';
import type { Engine } from '../server/engine/index.js';
import { checkStatic } from '../server/pages.js';
import { checkSession } from '../server/session/session-options.js';
import { checkSessionUse } from '../server/session/session.js';
import { checkMetrics } from '../telemetry/metrics/option.js';
import { resolveRecorder, type RecorderSettings } from '../telemetry/recorder/options.js';
import { checkChecks, checkLevels, checkOptionNames } from './check-options.js';
import { announce, isInspected } from './inspection.js';
import { joinCluster } from './join-cluster.js';
import type { App, AppOptions } from './options.js';
import { checkOwnServer } from './own-server.js';
import { noControllers, RunningApp } from './running.js';
import { resolveEngine, serverOptions } from './server-options.js';

/**
 * Scans the controllers, builds them, and makes an application.
 * @returns the application, which can listen, or be attached to a server
 * @throws SetupError with every mistake that was found
 */
export async function createApp<const Events extends EmittedEvents = EmittedEvents>(
  options: AppOptions<Events>,
): Promise<App<Events>> {
  announce({ step: 'begin', options });
  try {
    const app = await build(options);
    announce({ step: 'ready', options, app });
    return app;
  } catch (error) {
    announce({ step: 'failed', options, error });
    throw error;
  }
}

async function build(options: AppOptions): Promise<RunningApp> {
  const report = new BootReport(checkLevels(options));
  report.take(checkKinds(options));
  // An option of the wrong kind cannot be read any further.
  if (report.hasMistake(({ code }) => code === 'option_kind')) report.conclude(() => undefined);
  const settings = report.take(resolveSettings(options, await resolveLogger(options)));
  const classes = await report.takeAsync(load(options));
  const facts = report.take(scan(classes, (type) => isProvided(options.container, type)));
  report.take(checkOptions(options, facts));
  const server = report.take(createServer(options, facts, settings));
  const compiler = report.take(compile(options, facts, server, report));
  report.conclude((text) => settings.log.warn(text));
  return bind(options, settings, server, compiler, report);
}

const TRANSFORMED_TWICE =
  'will be transformed on the way in and again on the way out: the @Transform says no direction. Fix: @Transform(…, { toClassOnly: true }), or toPlainOnly';

/** Everything that the options decide by themselves. */
interface Settings {
  readonly log: Logger;
  readonly limits: Limits;
  readonly engine: Engine;
  readonly calls: Calls;
  readonly counters: Counters;
  readonly addresses: Addresses;
  /** Milliseconds after which a blocked event loop is logged. */
  readonly blockTime: number;
  readonly recorder: RecorderSettings | undefined;
}

/** The Socket.IO server, and the namespaces of the controllers in it. */
interface NamedServer {
  readonly io: Server;
  readonly namespaces: ServerNamespaces;
  readonly payloads: PayloadPlans;
  readonly emits: EmitsPlan | undefined;
  readonly limits: Limits;
}

function* checkKinds(options: AppOptions): Step<void> {
  yield* checkOptionNames(options);
  yield* checkChecks(options);
}

function* resolveSettings(options: AppOptions, log: Logger): Step<Settings> {
  const limits = yield* resolveLimits(options.limits);
  return {
    log,
    limits,
    engine: yield* resolveEngine(options),
    calls: new Calls((context) => (context.onExpire ? context.onExpire() : expire(context))),
    counters: new Counters(),
    addresses: yield* resolveAddresses(options, limits),
    blockTime: yield* resolveBlockTime(options),
    recorder: yield* resolveRecorder(options.recorder),
  };
}

async function resolveLogger({ logger, debug }: AppOptions): Promise<Logger> {
  if (logger === false) return guardLogger(silentLogger);
  return guardLogger(logger ?? (await createLogger(debug ? 'debug' : 'info')));
}

function* resolveAddresses({ limits: given, trustProxy }: AppOptions, limits: Limits): Step<Addresses> {
  const isExplicit = given?.connectionsPerAddress !== undefined || given?.connectionRate !== undefined;
  try {
    checkTrustProxy(trustProxy);
    return new Addresses(limits, trustProxy, isExplicit);
  } catch (cause) {
    yield {
      code: 'trust_proxy',
      where: 'trustProxy',
      what: `it is not a number of proxies, nor addresses: ${(cause as Error).message}.`,
      fix: "give the number of proxies before this server, their addresses, or 'loopback'.",
      cause,
    };
    return new Addresses(limits, undefined, isExplicit);
  }
}

async function* load(options: AppOptions): ReturnType<typeof loadControllers> {
  const { controllers, cwd = process.cwd(), importer = (url: string) => import(url) } = options;
  if (isEmpty(options) && options.checks?.no_controllers === 'refuse') yield noControllers;
  return yield* loadControllers(controllers ?? [], { cwd, importer });
}

function isEmpty({ controllers, services = [] }: AppOptions): boolean {
  return !controllers?.length && services.length === 0;
}

function* checkOptions(options: AppOptions, facts: readonly ControllerFacts[]): Step<void> {
  yield* checkSession(options.session);
  if (!options.session) yield* checkSessionUse(facts);
  yield* checkStatic(options.static);
  yield* checkOwnServer(options);
  const copy = options.container && containerProblem(options.container);
  if (copy) yield copy;
  const socketPath = options.io?.path() ?? options.path ?? '/socket.io';
  yield* checkDocs({ ...options, socketPath });
  yield* checkMetrics(options.metrics, { ...options, socketPath, docsPath: docsPathOf(options.docs) });
}

/** Whether another parser than Socket.IO's own reads packets, on a server of the user's own too. */
function hasParser({ parser, io }: AppOptions): boolean {
  const own = io as { readonly opts?: { readonly parser?: unknown } } | undefined;
  return (parser ?? own?.opts?.parser) !== undefined;
}

function* createServer(options: AppOptions, facts: readonly ControllerFacts[], settings: Settings): Step<NamedServer> {
  const { engine, limits } = settings;
  const payloads = new PayloadPlans(hasParser(options));
  const emits = options.emits && (yield* planEmits(options.emits, options.payload ?? {}, payloads));
  if (emits) yield* checkEmissions(facts, emits);
  const io: Server =
    options.io ?? new Server({ ...engine.serverOptions, ...serverOptions(options, settings, () => io) });
  limitCalls(io, limits);
  limitRecovery(io, new KeptBytes(limits, settings.counters, settings.log));
  const namespaces = new ServerNamespaces(io, emits, settings);
  const paths = facts.map(({ namespace }) => namespace.path);
  for (const path of paths.toSorted((a, b) => precedence(a) - precedence(b))) namespaces.open(path);
  return { io, namespaces, payloads, emits, limits };
}

function* compile(
  options: AppOptions,
  facts: readonly ControllerFacts[],
  { io, namespaces, payloads, emits, limits }: NamedServer,
  known: KnownMistakes,
): Step<Compiler> {
  const { payload = {}, services = [] } = options;
  const use = yield* once(validMiddleware(options.use ?? [], 'use', 'the option'));
  const container = createContainer(options.container);
  provideServer(container, io, namespaces);
  const compiler = new Compiler(
    { container, use, payload, payloads, timeout: limits.handlerTime, ownServer: options.io !== undefined, emits },
    known,
  );
  provideServices(container, [...sharedClasses(facts), ...services]);
  yield* compiler.add(facts);
  yield* compiler.addServices(services);
  yield* compiler.buildConstraints();
  yield* compiler.checkTogether();
  return compiler;
}

async function bind(
  options: AppOptions,
  settings: Settings,
  server: NamedServer,
  compiler: Compiler,
  report: BootReport,
): Promise<RunningApp> {
  const { log, limits, calls, counters } = settings;
  const { debug = false, onError, printTable: isPrinted = true } = options;
  const { container } = compiler.options;
  const { io, emits } = server;
  const fastLane = options.fastLane !== false && allowsLane(io);
  const scopes = new Scopes(container, compiler.singletons, log);
  const tasks = new Tasks(limits.backgroundTasks, log);
  const shared = { log, limits, debug, fastLane, onError, calls, tasks, counters, emits };
  const runtime: Runtime = { ...shared, container, scopes, latest: new LatestClient() };
  const link = isInspected() ? undefined : await joinCluster(options, io);
  const app = new RunningApp({ ...settings, ...server, link, runtime, options, compiler, report });
  // Functions are added in the turn in which the application is returned.
  if (isEmpty(options) && !isInspected()) setImmediate(() => app.checkHandlers());
  const twice = server.payloads.transformedTwice();
  if (twice.length > 0) log.warn({ properties: twice }, `${twice.join(', ')} ${TRANSFORMED_TWICE}`);
  if (isPrinted && !isInspected()) log.info(`dispatch table\n${printTable(app.table)}`);
  return app;
}
