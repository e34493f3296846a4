/** createApp: load → scan → compile → bind; then listen or attach, and close. */
import { Server } from 'socket.io';
import { createContainer, provideServer, provideServices } from '../base/container.js';
import { limitCalls } from '../connections/asking/questions.js';
import { joinCluster } from './join-cluster.js';
import type { EmittedEvents } from '../controllers/emits/declare.js';
import { SetupError, type SetupProblem } from '../base/errors.js';
import { resolveLimits } from '../base/limits.js';
import { createLogger, guardLogger, silentLogger } from '../base/log.js';
import { Compiler } from '../controllers/plan/compile.js';
import { checkEmissions, planEmits } from '../controllers/emits/plan.js';
import { validMiddleware } from '../controllers/scan/check-inputs.js';
import { sharedClasses } from '../controllers/plan/instances.js';
import { loadControllers } from '../controllers/scan/load.js';
import { precedence } from '../controllers/scan/path.js';
import { PayloadPlans } from '../controllers/plan/arguments/payload-plans.js';
import { scan } from '../controllers/scan/scan.js';
import { printTable } from '../controllers/plan/table.js';
import { Calls } from '../connections/calls.js';
import { expire } from '../connections/dispatch.js';
import { ServerNamespaces } from '../connections/namespaces/server-namespaces.js';
import type { Runtime } from '../connections/runtime.js';
import { checkSession, installSession } from '../server/session/session-options.js';
import { checkSessionUse } from '../server/session/session.js';
import { checkStatic } from '../server/pages.js';
import { resolveBlockTime } from '../background/watchdog/watchdog.js';
import type { App, AppOptions } from './options.js';
import { checkOwnServer } from './own-server.js';
import { RunningApp } from './running.js';
import { serverOptions, resolveEngine } from './server-options.js';

/**
 * Scans the controllers, builds them, and makes an application that can listen.
 * @throws SetupError with every mistake that was found
 */
export async function createApp<const Events extends EmittedEvents = EmittedEvents>(
  options: AppOptions<Events>,
): Promise<App<Events>> {
  const problems: SetupProblem[] = [];
  const limits = resolveLimits(options.limits, problems);
  const log = guardLogger(
    options.logger === false
      ? silentLogger
      : (options.logger ?? (await createLogger(options.debug ? 'debug' : 'info'))),
  );
  const blockTime = resolveBlockTime(options, problems);
  const classes = await loadControllers(
    options.controllers,
    { cwd: options.cwd ?? process.cwd(), importer: options.importer ?? ((url) => import(url)) },
    problems,
  );
  const facts = scan(classes, problems);
  const { payload = {}, services = [] } = options;
  const use = validMiddleware(options.use ?? [], 'use', 'the option', problems);
  const payloads = new PayloadPlans();
  const emits = options.emits && planEmits(options.emits, payload, problems, payloads);
  if (emits) checkEmissions(facts, emits, problems);
  checkSession(options.session, problems);
  if (!options.session) checkSessionUse(facts, problems);
  checkStatic(options.static, problems);
  checkOwnServer(options, problems);
  const engine = resolveEngine(options, problems);
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
