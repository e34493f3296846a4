/** The link of a node to the broker: messages go out through the outbox and come in through the inbox, by one connection. */
import type { Session, Topic, Transport } from '../../transports/transport.js';
import type { AdapterHealth, AdapterStatus } from '../../types.js';
import { encode } from '../frames/codec.js';
import { type Frame, MAX_MESSAGE } from '../frames/frame.js';
import { Framer } from '../frames/framer.js';
import type { HubOptions, WireMessage } from '../hub-types.js';
import { BrokerConnection } from './broker-connection.js';
import { Inbox } from './inbox.js';
import { type BusPlace, isObserved, observeConfirmed, publishObserved } from './observed-bus.js';
import { type Fate, Outbox, type Urgency } from './outbox.js';

/** The events of a link, for its node. */
export interface LinkEvents {
  up(): void;
  down(): void;
  changed(): void;
  /** A frame of this node came back to it. */
  returned(frame: Frame, now: number): void;
  /** A frame of another node came. */
  heard(uid: string, now: number): void;
  /** @returns false for what is no message */
  message(uid: string, message: WireMessage, now: number): boolean;
  failed(error: unknown): void;
}

export class BusLink {
  readonly connection: BrokerConnection;
  readonly inbox: Inbox<WireMessage>;
  readonly outbox: Outbox;
  readonly place: BusPlace;
  readonly #framer: Framer;
  /** For a link on which nothing comes back by itself. */
  readonly #checking: NodeJS.Timeout | undefined;

  /** @param listens false for an emitter, which only sends */
  constructor(
    uid: string,
    listens: boolean,
    transport: Transport,
    { whenDown, besides = false, heartbeat, ...policy }: HubOptions,
    events: LinkEvents,
  ) {
    this.place = { node: uid, engine: transport.engine };
    this.#framer = new Framer(uid);
    this.inbox = new Inbox<WireMessage>({
      uid,
      returned: (frame, now) => {
        this.#returned(frame);
        events.returned(frame, now);
      },
      heard: (sender, now) => events.heard(sender, now),
      message: (sender, message, now) => events.message(sender, message, now),
      failed: (error) => events.failed(error),
    });
    this.outbox = new Outbox(this.#wire(), this.#framer, whenDown, !besides);
    this.connection = new BrokerConnection(transport, policy, {
      frame: (bytes) => this.inbox.receive(bytes),
      up: () => events.up(),
      down: () => events.down(),
      lost: (frames) => this.outbox.lost(frames),
      changed: () => events.changed(),
    });
    const { interval, timeout } = heartbeat;
    if (!listens) this.#checking = setInterval(() => void this.connection.check(uid, timeout), interval).unref();
  }

  get isUp(): boolean {
    return this.connection.state === 'up';
  }

  /**
   * Queues a message.
   * @throws TypeError or RangeError when the message cannot be serialised or is too large; nothing was sent then
   */
  send(topic: Topic, message: WireMessage, urgency: Urgency): void {
    if (isObserved(message)) publishObserved(this.place, topic, message, (each) => this.#send(topic, each, urgency));
    else this.#send(topic, message, urgency);
  }

  /** The number of the last frame in which this node said something of itself to all. */
  get lastSign(): number {
    return this.#framer.lastOf('sign');
  }

  status(): AdapterStatus {
    const { state, reason } = this.connection;
    const { dropped } = this.outbox;
    return { engine: this.place.engine, state, dropped, ...(reason === undefined ? {} : { reason }) };
  }

  health(): Omit<AdapterHealth, 'nodes'> {
    const { sent, buffered } = this.outbox;
    const { received, missed, malformed } = this.inbox;
    return { ...this.status(), sent, received, missed, malformed, buffered };
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.outbox.close();
    clearInterval(this.#checking);
  }

  #send(topic: Topic, message: WireMessage, urgency: Urgency): Fate {
    const body = encode(message);
    if (body.length > MAX_MESSAGE) throw new RangeError(`a message for other nodes has ${body.length} bytes`);
    return this.outbox.send(topic, body, urgency);
  }

  #returned({ series, number }: Frame): void {
    if (series === 'all') this.outbox.confirm(number);
    else if (series === 'sign') this.outbox.settle();
  }

  #wire(): ConstructorParameters<typeof Outbox>[0] {
    const session = (): Session | null => this.connection.session;
    return {
      get session() {
        return session();
      },
      broke: (broken, error) => this.connection.broke(broken, error),
      confirmed: (messages, sentAt) => observeConfirmed(this.place, messages, sentAt),
    };
  }
}
