/** Rooms: who entered and left, whatever the cause, and how many a socket may be in. */
import { connectionOf } from './connection.js';
import type { Namespace, Socket } from 'socket.io';
import { callChannel } from '../base/channels/index.js';
import { noAnswer } from '../base/channels/outcome.js';
import { EventContext, runIn } from '../base/context.js';
import { EventError } from '../base/errors.js';
import type { HandlerPlan } from '../controllers/plan/types.js';
import { counted, report } from './departure.js';
import { namespaceInternalsOf } from './internals.js';
import { enteringSocket } from './namespaces/entering.js';
import { isSocketId } from './namespaces/socket-ids.js';
import { observe, runObserved } from './observing/observed-call.js';
import type { Runtime, ServedNamespace } from './runtime.js';
import { isThenable, promiseOf } from '../base/thenable.js';

const watched = new WeakSet<object>();

/** Watches the rooms of a namespace's adapter, once for each adapter. */
export function watchRooms(served: ServedNamespace, namespace: Namespace): void {
  const { adapter } = namespace;
  if (watched.has(adapter)) return;
  watched.add(adapter);
  guardRooms(namespace, served.runtime);
  const tell = (kind: 'join' | 'leave') => (room: string, id: string) => {
    const handlers = served.plan[kind];
    const socket =
      room === id || handlers.length === 0 ? undefined : (namespace.sockets.get(id) ?? enteringSocket(namespace, id));
    if (socket) for (const handler of handlers) notify(handler, socket, room);
  };
  adapter.on('join-room', tell('join'));
  adapter.on('leave-room', tell('leave'));
}

function notify(handler: HandlerPlan, socket: Socket, room: string): void {
  const connection = connectionOf(socket);
  if (!connection) return;
  const context = new EventContext(socket, handler, connection, [handler.event, room], undefined);
  if (callChannel.hasSubscribers) observe(context);
  try {
    const result = runObserved(context, () => runIn(context, handler.run));
    if (isThenable(result)) void counted(context, handler, 'the handler of the room', () => promiseOf(result));
    else endOf(context);
  } catch (error) {
    void report(context, error).finally(() => endOf(context));
  }
}

function endOf(context: EventContext): void {
  context.end(context.outcome ?? noAnswer);
  context.scope?.end();
}

/** The methods of an adapter that add sockets to rooms. */
interface JoiningAdapter {
  readonly sids: ReadonlyMap<string, ReadonlySet<string>>;
  addAll(id: string, rooms: Set<string>): Promise<void> | void;
  /** Does something with each of the sockets of this node that are picked: `socketsJoin` and the like. */
  apply(picked: unknown, act: (socket: Socket) => void): void;
}

/**
 * A client that names its rooms must not fill the server with them, nor enter the one that another socket has for
 * itself: what is sent to an id would reach two. Ids are known by their form, those of other nodes and of absent clients too.
 */
function guardRooms(namespace: Namespace, { limits, log }: Runtime): void {
  const joining = namespace.adapter as unknown as JoiningAdapter;
  const addAll = joining.addAll.bind(joining);
  joining.addAll = (id, rooms) => {
    const refusal = refusalOf(namespace, joining.sids.get(id) ?? none, id, rooms, limits.rooms);
    if (!refusal) return addAll(id, rooms);
    // A socket that is being recovered joins its rooms one by one, in its constructor: nothing would catch it there.
    if (isThere(namespace, id)) throw refusal;
  };
  const apply = joining.apply.bind(joining);
  joining.apply = (picked, act) =>
    apply(picked, (socket) => {
      try {
        act(socket);
      } catch (err) {
        if (!(err instanceof EventError)) throw err;
        // One that may not enter keeps no other out.
        log.warn({ err, socket: socket.id, namespace: namespace.name }, 'a socket could not join');
      }
    });
}

const none: ReadonlySet<string> = new Set();

function isThere(namespace: Namespace, id: string): boolean {
  const { sockets, _preConnectSockets: pending } = namespaceInternalsOf(namespace);
  return sockets.has(id) || pending.has(id);
}

function refusalOf(
  { sockets }: Namespace,
  now: ReadonlySet<string>,
  id: string,
  rooms: ReadonlySet<string>,
  limit: number,
): EventError | undefined {
  for (const room of rooms)
    if (room !== id && (sockets.has(room) || isSocketId(room))) return new EventError('room_taken', ROOM_TAKEN);
  if (now.size + rooms.size <= limit || countWith(now, rooms, id) <= limit) return undefined;
  return new EventError('too_many_rooms', `A socket may be in ${limit} rooms at the most.`);
}

const ROOM_TAKEN = "The room of that name is another socket's own.";

function countWith(now: ReadonlySet<string>, more: ReadonlySet<string>, own: string): number {
  const all = new Set([...now, ...more]);
  all.delete(own);
  return all.size;
}
