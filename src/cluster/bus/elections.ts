/** Leases: what one node of a cluster has at a time. */
import type { Member, NodeState } from './members.js';

export interface LeaseOptions {
  /**
   * Called when this node has got the lease. The signal is aborted when it is lost or released; whatever runs then must
   * stop. What it throws or rejects with is reported as a process warning and does not end the lease.
   */
  onAcquired(signal: AbortSignal): void | Promise<void>;
}

/**
 * Something that one node of a cluster has at a time, agreed upon through heartbeats, alike on every engine.
 *
 * What is guaranteed, with `interval` and `timeout` of the adapter's heartbeat:
 * - A node lets go at once when its link breaks, and when its own heartbeats have not come back to it through the broker
 *   for `(interval + timeout) / 2`.
 * - Another takes over when it has heard nothing of the holder for `timeout`, so within `timeout + interval` of its
 *   death, and at once when the holder closes or releases. A node whose link has just come up listens for `timeout`
 *   first; so with `local:`, where all links are made anew when the process that relays ends, that holds for all.
 * - Of those who ask, the one with the lowest id gets it. One that asks where other nodes are waits for
 *   `timeout - interval` first, so that those who ask at the same time have heard of each other.
 * - So two nodes hold it together only if what one says takes more than `(timeout - interval) / 2` to another, or if a
 *   process is paused for longer than `timeout`: such a one goes on until its event loop turns again. As soon as two
 *   holders hear of each other, the one with the higher id lets go.
 * - While no broker is there, no node holds it.
 *
 * There is no fencing token: what must never be done twice needs a guard where it is done (a unique key, a lock).
 */
export interface Lease {
  readonly name: string;
  readonly held: boolean;
  /** Lets go, if it is held, and asks for it no more. */
  release(): void;
}

/** What the lease rules need to know of the node. */
export interface LeaseView {
  readonly uid: string;
  /** Milliseconds since this node could hear the others without a break; 0 while it cannot. */
  listeningFor(): number;
  /** The age in milliseconds of the youngest own heartbeat that came back through the broker. */
  unconfirmedFor(): number;
  others(): Iterable<Member>;
  /** Tells the others without delay. */
  announce(): void;
  failed(error: unknown): void;
}

interface Wish {
  readonly options: LeaseOptions;
  /** When it was asked for, in milliseconds of this process's clock. */
  readonly since: number;
  holding: AbortController | null;
}

export class Leases {
  readonly #pending = new Map<string, Wish>();

  constructor(
    private readonly view: LeaseView,
    private readonly heartbeat: { readonly interval: number; readonly timeout: number },
  ) {}

  /** @throws Error when this node has asked for that name already */
  open(name: string, options: LeaseOptions): Lease {
    if (this.#pending.has(name)) throw new Error(`this node has asked for the lease "${name}" already`);
    const wish: Wish = { options, since: performance.now(), holding: null };
    this.#pending.set(name, wish);
    this.view.announce();
    const held = (): boolean => {
      this.#lapse();
      return wish.holding !== null;
    };
    return {
      name,
      get held() {
        return held();
      },
      release: () => {
        if (this.#pending.get(name) !== wish) return;
        this.#pending.delete(name);
        lose(wish);
        this.view.announce();
      },
    };
  }

  /** For the heartbeat. */
  state(): NodeState {
    this.#lapse();
    const names = [...this.#pending];
    return {
      held: names.filter(([, wish]) => wish.holding).map(([name]) => name),
      wanted: names.filter(([, wish]) => !wish.holding).map(([name]) => name),
    };
  }

  loseAll(): void {
    for (const wish of this.#pending.values()) lose(wish);
  }

  /** Run often, and whenever another node has spoken of leases or left. */
  check(): void {
    for (const [name, wish] of this.#pending) {
      if (wish.holding) this.#keep(name, wish);
      else this.#tryFor(name, wish);
    }
  }

  /** Whether nobody can have taken over from this node yet. */
  #isSure(): boolean {
    const { interval, timeout } = this.heartbeat;
    return this.view.unconfirmedFor() <= (interval + timeout) / 2;
  }

  #lapse(): void {
    if (!this.#isSure()) this.loseAll();
  }

  #keep(name: string, wish: Wish): void {
    const stronger = [...this.view.others()].some((node) => node.uid < this.view.uid && node.held.includes(name));
    if (!stronger && this.#isSure()) return;
    lose(wish);
    this.view.announce();
  }

  #tryFor(name: string, wish: Wish): void {
    const { interval, timeout } = this.heartbeat;
    if (this.view.listeningFor() < timeout || !this.#isSure()) return;
    const isKnown = performance.now() - wish.since >= timeout - interval;
    for (const node of this.view.others()) {
      if (!isKnown || node.held.includes(name)) return;
      if (node.wanted.includes(name) && node.uid < this.view.uid && !node.gone) return;
    }
    wish.holding = new AbortController();
    this.view.announce();
    const { signal } = wish.holding;
    void (async () => wish.options.onAcquired(signal))().catch((error: unknown) => this.view.failed(error));
  }
}

function lose(wish: Wish): void {
  const { holding } = wish;
  wish.holding = null;
  holding?.abort();
}
