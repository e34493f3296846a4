/** One node: what comes from its connection goes to its namespaces, its open requests or its presence, and back. */
import { randomBytes } from 'node:crypto';
import type { ClusterMessage } from 'socket.io-adapter';
import { AdapterError } from '../errors.js';
import type { Session, Topic, Transport } from '../transports/transport.js';
import type { AdapterHealth, AdapterStatus } from '../types.js';
import { Arrival } from './nodes/arrival.js';
import { Audience } from './nodes/audience.js';
import { Connection } from './broker-connection.js';
import { Census } from './nodes/census.js';
import { encode } from './codec.js';
import type { Lease, LeaseOptions } from './nodes/elections.js';
import { type Frame, Framer, MAX_MESSAGE } from './frames.js';
import type { Answer, HubOptions, NamespaceReceiver, WireMessage } from './hub-types.js';
import { Inbox } from './inbox.js';
import type { Members } from './nodes/members.js';
import { type BusPlace, followObserved, isObserved, observeConfirmed, publishObserved } from './observed-bus.js';
import { type Fate, Outbox, type Urgency } from './outbox.js';
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
  readonly #presence: Presence | undefined;
  readonly #audience: Audience | undefined;
  readonly #members: Members | undefined;
  readonly #framer: Framer;
  readonly #outbox: Outbox;
  readonly #connection: Connection;
  readonly #arrival: Arrival;
  readonly #inbox: Inbox<WireMessage>;
  readonly #namespaces = new Map<string, NamespaceReceiver>();
  /** For a link on which nothing comes back by itself. */
  readonly #checking: NodeJS.Timeout | undefined;
  /** Whether other nodes were known when the link came up. */
  #wereOthers = false;

  /** @param listens false for an emitter, which only sends and is no node that others count */
  constructor(
    readonly uid: string,
    readonly listens: boolean,
    private readonly transport: Transport,
    private readonly options: HubOptions,
  ) {
    const { heartbeat, answerTime, whenDown, besides = false } = options;
    this.#framer = new Framer(uid);
    if (listens) this.#presence = this.#bePresent();
    else if (!besides) this.#audience = this.#askAudience();
    this.#members = (this.#presence ?? this.#audience)?.members;
    this.#inbox = new Inbox<WireMessage>({
      uid,
      returned: (frame, now) => this.#returned(frame, now),
      heard: (sender, now) => this.#presence?.heard(sender, now),
      message: (sender, message, now) => this.#dispatch(sender, message, now),
      failed: (error) => this.#failed(error),
    });
    const wire = this.#wire();
    this.#outbox = new Outbox(wire, this.#framer, whenDown, !besides);
    this.#arrival = new Arrival(
      {
        engine: transport.engine,
        known: () => this.peers().length,
        sendToSelf: () => this.send(uid, TO_SELF, 'now'),
      },
      answerTime,
    );
    this.#connection = new Connection(transport, options, {
      frame: (bytes) => this.#inbox.receive(bytes),
      up: () => this.#up(),
      down: () => this.#down(),
      lost: (frames) => this.#outbox.lost(frames),
      changed: () => this.#changed(),
    });
    const { interval, timeout } = heartbeat;
    if (!listens) this.#checking = setInterval(() => void this.#connection.check(uid, timeout), interval).unref();
  }

  static newId(): string {
    return randomBytes(8).toString('hex');
  }

  /** @throws AdapterError when the start-up policy gives up */
  async ready(): Promise<void> {
    await this.#connection.first;
    if (this.listens && this.#connection.state === 'up') await this.#arrival.complete(this.options.heartbeat.timeout);
  }

  attach(nsp: string, receiver: NamespaceReceiver): void {
    this.#namespaces.set(nsp, receiver);
  }

  detach(nsp: string, receiver: NamespaceReceiver): void {
    if (this.#namespaces.get(nsp) !== receiver) return;
    this.#namespaces.delete(nsp);
    this.census.unwatch(nsp);
  }

  /** Ids of the other nodes that can be asked now: none while the broker is away. */
  peers(): string[] {
    return this.#connection.state === 'up' ? (this.#presence?.members.live() ?? []) : [];
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
    if (isObserved(message)) publishObserved(this.#place, topic, message, (each) => this.#send(topic, each, urgency));
    else this.#send(topic, message, urgency);
  }

  #send(topic: Topic, message: WireMessage, urgency: Urgency): Fate {
    const body = encode(message);
    if (body.length > MAX_MESSAGE) throw new RangeError(`a message for other nodes has ${body.length} bytes`);
    return this.#outbox.send(topic, body, urgency);
  }

  get #place(): BusPlace {
    return { node: this.uid, engine: this.transport.engine };
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
    return this.#connection.session;
  }

  /** Counts what was lost beside the hub. */
  drop(messages: number): void {
    this.#outbox.dropped += messages;
  }

  status(): AdapterStatus {
    const { state, reason } = this.#connection;
    const { dropped } = this.#outbox;
    return { engine: this.transport.engine, state, dropped, ...(reason === undefined ? {} : { reason }) };
  }

  health(): AdapterHealth {
    return {
      ...this.status(),
      nodes: 1 + this.peers().length,
      sent: this.#outbox.sent,
      received: this.#inbox.received,
      missed: this.#inbox.missed,
      malformed: this.#inbox.malformed,
      buffered: this.#outbox.buffered,
    };
  }

  async close(): Promise<void> {
    this.#outbox.close();
    this.#presence?.close();
    this.#audience?.close();
    clearInterval(this.#checking);
    this.requests.close();
    await this.#connection.close();
  }

  #wire(): ConstructorParameters<typeof Outbox>[0] {
    const session = (): Session | null => this.#connection.session;
    return {
      get session() {
        return session();
      },
      broke: (broken, error) => this.#connection.broke(broken, error),
      confirmed: (messages, sentAt) => observeConfirmed(this.#place, messages, sentAt),
    };
  }

  #bePresent(): Presence {
    const { heartbeat, answerTime } = this.options;
    return new Presence(
      {
        uid: this.uid,
        isUp: () => this.#connection.state === 'up',
        say: (topic, message) => {
          this.send(topic, message, 'now');
          return this.#framer.lastOf('sign');
        },
        heardOf: (uid) => this.#inbox.heardOf(uid),
        reset: (reason) => this.#connection.reset(reason),
        forget: (before) => this.#inbox.forget(before),
        onGone: (uid) => this.requests.gone(uid),
        onHeard: () => this.#heard(),
        lock: (name, force) => this.#connection.session?.lock?.(name, heartbeat.timeout, force),
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
        isUp: () => this.#connection.state === 'up',
        isUnconfirmed: () => this.#outbox.isUnconfirmed,
        ask: () => this.send('all', { node: 'who' }, 'now'),
        confirm: (number) => this.#outbox.confirm(number),
        onHeard: () => this.#heard(),
        giveUp: () => this.#outbox.giveUp(true),
      },
      this.options.heartbeat,
    );
  }

  #up(): void {
    this.#wereOthers = (this.#members?.size ?? 0) > 0;
    this.#outbox.hold();
    this.#presence?.up();
    this.#audience?.up();
    this.#heard();
  }

  /** Sends what has waited, when the other nodes have been heard on this link or are known to be gone. */
  #heard(): void {
    if (!this.#outbox.holding) return;
    const { awaited = 0, size = 0, heardNumbers = [] } = this.#members ?? {};
    if (awaited > 0 && (this.#outbox.waitsForAll || awaited === size)) return;
    this.#outbox.release(heardNumbers, size > 0 ? 'present' : this.#wereOthers ? 'absent' : 'none');
  }

  #down(): void {
    // A sender that knows of no other node: what it sent got to none, and is not sent again.
    if (this.#members?.size === 0) this.#outbox.giveUp(this.#audience !== undefined);
    this.#outbox.down();
    this.#presence?.down();
    this.requests.goneAll();
  }

  /** A frame of this node came back to it. */
  #returned({ series, number }: Frame, now: number): void {
    this.#presence?.alive(now);
    if (series === 'direct') return this.#arrival.returned();
    if (series === 'all') return this.#outbox.confirm(number);
    this.#presence?.echo(number);
    this.#outbox.settle();
    this.#arrival.echo();
  }

  /** @returns false for what is no message */
  #dispatch(uid: string, message: WireMessage, now: number): boolean {
    if ('node' in message) {
      this.#audience?.receive(uid, message, now);
      return this.#presence?.receive(uid, message, now) ?? true;
    }
    if (isObserved(message)) followObserved(this.#place, uid, message, () => this.#follow(uid, message));
    else this.#follow(uid, message);
    return true;
  }

  #follow(uid: string, message: Exclude<WireMessage, NodeMessage>): void {
    if ('answer' in message) this.requests.answer(uid, message.answer, message.data);
    else this.#toNamespace({ ...message, uid } as ClusterMessage);
  }

  #toNamespace(message: ClusterMessage): void {
    const receiver = this.#namespaces.get(message.nsp);
    if (receiver) return receiver.receive(message);
    const id = 'data' in message && 'requestId' in message.data ? message.data.requestId : undefined;
    if (id !== undefined) this.answer(message.uid, { nsp: message.nsp, answer: id, data: { absent: true } });
  }

  async #probe(uid: string): Promise<void> {
    if (!(await this.#connection.probe(uid))) this.#presence?.gone(uid);
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
