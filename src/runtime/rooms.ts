/** Rooms: who entered and left, whatever the cause, and how many a socket may be in. */
import type { Namespace, Socket } from 'socket.io';
import { EventContext } from '../context.js';
import { EventError } from '../errors.js';
import type { HandlerPlan } from '../plan/types.js';
import { runIn } from './around.js';
import { counted, report } from './departure.js';
import { connectionOf } from './internals.js';
import type { ServedNamespace } from './runtime.js';
import { isThenable, promiseOf } from '../thenable.js';

const watched = new WeakSet<object>();

/** Watches the rooms of a namespace's adapter, once for each adapter. */
export function watchRooms(served: ServedNamespace, namespace: Namespace): void {
  const { adapter } = namespace;
  if (watched.has(adapter)) return;
  watched.add(adapter);
  guardRooms(namespace, served.runtime.limits.rooms);
  const tell = (kind: 'join' | 'leave') => (room: string, id: string) => {
    const handlers = served.plan[kind];
    const socket = room === id || handlers.length === 0 ? undefined : namespace.sockets.get(id);
    if (socket) for (const handler of handlers) notify(handler, socket, room);
  };
  adapter.on('join-room', tell('join'));
  adapter.on('leave-room', tell('leave'));
}

function notify(handler: HandlerPlan, socket: Socket, room: string): void {
  const connection = connectionOf(socket);
  if (!connection) return;
  const context = new EventContext(socket, handler, connection, [handler.event, room], undefined);
  try {
    const result = runIn(context, handler.run);
    if (isThenable(result)) void counted(context, handler, 'the handler of the room', () => promiseOf(result));
  } catch (error) {
    void report(context, error);
  }
}

/** What an adapter is asked to do when sockets join. */
interface JoiningAdapter {
  readonly sids: ReadonlyMap<string, ReadonlySet<string>>;
  addAll(id: string, rooms: Set<string>): Promise<void> | void;
}

/**
 * A client that names its rooms must not fill the server with them, nor enter the one that another socket has for
 * itself: what is sent to an id would reach two. The ids of other nodes are not known here.
 */
function guardRooms({ adapter, sockets }: Namespace, limit: number): void {
  const joining: JoiningAdapter = adapter;
  const addAll = joining.addAll.bind(joining);
  joining.addAll = (id, rooms) => {
    for (const room of rooms) if (room !== id && sockets.has(room)) throw new EventError('room_taken', roomTaken);
    const now = joining.sids.get(id) ?? new Set<string>();
    if (now.size + rooms.size > limit && countWith(now, rooms, id) > limit) {
      throw new EventError('too_many_rooms', `A socket may be in ${limit} rooms at the most.`);
    }
    return addAll(id, rooms);
  };
}

const roomTaken = "The room of that name is another socket's own.";

function countWith(now: ReadonlySet<string>, more: ReadonlySet<string>, own: string): number {
  const all = new Set([...now, ...more]);
  all.delete(own);
  return all.size;
}
