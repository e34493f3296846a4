/** How many clients are where: on all nodes if the application is in a cluster, else here. */
import type { Server } from 'socket.io';
import type { AdapterLink, ClusterCounts } from '../cluster/index.js';
import { countMembers } from '../connections/namespaces/members.js';

/** Returns counts that take a namespace with and without its slash, as `io.of` does. */
export function countsOf(io: Server, link: AdapterLink | undefined): ClusterCounts {
  const counts = link?.counts ?? localCounts(io);
  return {
    count: (namespace, room) => counts.count(withSlash(namespace), room),
    rooms: (namespace) => counts.rooms(withSlash(namespace)),
  };
}

function withSlash(namespace: string): string {
  return namespace.startsWith('/') ? namespace : `/${namespace}`;
}

function localCounts(io: Server): ClusterCounts {
  const adapterOf = (namespace: string) => io._nsps.get(namespace)?.adapter;
  return {
    count(namespace, room) {
      const adapter = adapterOf(namespace);
      return adapter ? countMembers(adapter, room) : 0;
    },
    rooms(namespace) {
      const adapter = adapterOf(namespace);
      const names = adapter ? [...adapter.rooms.keys()].filter((room) => !adapter.sids.has(room)) : [];
      const counted = names.map((room) => [room, countMembers(adapter!, room)] as const);
      return new Map(counted.filter(([, count]) => count > 0));
    },
  };
}
