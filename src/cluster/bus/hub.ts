import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterMessage } from 'socket.io-adapter';
import { decode, encode } from './codec.js';
import { Connection, type ConnectionPolicy } from './broker-connection.js';
import { AdapterError } from '../errors.js';
import { Assembler, Framer, MAX_MESSAGE, parseFrame } from './frames.js';
import type { Lease, LeaseOptions } from './elections.js';
import { type Heartbeat, type NodeMessage, Presence } from './presence.js';
import { Requests } from './requests.js';
import type { Session, Topic, Transport } from '../transports/transport.js';
import type { AdapterHealth, AdapterStatus } from '../types.js';
import { within } from './within.js';

/** An answer to a request of a namespace. `data.error`: it could not be given; `data.absent`: that namespace is not here. */
export interface Answer {
  nsp: string;
  answer: string;
  data: Record<string, unknown>;
}

type WireMessage = NodeMessage | Answer | Omit<ClusterMessage, 'uid'>;

/** A namespace's adapter, as the hub sees it. */
export interface NamespaceReceiver {
  receive(message: ClusterMessage): void;
}

export interface HubOptions extends ConnectionPolicy {
  readonly heartbeat: Heartbeat;
  /** Milliseconds in which other nodes have answered one that has just started, if nothing keeps them. */
  readonly answerTime: number;
  readonly onStatus: (status: AdapterStatus) => void;
}

/** What a node says to itself, for the time that it takes. */
const TO_SELF: NodeMessage = { node: 'beat', state: { held: [], wanted: [] } };
/** Milliseconds for which a start waits for other nodes at the most. */
const LONGEST_WAIT = 500;

/** One node: what comes from its connection goes to its namespaces, its open requests or its presence, and back. */
export class Hub {
  readonly requests = new Requests(
    (uid) => this.#probe(uid),
    (error) => this.#failed(error),
  );
  readonly #presence: Presence | null;
  readonly #framer: Framer;
  readonly #connection: Connection;
  readonly #assembler = new Assembler();
  readonly #namespaces = new Map<string, NamespaceReceiver>();
  /** For a link on which nothing comes back by itself. */
  readonly #checking: NodeJS.Timeout | undefined;
  readonly #echoed: Promise<void>;
  #onEcho!: () => void;
  /** Told of the next frame to this node alone that is its own. */
  #onReturn: () => void = () => {};
  #received = 0;
  #malformed = 0;

  /** @param listens false for an emitter, which only sends and is no node that others count */
  constructor(
    readonly uid: string,
    readonly listens: boolean,
    private readonly transport: Transport,
    private readonly options: HubOptions,
  ) {
    this.#echoed = new Promise((resolve) => (this.#onEcho = resolve));
    this.#framer = new Framer(uid);
    this.#presence = listens ? this.#bePresent() : null;
    this.#connection = new Connection(transport, this.#framer, options, {
      frame: (bytes) => this.#receive(bytes),
      up: () => this.#presence?.up(),
      down: () => this.#down(),
      changed: () => this.#changed(),
    });
    const { interval, timeout } = options.heartbeat;
    if (!listens) this.#checking = setInterval(() => void this.#connection.check(uid, timeout), interval).unref();
  }

  static newId(): string {
    return randomBytes(8).toString('hex');
  }

  /** When what this node sends comes back to it, what others send does too. Then those are waited for who are there. */
  async ready(): Promise<void> {
    await this.#connection.first;
    if (!this.listens || this.#connection.state !== 'up') return;
    await within(this.options.heartbeat.timeout, this.#echoed).catch((cause: unknown) => {
      const message = `The ${this.transport.engine} adapter is connected, but its messages do not come back`;
      throw new AdapterError('unreachable', message, { cause });
    });
    await within(LONGEST_WAIT, this.#othersAnswered()).catch(() => {});
  }

  attach(nsp: string, receiver: NamespaceReceiver): void {
    this.#namespaces.set(nsp, receiver);
  }

  detach(nsp: string, receiver: NamespaceReceiver): void {
    if (this.#namespaces.get(nsp) === receiver) this.#namespaces.delete(nsp);
  }

  /** Ids of the other nodes that can be asked now: none while the broker is away. */
  peers(): string[] {
    return this.#connection.state === 'up' ? (this.#presence?.live() ?? []) : [];
  }

  /** @throws AdapterError on a link that only sends */
  lease(name: string, options: LeaseOptions): Lease {
    if (!this.#presence) throw new AdapterError('option', 'an emitter only sends: it holds no lease');
    return this.#presence.lease(name, options);
  }

  /**
   * Queues a message; `keep` is whether it may wait for a broker that is away.
   * @throws TypeError or RangeError when the message cannot be serialised or is too large; nothing was sent then
   */
  send(topic: Topic, message: WireMessage, keep = true): void {
    const body = encode(message);
    if (body.length > MAX_MESSAGE) throw new RangeError(`a message for other nodes has ${body.length} bytes`);
    this.#connection.send(topic, body, keep);
  }

  /** Sends an answer; one that cannot be serialised tells the asking node so. Never throws. */
  answer(uid: string, answer: Answer): void {
    try {
      this.send(uid, answer, false);
    } catch (error) {
      this.send(uid, { ...answer, data: { error: `${String(error)} (on node ${this.uid})` } }, false);
    }
  }

  /** The session of the transport, while it can be used. */
  get session(): Session | null {
    return this.#connection.session;
  }

  /** Counts what was lost beside the hub. */
  drop(messages: number): void {
    this.#connection.dropped += messages;
  }

  status(): AdapterStatus {
    const { state, reason, dropped } = this.#connection;
    return { engine: this.transport.engine, state, dropped, ...(reason === undefined ? {} : { reason }) };
  }

  health(): AdapterHealth {
    return {
      ...this.status(),
      nodes: 1 + this.peers().length,
      sent: this.#connection.sent,
      received: this.#received,
      missed: this.#assembler.missed,
      malformed: this.#malformed,
      buffered: this.#connection.buffered,
    };
  }

  async close(): Promise<void> {
    this.#presence?.close();
    clearInterval(this.#checking);
    this.requests.close();
    await this.#connection.close();
  }

  /** Waits until no more of them answer the hello, each by a frame to its sender alone. */
  async #othersAnswered(): Promise<void> {
    const { answerTime } = this.options;
    for (let known = -1; this.peers().length > known;) {
      known = this.peers().length;
      await Promise.all([this.#roundTrip(), answerTime > 0 && sleep(answerTime)]);
    }
  }

  /** As long as a frame to one node alone takes at the least. */
  #roundTrip(): Promise<void> {
    return new Promise((resolve) => {
      this.#onReturn = resolve;
      this.send(this.uid, TO_SELF, false);
    });
  }

  #bePresent(): Presence {
    return new Presence(
      {
        uid: this.uid,
        isUp: () => this.#connection.state === 'up',
        say: (topic, message) => {
          this.send(topic, message, false);
          return this.#framer.last;
        },
        reset: (reason) => this.#connection.reset(reason),
        forget: (before) => this.#assembler.forget(before),
        onGone: (uid) => this.requests.gone(uid),
        failed: (error) => this.#failed(error),
      },
      this.options.heartbeat,
    );
  }

  #down(): void {
    this.#presence?.down();
    this.requests.goneAll();
  }

  #receive(bytes: Buffer): void {
    const frame = parseFrame(bytes);
    if (!frame) return void this.#malformed++;
    const now = performance.now();
    if (frame.uid === this.uid) {
      if (frame.direct) return this.#onReturn();
      this.#presence?.echo(frame.number, now);
      return this.#onEcho();
    }
    this.#presence?.heard(frame.uid, now);
    const body = this.#assembler.accept(frame, now);
    const message = body && this.#decode(body);
    if (!message) return;
    this.#received++;
    try {
      this.#dispatch(frame.uid, message, now);
    } catch (error) {
      this.#failed(error);
    }
  }

  #decode(body: Buffer): WireMessage | undefined {
    try {
      return decode(body) as WireMessage;
    } catch {
      this.#malformed++;
      return undefined;
    }
  }

  #dispatch(uid: string, message: WireMessage, now: number): void {
    if ('node' in message) {
      if (!this.#presence?.receive(uid, message, now)) this.#malformed++;
    } else if ('answer' in message) this.requests.answer(uid, message.answer, message.data);
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
