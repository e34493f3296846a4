/** `colloquy/emitter`: sends to the clients of a cluster from a process that serves none. */
import { type DefaultEventsMap, type Namespace, Server } from 'socket.io';
import { type AdapterHealth, type AdapterOptions, openSender } from '../index.js';
import type { EmittedEvents, EventsOf } from '../../controllers/emits/declare.js';
import { collect } from '../../base/boot/report.js';
import { SetupError } from '../../base/errors.js';
import type { PayloadOptions } from '../../payload/index.js';

export { AdapterError, type AdapterErrorCode, type AdapterHealth, type AdapterOptions } from '../index.js';
export {
  InvalidEmission,
  type EmittedArgument,
  type EmittedEvents,
  type EventsOf,
} from '../../controllers/emits/declare.js';
export { SetupError, type SetupProblem } from '../../base/errors.js';

/** Sends in one namespace, with the methods and types of Socket.IO's own `Namespace`. */
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

/** The options of an emitter, beside the broker. */
export interface EmitterOptions<Events extends EmittedEvents> {
  /**
   * The events that may be sent, with what: `emit` throws `InvalidEmission` for an event that is not declared, or for
   * values that do not fit.
   */
  readonly emits: Events;
  /** How their values are transformed and validated. */
  readonly payload?: PayloadOptions;
}

/**
 * Connects to the broker of a cluster, with the URL (and `prefix`) that its servers have.
 *
 *     const io = await createEmitter('redis://localhost', { emits: { said: Said } });
 *     io.of('/chat').to('room 1').emit('said', { text: 'hello' });
 *     await io.close();
 *
 * An emitter does not wait for answers: `fetchSockets`, `emitWithAck` and a `serverSideEmit` with a callback throw.
 * @returns the emitter, which sends to the main namespace, and to others by `of`
 * @throws SetupError with every mistake in `emits`
 * @throws AdapterError when the start-up policy of the options gives up (`wait` for 10 s by default)
 */
export function createEmitter<
  const Events extends EmittedEvents,
  ServerSideEvents extends EventsMap<ServerSideEvents> = DefaultEventsMap,
>(
  option: string | AdapterOptions,
  options: EmitterOptions<Events>,
): Promise<Emitter<EventsOf<Events>, ServerSideEvents>>;
/** The same without a declaration: typed if the events' types are given, and sent as it is. */
export function createEmitter<
  EmitEvents extends EventsMap<EmitEvents> = DefaultEventsMap,
  ServerSideEvents extends EventsMap<ServerSideEvents> = DefaultEventsMap,
>(option: string | AdapterOptions): Promise<Emitter<EmitEvents, ServerSideEvents>>;
export async function createEmitter(
  option: string | AdapterOptions,
  options?: EmitterOptions<EmittedEvents>,
): Promise<Emitter> {
  const guard = options && (await guardOf(options));
  const link = openSender(option);
  try {
    await link.ready();
  } catch (error) {
    await link.close();
    throw error;
  }
  const server = new Server({ adapter: link.factory, serveClient: false });
  if (guard) {
    guard(server.sockets);
    server.on('new_namespace', guard);
  }
  return Object.assign(server.sockets, {
    of: (namespace: string) => server.of(namespace),
    health: () => link.health(),
    close: () => link.close(),
  });
}

/** Only who declares what is sent loads what validates it. */
async function guardOf({ emits, payload = {} }: EmitterOptions<EmittedEvents>): Promise<(each: Namespace) => void> {
  const [{ planEmits }, { guardBroadcasts }] = await Promise.all([
    import('../../controllers/emits/plan.js'),
    import('../../connections/sending/declared-emits.js'),
  ]);
  const { problems, result: plan } = collect(planEmits(emits, payload));
  if (problems.length > 0) throw new SetupError(problems);
  return (namespace) => guardBroadcasts(namespace, plan);
}
