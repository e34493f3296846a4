/** One node: what comes from its link goes to its namespaces, its open requests or its presence, and back. */
import { randomBytes } from 'node:crypto';
import { AdapterError } from '../errors.js';
import type { Session, Topic, Transport } from '../transports/transport.js';
import type { AdapterHealth, AdapterStatus } from '../types.js';
import type { Frame } from './frames/frame.js';
import type { Answer, HubOptions, NamespaceReceiver, WireMessage } from './hub-types.js';
import { BusLink } from './link/bus-link.js';
import { CatchUp } from './link/catch-up.js';
import { followObserved, isObserved } from './link/observed-bus.js';
import type { Urgency } from './link/outbox.js';
import { Namespaces } from './namespaces.js';
import { Arrival } from './nodes/arrival.js';
import { Audience } from './nodes/audience.js';
import { Census } from './nodes/census.js';
import type { Lease, LeaseOptions } from './nodes/elections.js';
import { type NodeMessage, Presence } from './nodes/presence.js';
import { Requests } from './requests.js';

/** A message of a node to itself: it measures how long the broker takes. */
const TO_SELF: NodeMessage = { node: 'beat', state: { held: [], wanted: [] } };
/** A node that hears of no other one for so many times the usual time to answer is alone. */
const SETTLE = 8;

export class Hub {
  readonly requests = new Requests(
    (uid) => this.#probe(uid),
    (error) => this.#failed(error),
  );
  readonly census = new Census();
  readonly #namespaces = new Namespaces(this.requests, (uid, answer) => this.answer(uid, answer));
  readonly #presence: Presence | undefined;
  readonly #audience: Audience | undefined;
  readonly #link: BusLink;
  readonly #catchUp: CatchUp;
  readonly #arrival: Arrival;

  /** @param listens false for an emitter, which only sends and is no node that others count */
  constructor(
    readonly uid: string,
    readonly listens: boolean,
    transport: Transport,
    private readonly options: HubOptions,
  ) {
    if (listens) this.#presence = this.#bePresent();
    else if (!options.besides) this.#audience = this.#askAudience();
    this.#link = new BusLink(uid, listens, transport, options, {
      up: () => this.#up(),
      down: () => this.#down(),
      changed: () => this.#changed(),
      returned: (frame, now) => this.#returned(frame, now),
      heard: (sender, now) => this.#presence?.heard(sender, now),
      message: (sender, message, now) => this.#receive(sender, message, now),
      failed: (error) => this.#failed(error),
    });
    this.#catchUp = new CatchUp(this.#link.outbox, (this.#presence ?? this.#audience)?.members);
    this.#arrival = new Arrival(
      {
        engine: transport.engine,
        known: () => this.peers().length,
        sendToSelf: () => this.send(uid, TO_SELF, 'now'),
      },
      options.answerTime,
    );
  }

  static newId(): string {
    return randomBytes(8).toString('hex');
  }

  /** @throws AdapterError when the start-up policy gives up */
  async ready(): Promise<void> {
    await this.#link.connection.first;
    if (this.listens && this.#link.isUp) await this.#arrival.complete(this.options.heartbeat.timeout);
  }

  attach(nsp: string, receiver: NamespaceReceiver): void {
    this.#namespaces.attach(nsp, receiver);
  }

  detach(nsp: string, receiver: NamespaceReceiver): void {
    if (this.#namespaces.detach(nsp, receiver)) this.census.unwatch(nsp);
  }

  /** Ids of the other nodes that can be asked now: none while the broker is away. */
  peers(): string[] {
    return this.#link.isUp ? (this.#presence?.members.live() ?? []) : [];
  }

  /** @throws AdapterError on a link that only sends */
  lease(name: string, options: LeaseOptions): Lease {
    if (!this.#presence) throw new AdapterError('option', 'an emitter only sends: it holds no lease');
    return this.#presence.lease(name, options);
  }

  /**
   * Queues a message.
   * @throws TypeError or RangeError when the message cannot be serialised or is too large; nothing was sent then
   */
  send(topic: Topic, message: WireMessage, urgency: Urgency = 'keep'): void {
    this.#link.send(topic, message, urgency);
  }

  /** Sends an answer; one that cannot be serialised tells the asking node so. Never throws. */
  answer(uid: string, answer: Answer): void {
    try {
      this.send(uid, answer, 'now');
    } catch (error) {
      this.send(uid, { ...answer, data: { error: `${String(error)} (on node ${this.uid})` } }, 'now');
    }
  }

  /** The session of the transport, while it can be used. */
  get session(): Session | null {
    return this.#link.connection.session;
  }

  /** Counts what was lost beside the hub. */
  drop(messages: number): void {
    this.#link.outbox.dropped += messages;
  }

  status(): AdapterStatus {
    return this.#link.status();
  }

  health(): AdapterHealth {
    return { ...this.#link.health(), nodes: 1 + this.peers().length };
  }

  async close(): Promise<void> {
    this.#link.stop();
    this.#presence?.close();
    this.#audience?.close();
    this.requests.close();
    await this.#link.connection.close();
  }

  #bePresent(): Presence {
    const { heartbeat, answerTime } = this.options;
    return new Presence(
      {
        uid: this.uid,
        isUp: () => this.#link.isUp,
        say: (topic, message) => {
          this.send(topic, message, 'now');
          return this.#link.lastSign;
        },
        heardOf: (uid) => this.#link.inbox.heardOf(uid),
        reset: (reason) => this.#link.connection.reset(reason),
        forget: (before) => this.#link.inbox.forget(before),
        onGone: (uid) => this.requests.gone(uid),
        onHeard: () => this.#catchUp.heard(),
        lock: (name, force) => this.session?.lock?.(name, heartbeat.timeout, force),
        failed: (error) => this.#failed(error),
      },
      heartbeat,
      SETTLE * answerTime,
      this.census,
    );
  }

  #askAudience(): Audience {
    return new Audience(
      {
        isUp: () => this.#link.isUp,
        isUnconfirmed: () => this.#link.outbox.isUnconfirmed,
        ask: () => this.send('all', { node: 'who' }, 'now'),
        brokerAnsweredAt: () => this.#link.connection.answeredAt,
        confirm: (number) => this.#link.outbox.confirm(number),
        onHeard: () => this.#catchUp.heard(),
        giveUp: () => this.#link.outbox.giveUp(true),
      },
      this.options.heartbeat,
    );
  }

  #up(): void {
    this.#catchUp.begin();
    this.#presence?.up();
    this.#audience?.up();
    this.#catchUp.heard();
  }

  #down(): void {
    this.#catchUp.end(this.#audience !== undefined);
    this.#presence?.down();
    this.requests.goneAll();
  }

  /** A frame of this node came back to it. */
  #returned({ series, number }: Frame, now: number): void {
    this.#presence?.alive(now);
    if (series === 'direct') this.#arrival.returned();
    else if (series === 'sign') {
      this.#presence?.echo(number);
      this.#arrival.echo();
    }
  }

  /** @returns false for what is no message */
  #receive(uid: string, message: WireMessage, now: number): boolean {
    if ('node' in message) {
      this.#audience?.receive(uid, message, now);
      return this.#presence?.receive(uid, message, now) ?? true;
    }
    const receive = (): void => this.#namespaces.receive(uid, message);
    if (isObserved(message)) followObserved(this.#link.place, uid, message, receive);
    else receive();
    return true;
  }

  async #probe(uid: string): Promise<void> {
    if (!(await this.#link.connection.probe(uid))) this.#presence?.gone(uid);
  }

  #changed(): void {
    try {
      this.options.onStatus(this.status());
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    process.emitWarning(error instanceof Error ? error : String(error), 'AdapterWarning');
  }
}
