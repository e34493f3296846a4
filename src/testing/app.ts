/** createTestApp: the whole application, with the real server and real clients, and no port. */
import { clearInterval, setInterval } from 'node:timers';
import type { Socket } from 'socket.io';
import { createApp } from '../app/create-app.js';
import type { App, AppOptions } from '../app/options.js';
import type { RunningApp } from '../app/running.js';
import type { EmittedEvents } from '../controllers/emits/declare.js';
import { loadControllers } from '../controllers/scan/load.js';
import { Activity, type WaitOptions } from './activity.js';
import { connected, TestClient, type ClientHost } from './client.js';
import { isolate, type Override } from './isolation.js';
import { loadMemory } from './load-memory.js';
import { recordingLogger, type LogEntry } from './logs.js';
import type { ConnectOptions, MemoryNetwork } from './memory/index.js';

/** The options of `createTestApp`: those of `createApp`, and replacements of services. */
export interface TestAppOptions<Events extends EmittedEvents = EmittedEvents> extends AppOptions<Events> {
  /** Replacements of services, in this application only. */
  readonly overrides?: readonly Override[];
}

/** An application under test. */
export interface TestApp<Events extends EmittedEvents = EmittedEvents>
  extends Omit<App<Events>, 'listen' | 'attach'>, AsyncDisposable {
  /** The logged lines, unless the option `logger` was given. */
  readonly logs: readonly LogEntry[];
  /**
   * Connects a client to a namespace.
   * @throws ConnectError if it is refused; TypeError for a header that HTTP does not allow
   */
  connect(namespace?: string, options?: ConnectOptions): Promise<TestClient>;
  /**
   * Returns the server's socket of a client.
   * @throws Error if the client is not connected
   */
  socketOf(client: TestClient): Socket;
  /** Breaks the client's connection, as a lost network does; resolves when both sides have seen it. */
  cut(client: TestClient): Promise<void>;
  /** The client stops reading: what is sent to it waits. */
  pause(client: TestClient): void;
  /** The client reads again. */
  resume(client: TestClient): void;
  /**
   * Resolves when all that was sent has arrived and has been handled, as far as possible without a timer or I/O. Handlers that
   * wait for something may still run.
   */
  delivered(): Promise<void>;
  /**
   * Resolves when nothing is on its way, no handler runs, and no background work that is called every so often.
   * @throws Error that names what still runs after 5 seconds, or `timeout` milliseconds
   */
  settled(options?: WaitOptions): Promise<void>;
  /**
   * Closes as an application does, and then its clients. Calls that still run after 200 ms of real time are ended as at the end
   * of `limits.drainTime`.
   */
  close(): Promise<void>;
}

/** Milliseconds that closing leaves to handlers that still run. */
const GRACE = 200;

/**
 * Makes an application whose clients connect through memory. By default it logs to `logs`, and shares no
 * instance of a service with another one: services of the given container, or of tsyringe's global one, are built anew.
 * @returns the application, whose `connect` makes clients
 * @throws SetupError with every mistake that was found
 */
export async function createTestApp<const Events extends EmittedEvents = EmittedEvents>(
  options: TestAppOptions<Events>,
): Promise<TestApp<Events>> {
  const { MemoryNetwork, Traffic } = await loadMemory();
  return (await assembleTestApp(options, new Activity(new Traffic()), MemoryNetwork)) as TestApp<Events>;
}

/** Makes an application that takes part in an activity which others may take part in too. */
export async function assembleTestApp(
  given: TestAppOptions,
  activity: Activity,
  Network: typeof MemoryNetwork,
): Promise<TestApp> {
  const { overrides = [], wsEngine: _, ...options } = given;
  const logs: LogEntry[] = [];
  await importControllers(options);
  const app = (await createApp({
    ...(options.io ? {} : { serveClient: false }),
    printTable: false,
    logger: recordingLogger(logs),
    ...options,
    engine: 'ws', // the network brings its own, in the place of `wsEngine`
    container: isolate(options.container, overrides, options.services),
  })) as RunningApp;
  activity.apps.push(app);
  const network = new Network(attachable(app), activity.traffic);
  return Object.assign(app, kit(app, activity, network, logs));
}

/** Files that are found by globs register services when they are imported: that comes before the container is copied. */
async function importControllers({ controllers, cwd = process.cwd(), importer }: AppOptions): Promise<void> {
  const globs = controllers.filter((source) => typeof source === 'string');
  const loading = loadControllers(globs, { cwd, importer: importer ?? ((url) => import(url)) });
  // Mistakes are reported by the application.
  while (!(await loading.next(false)).done);
}

function attachable(app: App): ConstructorParameters<typeof MemoryNetwork>[0] {
  const { io } = app;
  return {
    attach: (server, options) => app.attach(server, options),
    path: () => io.path(),
    get engine() {
      return io.engine as never;
    },
  };
}

type Kit = Omit<TestApp, keyof Omit<App, 'close'>>;

function kit(app: RunningApp, activity: Activity, network: MemoryNetwork, logs: LogEntry[]): Kit {
  const clients: TestClient[] = [];
  const host: ClientHost = {
    activity,
    causeOf: (id) => (id === undefined ? undefined : logs.find(({ facts }) => facts['id'] === id)?.facts['err']),
    adopt: (client) => clients.push(client),
  };
  const closeApp = app.close.bind(app);
  const end = async (): Promise<void> => {
    const impatient = setInterval(() => app.runtime.calls.expireAll(), GRACE);
    try {
      for (const { socket } of clients) network.resume(socket);
      await closeApp();
      await activity.delivered();
      await network.close();
    } finally {
      clearInterval(impatient);
      for (const client of clients) client.close();
    }
  };
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= end());
  return {
    logs,
    connect: async (namespace, options) => connected(new TestClient(network.connect(namespace, options), host)),
    socketOf: (client) => serverSocket(app, client),
    cut: async ({ socket }) => {
      network.cut(socket);
      await activity.delivered();
    },
    pause: ({ socket }) => network.pause(socket),
    resume: ({ socket }) => network.resume(socket),
    delivered: () => activity.delivered(),
    settled: (options) => activity.settled(options),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function serverSocket({ io }: App, { socket }: TestClient): Socket {
  const namespace = (socket as unknown as { nsp: string }).nsp;
  const found = socket.id === undefined ? undefined : io.of(namespace).sockets.get(socket.id);
  if (found) return found;
  throw new Error(`The client is not connected to ${namespace}.`);
}
