/** Decides which node of a cluster runs work that must run once. */
import { heldLease, type HeldLease } from '../base/held-lease.js';

/** Hands out leases by name: at most one node holds one at a time. A cluster brings one; alone, every lease is held. */
export interface Lease {
  /**
   * Competes for a lease until it is released.
   *
   * @param name the same on all nodes: the work's `key`, else `Class.method`
   * @param acquired called each time the lease is won; `lost` fires when another node may hold it, and `lease` says, before
   * each round, whether it is still held
   * @returns a function that releases the lease, called when the work has ended
   */
  hold(name: string, acquired: (lost: AbortSignal, lease?: HeldLease) => void): () => void | Promise<void>;
}

/** The lease of work that shares nothing. */
export function unshared(isHeld: () => boolean = () => true): HeldLease {
  return heldLease(Date.now() * 1000, isHeld);
}

/** The lease of a process that is alone. */
export const alwaysHeld: Lease = {
  hold(_name, acquired) {
    acquired(new AbortController().signal, unshared());
    return () => {};
  },
};
