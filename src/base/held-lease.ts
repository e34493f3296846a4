/** The lease under which background work with `once: 'cluster'` runs. */

/**
 * What work that runs once in a cluster receives beside its `AbortSignal`, as its second parameter.
 *
 *     @Background({ every: 60_000, once: 'cluster' })
 *     async bill(signal: AbortSignal, lease: HeldLease) {
 *       await db.query('UPDATE billing SET fence = $1, … WHERE fence <= $1', [lease.fence]);
 *     }
 */
export class HeldLease {
  /**
   * @param fence see {@link fence}
   * @param isHeld asks whether this process still holds it
   */
  constructor(
    /**
     * The fencing number: each holder has a higher one than those before it. A database that refuses a lower number than
     * it has seen refuses a holder that was paused and does not know yet that another took over.
     */
    readonly fence: number,
    private readonly isHeld: () => boolean,
  ) {}

  /** Whether this process holds the lease now, by its clock: false after a pause in which another may have taken over. */
  get held(): boolean {
    return this.isHeld();
  }
}
