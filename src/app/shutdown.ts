/** Shutdown, in order: answer the calls that run, disconnect the clients, close the links. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server, Socket } from 'socket.io';
import type { BackgroundWork } from '../background/runner.js';
import { groupBy } from '../base/group-by.js';
import { LONGEST_TIME } from '../base/limits.js';
import type { Watchdog } from '../background/watchdog/watchdog.js';
import type { AdapterLink } from '../cluster/index.js';
import { engineInternalsOf, internalsOf } from '../connections/internals.js';
import type { Runtime } from '../connections/runtime.js';
import type { Clients } from '../server/clients.js';
import type { Serving } from './serving.js';

/** So many clients are disconnected at once, with so many milliseconds before the next ones. */
const batch = { clients: 250, pause: 50 };
/** So many clients of `colloquy/client` come back in a second, and all of them within that time (ms). */
const reconnections = { perSecond: 400, longest: 30_000 };

export interface RunningParts {
  readonly io: Server;
  readonly runtime: Runtime;
  readonly link: AdapterLink | undefined;
  readonly serving: Serving;
  readonly clients: Clients;
  readonly background: BackgroundWork;
  readonly watchdog: Watchdog;
}

/** Stops a running application within its `drainTime`. */
export async function shutDown(parts: RunningParts): Promise<void> {
  const { io, runtime, link, serving, clients, background, watchdog } = parts;
  const end = Date.now() + runtime.limits.drainTime;
  const rest = (): number => Math.min(LONGEST_TIME, Math.max(0, end - Date.now()));
  runtime.calls.closing = 'draining';
  await Promise.all([drain(runtime, rest()), background.stop(rest()), runtime.tasks.stop(rest())]);
  await clients.flush(rest());
  // Not before: a client on long-polling fetches its answer with a connection of its own.
  const stopped = serving.stopAccepting();
  const disconnected = setTimeout(() => serving.dropConnections(), rest());
  await disconnectAll(io, rest);
  // The handlers of the disconnections may emit to other nodes, so the links close after them.
  await drain(runtime, rest());
  await disposed(runtime, rest());
  await closeServer(io);
  await stopped;
  clearTimeout(disconnected);
  await link?.close();
  runtime.calls.stop();
  runtime.latest.forget();
  clients.stopWatching();
  await watchdog.stop();
  await runtime.container.dispose();
}

/** Resolves when no call runs; a call that takes longer is answered `closing`. */
async function drain({ calls }: Runtime, time: number): Promise<void> {
  const timer = setTimeout(() => calls.expireAll(), time);
  await calls.idle();
  clearTimeout(timer);
}

/** Resolves when the services of calls and connections are disposed of, or the time is over. */
async function disposed({ scopes, log }: Runtime, time: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn('services of calls or connections were still being disposed of at the end of limits.drainTime');
      resolve();
    }, time);
  });
  await Promise.race([scopes.idle(), late]);
  clearTimeout(timer);
}

/**
 * Ends all connections as Socket.IO does when it is closed, but lets the adapters work on. Many clients leave in batches, and
 * are told over which time to come back, so that they do not come to the next server in one moment.
 */
async function disconnectAll(io: Server, rest: () => number): Promise<void> {
  const sockets = [...io._nsps.values()].flatMap((namespace) => [...namespace.sockets.values()]);
  const clients = groupBy(sockets, ({ conn }) => conn);
  const { perSecond, longest } = reconnections;
  const spread = Math.min(longest, Math.ceil((clients.length / perSecond) * 1000));
  for (let at = 0; at < clients.length; at += batch.clients) {
    if (at > 0) await sleep(Math.min(batch.pause, rest()));
    for (const client of clients.slice(at, at + batch.clients)) disconnect(client, spread);
  }
  (io.engine as Server['engine'] | undefined)?.close();
}

/**
 * @param sockets all sockets of one client
 * @param spread the time (ms) over which all clients come back
 */
function disconnect(sockets: readonly Socket[], spread: number): void {
  const [first] = sockets;
  if (first) tell(first, spread);
  for (const socket of sockets) internalsOf(socket)._onclose('server shutting down');
  first?.conn.close();
}

/** Names the time in a packet that means nothing to clients which do not look for it. */
function tell(socket: Socket, spread: number): void {
  const engine = engineInternalsOf(socket);
  const { transport } = engine;
  const hint = { type: 'noop', data: `drain:${spread}` } as const;
  if (transport.name !== 'polling') return engine.sendPacket(hint.type, hint.data);
  // A packet of its own would use up the poll that the goodbye needs.
  const send = transport.send.bind(transport);
  transport.send = (packets) => send([hint, ...packets]);
}

/** Socket.IO closes only what was attached; the adapters of a server that never was are closed here. */
async function closeServer(io: Server): Promise<void> {
  if (io.engine as object | undefined) return io.close();
  await Promise.all([...io._nsps.values()].map(async ({ adapter }) => adapter.close()));
}
