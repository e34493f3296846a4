/** The lease under which background work with `once: 'cluster'` runs. */

/**
 * The second parameter of work that runs once in a cluster, beside its `AbortSignal`.
 *
 *     @Background({ every: 60_000, once: 'cluster' })
 *     async bill(signal: AbortSignal, lease: HeldLease) {
 *       await db.query('UPDATE billing SET fence = $1, … WHERE fence <= $1', [lease.fence]);
 *     }
 */
export interface HeldLease {
  /**
   * The fencing number: each holder has a higher one than those before it. A database that refuses a lower number than
   * it has seen refuses a holder that was paused and does not know yet that another took over.
   */
  readonly fence: number;
  /** Whether this process holds the lease now, by its clock: false after a pause in which another may have taken over. */
  readonly held: boolean;
}

/** @param isHeld asks whether this process still holds it */
export function heldLease(fence: number, isHeld: () => boolean): HeldLease {
  return {
    fence,
    get held() {
      return isHeld();
    },
  };
}
