import { type DefaultEventsMap, type Namespace, Server } from 'socket.io';
import { type AdapterHealth, type AdapterOptions, openSender } from '../adapter/index.js';

export { AdapterError, type AdapterErrorCode, type AdapterHealth, type AdapterOptions } from '../adapter/index.js';

/** What can be sent in one namespace, with the same words and types as on Socket.IO's own `Namespace`. */
export type EmitterNamespace<
  EmitEvents extends EventsMap<EmitEvents>,
  ServerSideEvents extends EventsMap<ServerSideEvents>,
> = Pick<
  Namespace<DefaultEventsMap, EmitEvents, ServerSideEvents>,
  | 'emit'
  | 'to'
  | 'in'
  | 'except'
  | 'volatile'
  | 'compress'
  | 'socketsJoin'
  | 'socketsLeave'
  | 'disconnectSockets'
  | 'serverSideEmit'
>;

/** Events by their names, as Socket.IO takes them: an interface or a type, with a function's arguments for each. */
type EventsMap<Events> = { [Event in keyof Events]: (...args: never[]) => unknown };

/** Sends to the clients and servers of a cluster from a process that serves none itself. */
export interface Emitter<
  EmitEvents extends EventsMap<EmitEvents> = DefaultEventsMap,
  ServerSideEvents extends EventsMap<ServerSideEvents> = DefaultEventsMap,
> extends EmitterNamespace<EmitEvents, ServerSideEvents> {
  of(namespace: string): EmitterNamespace<EmitEvents, ServerSideEvents>;
  health(): AdapterHealth;
  /** Sends what is queued, then disconnects. */
  close(): Promise<void>;
}

/**
 * Connects to the broker of a cluster, with the URL (and `prefix`) that its servers have.
 *
 *     const io = await createEmitter('redis://localhost');
 *     io.of('/chat').to('room 1').emit('said', 'hello');
 *     await io.close();
 *
 * An emitter does not wait for answers: `fetchSockets`, `emitWithAck` and a `serverSideEmit` with a callback throw.
 * @throws AdapterError when the start-up policy of the options gives up (`wait` for 10 s by default)
 */
export async function createEmitter<
  EmitEvents extends EventsMap<EmitEvents> = DefaultEventsMap,
  ServerSideEvents extends EventsMap<ServerSideEvents> = DefaultEventsMap,
>(option: string | AdapterOptions): Promise<Emitter<EmitEvents, ServerSideEvents>> {
  const link = openSender(option);
  await link.ready();
  const server = new Server<DefaultEventsMap, EmitEvents, ServerSideEvents>({
    adapter: link.factory,
    serveClient: false,
  });
  return Object.assign(server.sockets, {
    of: (namespace: string) => server.of(namespace),
    health: () => link.health(),
    close: () => link.close(),
  });
}
