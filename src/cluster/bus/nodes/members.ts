/** The other nodes of the cluster. */

/** The state of a node, in every heartbeat. */
export interface NodeState {
  /** Names of the leases that it holds. */
  readonly held: readonly string[];
  /** Names of the leases that it would take. */
  readonly wanted: readonly string[];
  /** The highest fencing number that it knows of each lease. */
  readonly fences?: Readonly<Record<string, number>>;
}

/** Milliseconds between two signs of life of a node, and without any until it counts as gone. */
export interface Heartbeat {
  readonly interval: number;
  readonly timeout: number;
}

export interface Member extends NodeState {
  readonly uid: string;
  /** Milliseconds of this process's clock. */
  seen: number;
  /** The last claim of this node that it has answered. */
  answered: number;
  /** The broker says that it does not listen. It is asked nothing more, but its leases are its own until it expires. */
  gone: boolean;
  /** It was there before this node's connection was made anew, and has not said what it got since. */
  awaited: boolean;
  /** The number of the last frame to all that it got from this node. */
  heard: number;
}

/** The other nodes of the cluster, as far as this one has heard of them. */
export class Members {
  readonly #all = new Map<string, Member>();

  constructor(private readonly onGone: (uid: string) => void) {}

  /** A node said that it lives. */
  put(uid: string, state: NodeState, now: number): void {
    const { awaited = false, heard = 0, answered = 0 } = this.#all.get(uid) ?? {};
    const { held, wanted, fences = {} } = state;
    this.#all.set(uid, { uid, seen: now, gone: false, answered, awaited, heard, held, wanted, fences });
  }

  /** A node said how much it got from this one. */
  heard(uid: string, number: number): void {
    const member = this.#all.get(uid);
    if (member) Object.assign(member, { heard: number, awaited: false });
  }

  /** A node answered a claim, with the state in which it heard of it. */
  answered(uid: string, claim: number): void {
    const member = this.#all.get(uid);
    if (member) member.answered = Math.max(member.answered, claim);
  }

  /** Any message of a known node shows that it lives. */
  touch(uid: string, now: number): void {
    const member = this.#all.get(uid);
    if (!member) return;
    member.seen = now;
    member.gone = false;
  }

  get(uid: string): Member | undefined {
    return this.#all.get(uid);
  }

  get size(): number {
    return this.#all.size;
  }

  /** After this node was cut off or asleep: the silence is no node's fault. */
  resetTimers(now: number): void {
    for (const member of this.#all.values()) member.seen = now;
  }

  /** The connection is new: no node has said yet what it got before. */
  awaitAll(): void {
    for (const member of this.#all.values()) member.awaited = true;
  }

  /** How many are still to say what they got. */
  get awaited(): number {
    return [...this.#all.values()].filter(({ awaited }) => awaited).length;
  }

  /** The last number that each node has confirmed. */
  get heardNumbers(): number[] {
    return [...this.#all.values()].filter(({ awaited, heard }) => !awaited && heard > 0).map(({ heard }) => heard);
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

  /**
   * Removes who was silent for the heartbeat's timeout. While the broker is silent, no node is to blame: the link must have been alive
   * well after its last word, for that may have come just before the silence.
   * @param alive when the link was last known to bring what nodes say
   */
  expire(now: number, alive: number, { interval, timeout }: Heartbeat): void {
    const before = Math.min(now - timeout, alive - Math.max(timeout / 2, interval * 1.5));
    for (const { uid, seen } of this.#all.values()) if (seen < before) this.remove(uid);
  }
}
