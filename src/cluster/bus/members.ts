/** The other nodes of the cluster. */

/** What a node tells of itself in every heartbeat. */
export interface NodeState {
  /** Names of the leases that it holds. */
  readonly held: readonly string[];
  /** Names of the leases that it would take. */
  readonly wanted: readonly string[];
}

export interface Member extends NodeState {
  readonly uid: string;
  /** Milliseconds of this process's clock. */
  seen: number;
  /** The broker says that it does not listen. It is asked nothing more, but its leases are its own until it expires. */
  gone: boolean;
}

/** The other nodes of the cluster, as far as this one has heard of them. */
export class Members {
  readonly #all = new Map<string, Member>();

  constructor(private readonly onGone: (uid: string) => void) {}

  /** A node said that it lives. */
  put(uid: string, state: NodeState, now: number): void {
    this.#all.set(uid, { uid, seen: now, gone: false, held: state.held, wanted: state.wanted });
  }

  /** Any message of a known node shows that it lives. */
  touch(uid: string, now: number): void {
    const member = this.#all.get(uid);
    if (!member) return;
    member.seen = now;
    member.gone = false;
  }

  /** After this node was cut off or asleep: nobody is to blame for the silence. */
  resetTimers(now: number): void {
    for (const member of this.#all.values()) member.seen = now;
  }

  /** Ids of the nodes that can be asked. */
  live(): string[] {
    return [...this.#all.values()].filter((member) => !member.gone).map((member) => member.uid);
  }

  /** All that were heard of lately, those of which the broker says that they are gone included. */
  recent(): Iterable<Member> {
    return this.#all.values();
  }

  markGone(uid: string): void {
    const member = this.#all.get(uid);
    if (!member || member.gone) return;
    member.gone = true;
    this.onGone(uid);
  }

  remove(uid: string): void {
    if (this.#all.delete(uid)) this.onGone(uid);
  }

  expire(before: number): void {
    for (const { uid, seen } of this.#all.values()) if (seen < before) this.remove(uid);
  }
}
