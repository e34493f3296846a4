/** How many clients are where: on all nodes if the application is in a cluster, else here. */
import type { Server } from 'socket.io';
import type { AdapterLink, ClusterCounts } from '../cluster/index.js';

export function countsOf(io: Server, link: AdapterLink | undefined): ClusterCounts {
  return link?.counts ?? localCounts(io);
}

function localCounts(io: Server): ClusterCounts {
  const adapterOf = (namespace: string) => io._nsps.get(namespace)?.adapter;
  return {
    count(namespace, room) {
      const adapter = adapterOf(namespace);
      return (room === undefined ? adapter?.sids : adapter?.rooms.get(room))?.size ?? 0;
    },
    rooms(namespace) {
      const { rooms = new Map<string, Set<string>>(), sids } = adapterOf(namespace) ?? {};
      const named = [...rooms].filter(([room]) => !sids?.has(room));
      return new Map(named.map(([room, members]) => [room, members.size]));
    },
  };
}
