/** A new connection: what is sent waits until the other nodes have said what they got, or are known to be gone. */
import type { Members } from '../nodes/members.js';
import type { Outbox } from './outbox.js';

export class CatchUp {
  /** Whether other nodes were known when the connection came up. */
  #wereOthers = false;

  /** @param members the other nodes; undefined if this one counts none */
  constructor(
    private readonly outbox: Outbox,
    private readonly members: Members | undefined,
  ) {}

  /** The connection is up. */
  begin(): void {
    this.#wereOthers = (this.members?.size ?? 0) > 0;
    this.outbox.hold();
  }

  /** Sends what has waited, if the other nodes have been heard on this connection or are known to be gone. */
  heard(): void {
    if (!this.outbox.holding) return;
    const { awaited = 0, size = 0, heardNumbers = [] } = this.members ?? {};
    if (awaited > 0 && (this.outbox.waitsForAll || awaited === size)) return;
    this.outbox.release(heardNumbers, size > 0 ? 'present' : this.#wereOthers ? 'absent' : 'none');
  }

  /**
   * The connection is down. If no other node is known, what was sent got to none, and is not sent again.
   * @param counts whether such messages count as dropped
   */
  end(counts: boolean): void {
    if (this.members?.size === 0) this.outbox.giveUp(counts);
    this.outbox.down();
  }
}
