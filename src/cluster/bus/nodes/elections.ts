/** Leases: what one node of a cluster has at a time. */
import type { Lock } from '../../transports/transport.js';
import type { Member, NodeState } from './members.js';

export interface LeaseOptions {
  /**
   * Called when this node has got the lease. The signal is aborted when it is lost or released; whatever runs then must
   * stop. What it throws or rejects with is reported as a process warning and does not end the lease.
   * @param fence the fencing number, see {@link Lease.fence}
   */
  onAcquired(signal: AbortSignal, fence: number): void | Promise<void>;
}

/**
 * Something that one node of a cluster has at a time, agreed upon through heartbeats.
 *
 * The guarantees, with `interval` and `timeout` of the adapter's heartbeat:
 * - A node that asks takes it as soon as all other nodes have answered that none has it; a node that is alone, when no
 *   other one has answered for half a second. Of those who ask together, the one with the lowest id gets it.
 * - A node lets go at once when its link breaks, and when its own heartbeats have not come back to it through the broker
 *   for `(interval + timeout) / 2`. `held` looks at the clock each time, so a process that was paused for longer sees
 *   false in the first line that it runs.
 * - Another takes over at once when the holder closes or releases, and when it has heard nothing of the holder for
 *   `timeout`, so within `timeout + interval` of its death.
 * - With Redis and PostgreSQL a lock of the broker's own comes on top: a key that expires after `timeout`, an advisory
 *   lock of the holder's session. Two nodes then never have both at one time, whatever they have heard of each other.
 * - With the other engines, two nodes hold it together if what one says takes more than `(timeout - interval) / 2` to
 *   another, or if a node answers a newcomer later than half a second; the one with the higher id lets go as soon as
 *   they hear of each other.
 * - While no broker is there, no node holds it.
 *
 * Nothing can stop a process between its last look at `held` and what it does next. What must never be done by a late
 * holder takes the fencing number with it, to be refused where it is done.
 */
export interface Lease {
  readonly name: string;
  readonly held: boolean;
  /**
   * The fencing number while it is held: each holder has a higher one than those before it, so a database can refuse
   * what carries a lower number than it has seen. With PostgreSQL a transaction id, else about the time in microseconds.
   */
  readonly fence: number | undefined;
  /** Lets go, if it is held, and asks for it no more. */
  release(): void;
}

/** The parts of a node that the lease rules use. */
export interface LeaseView {
  readonly uid: string;
  /** When this node's link came up, in milliseconds of this process's clock; 0 while it is down. */
  upSince(): number;
  /** The age in milliseconds of the youngest own heartbeat that came back through the broker. */
  unconfirmedFor(): number;
  others(): Iterable<Member>;
  /** Tells the others without delay. */
  announce(): void;
  /** Tells the others, which answer with their state. @returns the number of the claim that they answer */
  claim(): number;
  /** The first claim on this link; answers to earlier ones say nothing of now. */
  firstClaim(): number;
  /** The broker's own lock, if it has such; null when another session has it. */
  lock(name: string, force: boolean): Promise<Lock | null> | undefined;
  failed(error: unknown): void;
}

/** Milliseconds, and `settle`: for how long a node that hears of no other takes it that there may be one. */
export interface LeaseTimes {
  readonly interval: number;
  readonly timeout: number;
  readonly settle: number;
}

interface Holding {
  readonly fence: number;
  readonly controller: AbortController;
  readonly lock: Lock | undefined;
  renewedAt: number;
}

/** This node asks for a lease, or holds it. */
interface Candidacy {
  readonly name: string;
  readonly options: LeaseOptions;
  /** The question that all others must answer before the lease is taken. */
  claim: number;
  holding: Holding | null;
  /** The broker is asked for its lock, or for more time. */
  isLocking: boolean;
  /** Since when the broker has refused its lock, although no node says that it holds the lease. */
  refusedSince: number | undefined;
  /** The highest fencing number that any holder is known to have had. */
  fence: number;
}

export class Leases {
  readonly #candidacies = new Map<string, Candidacy>();

  constructor(
    private readonly view: LeaseView,
    private readonly times: LeaseTimes,
  ) {}

  /** @throws Error when this node has asked for that name already */
  open(name: string, options: LeaseOptions): Lease {
    if (this.#candidacies.has(name)) throw new Error(`this node has asked for the lease "${name}" already`);
    const candidacy: Candidacy = {
      name,
      options,
      claim: Infinity,
      holding: null,
      isLocking: false,
      refusedSince: undefined,
      fence: 0,
    };
    this.#candidacies.set(name, candidacy);
    candidacy.claim = this.view.claim();
    const holding = (): Holding | null => {
      this.#lapse();
      return candidacy.holding;
    };
    return {
      name,
      get held() {
        return holding() !== null;
      },
      get fence() {
        return holding()?.fence;
      },
      release: () => {
        if (this.#candidacies.get(name) !== candidacy) return;
        this.#candidacies.delete(name);
        lose(candidacy);
        this.view.announce();
      },
    };
  }

  /** For the heartbeat. */
  state(): NodeState {
    this.#lapse();
    const all = [...this.#candidacies.values()];
    return {
      held: all.filter(({ holding }) => holding).map(({ name }) => name),
      wanted: all.filter(({ holding }) => !holding).map(({ name }) => name),
      fences: Object.fromEntries(all.filter(({ fence }) => fence > 0).map(({ name, fence }) => [name, fence])),
    };
  }

  loseAll(): void {
    for (const candidacy of this.#candidacies.values()) lose(candidacy);
  }

  /** Whether an answer to a claim is missing that should have come: it may have got lost. */
  lacksAnswers(): boolean {
    const nodes = [...this.view.others()].filter(({ gone }) => !gone);
    return [...this.#candidacies.values()].some(({ holding, claim }) => {
      return !holding && nodes.some(({ answered }) => answered < Math.max(claim, this.view.firstClaim()));
    });
  }

  /** Run often, and whenever another node has spoken of leases or left. */
  check(): void {
    for (const candidacy of this.#candidacies.values()) {
      for (const { fences } of this.view.others()) {
        candidacy.fence = Math.max(candidacy.fence, Number(fences?.[candidacy.name] ?? 0) || 0);
      }
      if (candidacy.holding) this.#keep(candidacy, candidacy.holding);
      else if (this.#mayTake(candidacy)) this.#take(candidacy);
    }
  }

  /** Whether no other node can have taken over from this one yet. */
  #isSure(): boolean {
    const { interval, timeout } = this.times;
    return this.view.unconfirmedFor() <= (interval + timeout) / 2;
  }

  #lapse(): void {
    if (!this.#isSure()) return this.loseAll();
    for (const candidacy of this.#candidacies.values()) if (isExpired(candidacy.holding)) lose(candidacy);
  }

  #keep(candidacy: Candidacy, holding: Holding): void {
    const { name } = candidacy;
    const stronger = [...this.view.others()].some((node) => node.uid < this.view.uid && node.held.includes(name));
    if (stronger || !this.#isSure() || isExpired(holding)) {
      lose(candidacy);
      return this.view.announce();
    }
    if (holding.lock && performance.now() - holding.renewedAt > this.times.interval / 2)
      this.#renew(candidacy, holding);
  }

  #renew(candidacy: Candidacy, holding: Holding): void {
    if (candidacy.isLocking) return;
    candidacy.isLocking = true;
    const asked = performance.now();
    const renewed = holding.lock!.renew().catch(() => false);
    void renewed.then((isOurs) => {
      candidacy.isLocking = false;
      if (isOurs) holding.renewedAt = asked;
      else if (candidacy.holding === holding) lose(candidacy);
    });
  }

  #mayTake({ name, claim, isLocking }: Candidacy): boolean {
    const up = this.view.upSince();
    const now = performance.now();
    if (isLocking || up === 0 || !this.#isSure() || now - up < this.times.settle) return false;
    for (const node of this.view.others()) {
      if (node.held.includes(name)) return false;
      if (node.gone) continue;
      if (node.answered < Math.max(claim, this.view.firstClaim())) return false;
      if (node.wanted.includes(name) && node.uid < this.view.uid) return false;
    }
    return true;
  }

  #take(candidacy: Candidacy): void {
    const { name, refusedSince } = candidacy;
    const asked = performance.now();
    const force = refusedSince !== undefined && asked - refusedSince > this.times.timeout;
    const locking = this.view.lock(name, force);
    if (!locking) return this.#hold(candidacy, undefined, asked);
    candidacy.isLocking = true;
    void locking
      .catch(() => null)
      .then((lock) => {
        candidacy.isLocking = false;
        candidacy.refusedSince = lock ? undefined : (refusedSince ?? asked);
        if (!lock) return;
        if (this.#candidacies.get(name) === candidacy && this.#mayTake(candidacy)) this.#hold(candidacy, lock, asked);
        else lock.release();
      });
  }

  #hold(candidacy: Candidacy, lock: Lock | undefined, renewedAt: number): void {
    const fence = lock?.fence ?? Math.max(candidacy.fence + 1, Date.now() * 1000);
    const controller = new AbortController();
    candidacy.fence = Math.max(candidacy.fence, fence);
    candidacy.holding = { fence, controller, lock, renewedAt };
    this.view.announce();
    const { signal } = controller;
    void (async () => candidacy.options.onAcquired(signal, fence))().catch((error: unknown) => this.view.failed(error));
  }
}

function isExpired(holding: Holding | null): boolean {
  const { lock, renewedAt = 0 } = holding ?? {};
  return lock !== undefined && performance.now() - renewedAt > lock.time;
}

function lose(candidacy: Candidacy): void {
  const { holding } = candidacy;
  candidacy.holding = null;
  holding?.lock?.release();
  holding?.controller.abort();
}
