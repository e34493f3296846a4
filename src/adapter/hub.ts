import { randomBytes } from 'node:crypto';
import type { ClusterMessage } from 'socket.io-adapter';
import { decode, encode } from './codec.js';
import { Connection, type ConnectionPolicy } from './connection.js';
import { Assembler, Framer, MAX_MESSAGE, parseFrame } from './frames.js';
import { Leases } from './lease.js';
import { Members, type NodeState } from './members.js';
import { Requests } from './requests.js';
import type { Topic, Transport } from './transports/transport.js';
import type { AdapterHealth, AdapterStatus } from './types.js';

/** What nodes say to each other, beside the messages of their namespaces. */
type NodeMessage = { node: 'hello' | 'beat'; state: NodeState } | { node: 'bye' };

/** An answer to a request of a namespace. `error`: it could not be given; `absent`: that namespace is not here. */
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
  readonly heartbeat: { readonly interval: number; readonly timeout: number };
  readonly onStatus: (status: AdapterStatus) => void;
}

/** One node: its id, its connection, the other nodes, and what goes on between them for all namespaces of a server. */
export class Hub {
  readonly requests = new Requests((uid) => this.#probe(uid));
  readonly leases: Leases;
  readonly #members = new Members((uid) => this.requests.gone(uid));
  readonly #connection: Connection;
  readonly #framer: Framer;
  readonly #assembler = new Assembler();
  readonly #namespaces = new Map<string, NamespaceReceiver>();
  readonly #timer: NodeJS.Timeout;
  readonly #period: number;
  readonly #heard: Promise<void>;
  #onHeard!: () => void;
  #received = 0;
  #malformed = 0;
  /** Own heartbeats that have not come back yet: the number of the frame, and when it was sent. */
  #underway: { number: number; at: number }[] = [];
  /** Clock readings in milliseconds. */
  #at = { tick: 0, beat: 0, echo: 0, up: 0, linkSeen: 0 };

  /** @param listens false for an emitter, which only sends */
  constructor(
    readonly uid: string,
    readonly listens: boolean,
    private readonly transport: Transport,
    private readonly options: HubOptions,
  ) {
    const { heartbeat } = options;
    this.#heard = listens ? new Promise((resolve) => (this.#onHeard = resolve)) : Promise.resolve();
    this.leases = new Leases(this.#view(), heartbeat);
    this.#period = Math.max(20, Math.min(heartbeat.interval / 4, heartbeat.timeout / 8));
    this.#at.tick = performance.now();
    this.#framer = new Framer(uid);
    this.#connection = new Connection(transport, this.#framer, options, {
      frame: (bytes) => this.#receive(bytes),
      up: () => this.#up(),
      down: () => this.#down(),
      changed: () => this.#changed(),
    });
    this.#timer = setInterval(() => this.#tick(), this.#period).unref();
  }

  static newId(): string {
    return randomBytes(8).toString('hex');
  }

  async ready(): Promise<void> {
    await this.#connection.first;
    if (this.#connection.state === 'up') await this.#heard;
  }

  attach(nsp: string, receiver: NamespaceReceiver): void {
    this.#namespaces.set(nsp, receiver);
  }

  detach(nsp: string, receiver: NamespaceReceiver): void {
    if (this.#namespaces.get(nsp) === receiver) this.#namespaces.delete(nsp);
  }

  /** Ids of the other nodes that can be asked now: none while the broker is away. */
  peers(): string[] {
    return this.#connection.state === 'up' ? this.#members.live() : [];
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
    clearInterval(this.#timer);
    this.leases.loseAll();
    if (this.listens && this.#connection.state === 'up') this.send('all', { node: 'bye' });
    this.requests.goneAll();
    await this.#connection.close();
  }

  #up(): void {
    const now = performance.now();
    Object.assign(this.#at, { up: now, linkSeen: now });
    this.#members.excuse(now);
    this.#say('hello');
  }

  #down(): void {
    this.#at.up = 0;
    this.#underway = [];
    this.leases.loseAll();
    this.requests.goneAll();
  }

  #say(node: 'hello' | 'beat', topic: Topic = 'all'): void {
    if (!this.listens || this.#connection.state !== 'up') return;
    this.send(topic, { node, state: this.leases.state() }, false);
    if (topic !== 'all') return;
    this.#at.beat = performance.now();
    this.#underway.push({ number: this.#framer.last, at: this.#at.beat });
  }

  #tick(): void {
    const now = performance.now();
    const slept = now - this.#at.tick > this.options.heartbeat.interval;
    this.#at.tick = now;
    if (this.listens) this.leases.check();
    if (this.#connection.state !== 'up' || !this.listens) return;
    const { interval, timeout } = this.options.heartbeat;
    if (slept) {
      this.#members.excuse(now);
      this.#at.linkSeen = now;
    }
    if (now - this.#at.beat >= interval) this.#say('beat');
    this.#members.expire(now - timeout);
    const long = 6 * timeout;
    if (now - this.#at.up > long) this.#assembler.forget(now - long);
    if (now - this.#at.linkSeen > timeout) this.#connection.reset(`nothing came back for ${timeout} ms`);
  }

  #receive(bytes: Buffer): void {
    const frame = parseFrame(bytes);
    if (!frame) return void this.#malformed++;
    const now = performance.now();
    if (frame.uid === this.uid) return this.#echo(frame.number, now);
    this.#members.touch(frame.uid, now);
    const body = this.#assembler.accept(frame, now);
    if (!body) return;
    let message: WireMessage;
    try {
      message = decode(body) as WireMessage;
    } catch {
      return void this.#malformed++;
    }
    this.#received++;
    try {
      this.#dispatch(frame.uid, message, now);
    } catch (error) {
      this.#failed(error);
    }
  }

  #echo(number: number, now: number): void {
    this.#at.linkSeen = now;
    while (this.#underway[0] && this.#underway[0].number <= number) this.#at.echo = this.#underway.shift()?.at ?? 0;
    this.#onHeard();
  }

  #dispatch(uid: string, message: WireMessage, now: number): void {
    if ('node' in message) return this.#onNode(uid, message, now);
    if ('answer' in message) return this.requests.answer(uid, message.answer, message.data);
    const whole = { ...message, uid } as ClusterMessage;
    const receiver = this.#namespaces.get(message.nsp);
    if (receiver) return receiver.receive(whole);
    const id = 'data' in whole && 'requestId' in whole.data ? whole.data.requestId : undefined;
    if (id !== undefined) this.answer(uid, { nsp: message.nsp, answer: id, data: { absent: true } });
  }

  #onNode(uid: string, message: NodeMessage, now: number): void {
    if (message.node === 'bye') this.#members.remove(uid);
    else if (isState(message.state)) this.#members.put(uid, message.state, now);
    else this.#malformed++;
    this.leases.check();
    if (message.node === 'hello') this.#say('beat', uid);
  }

  async #probe(uid: string): Promise<void> {
    if (!(await this.#connection.probe(uid))) this.#members.markGone(uid);
  }

  #view(): ConstructorParameters<typeof Leases>[0] {
    return {
      uid: this.uid,
      listeningFor: () => (this.#at.up === 0 ? 0 : performance.now() - this.#at.up),
      unconfirmedFor: () => performance.now() - this.#at.echo,
      others: () => this.#members.recent(),
      announce: () => this.#say('beat'),
      failed: (error) => this.#failed(error),
    };
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

function isState(state: unknown): state is NodeState {
  const { held, wanted } = Object(state) as Partial<NodeState>;
  return [held, wanted].every((names) => Array.isArray(names) && names.every((name) => typeof name === 'string'));
}
