/** Outgoing messages: sent at once, together with others of the same turn, or when the link can be used again. */
import type { AdapterOptions } from '../../types.js';
import type { Session, Topic } from '../../transports/transport.js';
import type { Framer, Parcel } from '../frames/framer.js';
import { Unconfirmed } from './unconfirmed.js';

/**
 * `keep`: may wait for the broker and for the other nodes. `volatile`: is lost when it would have to wait. `now`: what
 * nodes say of themselves or ask; it overtakes what waits.
 */
export type Urgency = 'keep' | 'volatile' | 'now';

/** The connection, as the outbox sees it. */
export interface Wire {
  /** The session, while it can be used. */
  readonly session: Session | null;
  /** The session broke while something was written. */
  broke(session: Session, error: unknown): void;
  /** Messages to all, sent at that time of `performance.now()`, are with the broker. */
  confirmed(messages: number, sentAt: number): void;
}

/** Messages that wait for a moment even with `whenDown: 'drop'`: until a node has been heard on a new connection. */
const MOMENT = 1000;

/** The fate of a message: other nodes get it, may get it later, or do not get it. */
export type Fate = 'published' | 'kept' | 'dropped';

/**
 * Messages of one turn of the event loop leave together: the first one at once, those that follow it in the same turn as
 * one frame. What was sent and is not known to have arrived when the connection breaks is sent again with its old
 * numbers (`whenDown: { buffer }`) or counted (`drop`), as soon as the other nodes have said what they got.
 */
export class Outbox {
  /** Messages that no other node got. */
  dropped = 0;
  sent = 0;

  /** Messages of this turn of the event loop after its first one. */
  readonly #turn: Buffer[] = [];
  #inTurn = false;
  readonly #waiting: Buffer[] = [];
  readonly #unconfirmed: Unconfirmed;
  /** Reported lost by a session that goes on: settled when a later frame is confirmed, void when the session breaks. */
  #lost = 0;
  #holding = false;
  readonly #buffer: number;

  constructor(
    private readonly wire: Wire,
    private readonly framer: Framer,
    whenDown: NonNullable<AdapterOptions['whenDown']>,
    /** False if nothing is confirmed: the messages of this link take another way. */
    private readonly confirms: boolean,
  ) {
    this.#buffer = whenDown === 'drop' ? 0 : whenDown.buffer;
    this.#unconfirmed = new Unconfirmed(this.#buffer);
  }

  /** Whether all other nodes, rather than one of them, have to be heard before what waits is sent. */
  get waitsForAll(): boolean {
    return this.#buffer > 0;
  }

  get holding(): boolean {
    return this.#holding;
  }

  get buffered(): number {
    return this.#waiting.length + (this.wire.session && !this.#holding ? 0 : this.#unconfirmed.kept);
  }

  /** Whether something was sent that is not confirmed. */
  get isUnconfirmed(): boolean {
    return !this.#unconfirmed.isEmpty;
  }

  send(topic: Topic, body: Buffer, urgency: Urgency): Fate {
    if (topic !== 'all' || urgency === 'now') return this.#sendNow(topic, body);
    if (!this.wire.session || this.#holding) return this.#wait(body, urgency);
    if (this.#inTurn) this.#turn.push(body);
    else {
      this.#inTurn = true;
      process.nextTick(() => {
        this.#inTurn = false;
        this.flush();
      });
      this.#writeAll([body]);
    }
    return 'published';
  }

  /** Sends what has gathered in this turn. */
  flush(): void {
    const turn = this.#turn.splice(0);
    if (this.wire.session && !this.#holding) this.#writeAll(turn);
    else for (const body of turn) this.#wait(body, 'keep');
  }

  /** Counts messages that the session accepted and could not pass on. */
  lost(frames: number): void {
    if (this.confirms) this.#lost += frames;
    else this.dropped += frames;
  }

  /** Everything to all up to that number has come back from the broker, or has arrived at all other nodes. */
  confirm(number: number): void {
    this.settle();
    for (const { messages, sentAt } of this.#unconfirmed.takeUpTo(number)) this.wire.confirmed(messages, sentAt);
  }

  /** Something sent later has arrived: what was reported lost before is lost. */
  settle(): void {
    this.dropped += this.#lost;
    this.#lost = 0;
  }

  /** The session is gone. */
  down(): void {
    this.#lost = 0;
    this.#holding = false;
    this.flush();
  }

  /** A new session is there; what is sent waits until it is released. */
  hold(): void {
    this.#holding = true;
  }

  /**
   * Other nodes were heard, or their absence is certain: sends again what they did not get, and what has waited.
   * @param heard the last number that each of them got
   * @param others `none`: there never were any; `absent`: all that there were are gone; `present`
   */
  release(heard: readonly number[], others: 'none' | 'absent' | 'present'): void {
    if (!this.#holding) return;
    this.#holding = false;
    const isAbsent = others === 'absent';
    const most = others === 'none' ? Infinity : Math.max(0, ...heard);
    const least = heard.length > 0 ? Math.min(...heard) : 0;
    for (const { frames, messages, last } of this.#unconfirmed.takeAll()) {
      if (last <= least) continue;
      if (isAbsent || (!frames && last > most)) this.dropped += messages;
      if (frames) this.#write({ frames, messages, last }, false);
    }
    const waiting = this.#waiting.splice(0);
    if (isAbsent) this.dropped += waiting.length;
    this.#writeAll(waiting);
  }

  /** No other node is there: forgets what nothing confirms, and counts it if it was meant for others. */
  giveUp(counts: boolean): void {
    const all = this.#unconfirmed.takeAll();
    if (counts) for (const { messages } of all) this.dropped += messages;
  }

  /** Nothing is sent any more. */
  close(): void {
    this.flush();
    this.settle();
    if (this.wire.session) this.release([], 'none');
    this.dropped += this.#waiting.splice(0).length;
  }

  #sendNow(topic: Topic, body: Buffer): Fate {
    const { session } = this.wire;
    if (!session) return this.#drop();
    this.flush();
    this.#publish(session, topic, this.framer.cut(body, topic === 'all' ? 'sign' : 'direct', session.maxFrame));
    return 'published';
  }

  #drop(): Fate {
    this.dropped++;
    return 'dropped';
  }

  #wait(body: Buffer, urgency: Urgency): Fate {
    const room = this.wire.session ? Math.max(MOMENT, this.#buffer) : this.#buffer - this.#unconfirmed.kept;
    if (urgency !== 'keep' || this.#waiting.length >= room) return this.#drop();
    this.#waiting.push(body);
    return 'kept';
  }

  #writeAll(bodies: readonly Buffer[]): void {
    const { session } = this.wire;
    if (bodies.length === 0 || !session) return void (this.dropped += bodies.length);
    for (const parcel of this.framer.pack(bodies, session.maxFrame)) this.#write(parcel, true);
  }

  /** @param fresh false for what is sent again */
  #write(parcel: Parcel, fresh: boolean): void {
    const { session } = this.wire;
    if (this.confirms) this.#unconfirmed.add(parcel);
    if (!session) return;
    if (!this.#publish(session, 'all', parcel.frames)) this.lost(parcel.messages);
    else if (fresh) this.sent += parcel.messages;
  }

  /** @returns false if the queue is full */
  #publish(session: Session, topic: Topic, frames: readonly Buffer[]): boolean {
    try {
      return frames.every((frame) => session.publish(topic, frame));
    } catch (error) {
      this.wire.broke(session, error);
      return true;
    }
  }
}
