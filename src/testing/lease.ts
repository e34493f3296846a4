/** A lease in memory, for the nodes of a test cluster. */
import type { Lease } from '../background/lease.js';

/** Work that runs once in a cluster runs on the node that asked first; when it gives the lease back, on the next one. */
export function queueingLease(): Lease {
  const queues = new Map<string, (() => void)[]>();
  return {
    hold(name, acquired) {
      const queue = queues.get(name) ?? [];
      queues.set(name, queue);
      const turn = (): void => acquired(new AbortController().signal);
      if (queue.push(turn) === 1) turn();
      return () => {
        const place = queue.indexOf(turn);
        queue.splice(place, 1);
        if (place === 0) queue[0]?.();
      };
    },
  };
}
