/** createApp: load → scan → compile → bind; then listen or attach, and close. */
import { Server } from 'socket.io';
import { createContainer, provideServer, provideServices } from './container.js';
import { limitCalls } from './asking/questions.js';
import { joinCluster } from './cluster.js';
import type { EmittedEvents } from './emits.js';
import { SetupError, type SetupProblem } from './errors.js';
import { settleLimits } from './limits.js';
import { createLogger, guardLogger, silentLogger } from './log.js';
import { Compiler } from './plan/compile.js';
import { checkEmissions, planEmits } from './plan/emits.js';
import { usable } from './plan/given.js';
import { sharedClasses } from './plan/instances.js';
import { loadControllers } from './plan/load.js';
import { precedence } from './plan/path.js';
import { PayloadPlans } from './plan/payloads.js';
import { scan } from './plan/scan.js';
import { printTable } from './plan/table.js';
import { Calls } from './runtime/calls.js';
import { expire } from './runtime/dispatch.js';
import { ServerNamespaces } from './runtime/namespaces.js';
import type { Runtime } from './runtime/runtime.js';
import { checkSession, installSession } from './session/options.js';
import { checkSessionUse } from './session/session.js';
import { checkStatic } from './serving/pages.js';
import { settleBlockTime } from './watchdog/watchdog.js';
import type { App, AppOptions } from './app/options.js';
import { checkOwnServer } from './app/own-server.js';
import { RunningApp } from './app/running.js';
import { serverOptions, settleEngine } from './app/settle.js';

/**
 * Scans the controllers, builds them, and makes an application that can listen.
 * @throws SetupError with every mistake that was found
 */
export async function createApp<const Events extends EmittedEvents = EmittedEvents>(
  options: AppOptions<Events>,
): Promise<App<Events>> {
  const problems: SetupProblem[] = [];
  const limits = settleLimits(options.limits, problems);
  const log = guardLogger(
    options.logger === false
      ? silentLogger
      : (options.logger ?? (await createLogger(options.debug ? 'debug' : 'info'))),
  );
  const blockTime = settleBlockTime(options, problems);
  const classes = await loadControllers(
    options.controllers,
    { cwd: options.cwd ?? process.cwd(), importer: options.importer ?? ((url) => import(url)) },
    problems,
  );
  const facts = scan(classes, problems);
  const { payload = {}, services = [] } = options;
  const use = usable(options.use ?? [], 'use', 'the option', problems);
  const payloads = new PayloadPlans();
  const emits = options.emits && planEmits(options.emits, payload, problems, payloads);
  if (emits) checkEmissions(facts, emits, problems);
  checkSession(options.session, problems);
  if (!options.session) checkSessionUse(facts, problems);
  checkStatic(options.static, problems);
  checkOwnServer(options, problems);
  const engine = settleEngine(options, problems);
  const calls = new Calls((context) => (context.onExpire ? context.onExpire() : expire(context)));
  const io = options.io ?? new Server({ ...engine.serverOptions, ...serverOptions(options, limits, calls) });
  limitCalls(io, limits);
  const namespaces = new ServerNamespaces(io, emits);
  const paths = facts.map(({ namespace }) => namespace.path);
  for (const path of paths.toSorted((a, b) => precedence(a) - precedence(b))) namespaces.open(path);
  const container = createContainer(options.container);
  provideServer(container, io, namespaces);
  const compiler = new Compiler(
    { container, use, payload, payloads, timeout: limits.handlerTime, ownServer: options.io !== undefined, emits },
    problems,
  );
  provideServices(container, [...sharedClasses(facts), ...services]);
  compiler.add(facts);
  compiler.addServices(services);
  if (problems.length > 0) throw new SetupError(problems);
  const { debug = false, onError } = options;
  const runtime: Runtime = { log, limits, debug, onError, container, calls, emits };
  const link = await joinCluster(options, io);
  const app = new RunningApp({ io, engine, link, runtime, options, compiler, namespaces, blockTime, problems });
  if (options.io?.engine) {
    engine.attach(io.engine);
    installSession(io, options.session);
    app.serve();
  }
  if (options.printTable ?? true) log.info(`dispatch table\n${printTable(app.table)}`);
  return app;
}
