/** The nodes that an emitter sends to: they hear nothing of it but questions, and answer what they got. */
import type { NodeMessage } from './presence.js';
import { Members, type Heartbeat, type NodeState } from './members.js';

/** The parts of an emitter that its audience uses. */
export interface AudienceNode {
  isUp(): boolean;
  /** Whether something was sent that no node has confirmed yet. */
  isUnconfirmed(): boolean;
  ask(): void;
  /** When the broker has last answered on this link. */
  brokerAnsweredAt(): number;
  /** All known nodes have got everything up to that number. */
  confirm(number: number): void;
  /** A node has said what it got, or is gone. */
  onHeard(): void;
  /** No other node is there. */
  giveUp(): void;
}

const NO_STATE: NodeState = { held: [], wanted: [] };

/** Asks who got what: after a new connection, and while something is unconfirmed. */
export class Audience {
  readonly members: Members;
  readonly #timer: NodeJS.Timeout;
  /** Questions in a row without an answer. */
  #unanswered = 0;
  #isFirst = true;
  #askedAt = performance.now();

  constructor(
    private readonly node: AudienceNode,
    private readonly heartbeat: Heartbeat,
  ) {
    this.members = new Members(() => node.onHeard());
    this.#timer = setInterval(() => this.#tick(), Math.min(heartbeat.interval, 250)).unref();
  }

  up(): void {
    const now = performance.now();
    this.members.resetTimers(now);
    this.members.awaitAll();
    this.#unanswered = 0;
    if (!this.#isFirst) this.#ask(now);
    this.#isFirst = false;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  receive(uid: string, message: NodeMessage, now: number): void {
    if (message.node === 'bye') return this.members.remove(uid);
    if (message.node !== 'beat' || typeof message.heard !== 'number') return;
    this.#unanswered = 0;
    this.members.put(uid, NO_STATE, now);
    this.members.heard(uid, message.heard);
    this.node.onHeard();
    const heard = this.members.heardNumbers;
    if (this.members.awaited === 0 && heard.length > 0) this.node.confirm(Math.min(...heard));
  }

  #tick(): void {
    if (!this.node.isUp()) return;
    const now = performance.now();
    const isWaiting = this.members.awaited > 0;
    const pause = isWaiting ? 0 : this.node.isUnconfirmed() ? 1000 : this.heartbeat.interval;
    this.members.expire(now, this.node.brokerAnsweredAt(), this.heartbeat);
    if (this.#unanswered >= 2 && this.members.size === 0) {
      this.#unanswered = 0;
      this.node.giveUp();
    }
    if (now - this.#askedAt < Math.min(pause, this.heartbeat.interval)) return;
    if (isWaiting || this.node.isUnconfirmed() || this.members.size > 0) this.#ask(now);
  }

  #ask(now: number): void {
    this.#askedAt = now;
    this.#unanswered++;
    this.node.ask();
  }
}
