/** Counts members: clients that have passed the gate. One whose `@OnConnect` runs may be in rooms, and is no member yet. */
import type { Namespace } from 'socket.io';

/** Counts the members of a namespace of this process, or of one of its rooms. */
export function countMembers(adapter: Namespace['adapter'], room?: string): number {
  const { sockets } = adapter.nsp as Namespace;
  if (room === undefined) return sockets.size;
  const ids = adapter.rooms.get(room);
  if (!ids) return 0;
  // No socket is in the gate, which is nearly always so.
  if (adapter.sids.size === sockets.size) return ids.size;
  let count = 0;
  for (const id of ids) if (sockets.has(id)) count++;
  return count;
}
