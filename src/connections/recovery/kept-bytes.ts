/** The store for absent clients, in all namespaces of a server: bounded in packets and bytes. */
import type { Server } from 'socket.io';
import type { Counters } from '../../base/counters.js';
import type { Limits } from '../../base/limits.js';
import type { Logger } from '../../base/log.js';

/** The packets of one namespace, oldest first. */
export interface Keeper {
  /** When the oldest packet was sent; `undefined` if none is kept. */
  readonly oldest: number | undefined;
  /** Drops the oldest packet, and the sessions that would miss it; returns its bytes. */
  dropOldest(): number;
}

/** The bounds of one server. */
export class KeptBytes {
  readonly #keepers = new Set<Keeper>();
  #bytes = 0;
  #packets = 0;

  constructor(
    private readonly limits: Limits,
    private readonly counters: Counters,
    private readonly log: Logger,
  ) {}

  join(keeper: Keeper): void {
    this.#keepers.add(keeper);
  }

  leave(keeper: Keeper, packets: number, bytes: number): void {
    this.#keepers.delete(keeper);
    this.release(packets, bytes);
  }

  /** Counts one more packet; the oldest ones of all namespaces go until there is room. */
  keep(bytes: number): void {
    this.#bytes += bytes;
    this.#packets++;
    const { recoveryBytes, recoveryPackets } = this.limits;
    while (this.#bytes > recoveryBytes || this.#packets > recoveryPackets) {
      const keeper = this.#oldest();
      if (!keeper) return;
      this.release(1, keeper.dropOldest());
      this.counters.count('recovery');
      if (this.counters.isNew(this, 'recovery')) {
        this.log.warn(
          { recoveryBytes, recoveryPackets },
          'too much is kept for clients that may come back (limits.recoveryBytes, recoveryPackets): the oldest is dropped, and its clients will be new',
        );
      }
    }
  }

  release(packets: number, bytes: number): void {
    this.#packets -= packets;
    this.#bytes -= bytes;
  }

  #oldest(): Keeper | undefined {
    let found: Keeper | undefined;
    for (const keeper of this.#keepers) {
      if (keeper.oldest !== undefined && (found?.oldest === undefined || keeper.oldest < found.oldest)) found = keeper;
    }
    return found;
  }
}

const bounds = new WeakMap<Server, KeptBytes>();

/** Has the recoverable adapters of a server follow its limits. */
export function limitRecovery(io: Server, kept: KeptBytes): void {
  bounds.set(io, kept);
}

export function keptBytesOf(io: Server): KeptBytes | undefined {
  return bounds.get(io);
}

/** About how many bytes a value has: enough for a bound, and cheap. */
export function roughBytes(value: unknown): number {
  let bytes = 0;
  const queue: unknown[] = [value];
  for (const next of queue) {
    if (typeof next === 'string') bytes += next.length;
    else if (typeof next === 'object' && next !== null) {
      if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) bytes += next.byteLength;
      else {
        for (const key of Object.keys(next)) {
          bytes += key.length;
          queue.push((next as Record<string, unknown>)[key]);
        }
      }
    }
    bytes += 16;
    if (queue.length > 100_000) break;
  }
  return bytes;
}
