/** Several servers of one process as one cluster, without a broker. */
import type { Namespace } from 'socket.io';
import {
  Adapter,
  ClusterAdapter,
  MessageType,
  type BroadcastOptions,
  type ClusterMessage,
  type ClusterResponse,
} from 'socket.io-adapter';
import type { Lease } from '../../background/lease.js';
import type { Traffic } from './traffic.js';

type Packet = Parameters<Adapter['broadcast']>[0];

/** What nodes send each other; each fills in its own id. */
type Message = ClusterMessage extends infer Each ? (Each extends unknown ? Omit<Each, 'uid' | 'nsp'> : never) : never;

/**
 * The nodes of a cluster. Messages between them are copies and arrive in a later turn of the event loop, counted in
 * `traffic` like packets of clients. Who takes part is known at once: no heartbeat, and so no timer, is needed.
 */
export class MemoryCluster {
  readonly #adapters = new Set<MemoryClusterAdapter>();
  readonly #queues = new Map<string, (() => void)[]>();

  constructor(private readonly traffic: Traffic) {}

  /** What goes to Socket.IO's option `adapter`, which is called with `new`. */
  get adapter(): typeof Adapter {
    const { traffic } = this;
    const adapters = this.#adapters;
    return class extends MemoryClusterAdapter {
      constructor(namespace: Namespace) {
        super(namespace, adapters, traffic);
      }
    };
  }

  /** Work that runs once in a cluster runs on the node that asked first; when it gives the lease back, on the next one. */
  readonly lease: Lease = {
    hold: (name, acquired) => {
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      const turn = (): void => acquired(new AbortController().signal);
      if (queue.push(turn) === 1) turn();
      return () => {
        const place = queue.indexOf(turn);
        queue.splice(place, 1);
        if (place === 0) queue[0]?.();
      };
    },
  };
}

/**
 * One namespace of one node. What concerns clients of this node is done in the same tick; what concerns other nodes is
 * copied first, so that what cannot be sent throws to the caller.
 */
class MemoryClusterAdapter extends ClusterAdapter {
  constructor(
    namespace: Namespace,
    private readonly cluster: Set<MemoryClusterAdapter>,
    private readonly traffic: Traffic,
  ) {
    super(namespace);
    cluster.add(this);
  }

  override close(): void {
    this.cluster.delete(this);
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(1 + this.#others().length);
  }

  override broadcast(packet: Packet, options: BroadcastOptions): Promise<void> {
    this.#tell({ type: MessageType.BROADCAST, data: { packet, opts: plain(options) } }, options);
    Adapter.prototype.broadcast.call(this, packet, options);
    return Promise.resolve();
  }

  override addSockets(options: BroadcastOptions, rooms: string[]): Promise<void> {
    this.#tell({ type: MessageType.SOCKETS_JOIN, data: { opts: plain(options), rooms } }, options);
    Adapter.prototype.addSockets.call(this, options, rooms);
    return Promise.resolve();
  }

  override delSockets(options: BroadcastOptions, rooms: string[]): Promise<void> {
    this.#tell({ type: MessageType.SOCKETS_LEAVE, data: { opts: plain(options), rooms } }, options);
    Adapter.prototype.delSockets.call(this, options, rooms);
    return Promise.resolve();
  }

  override disconnectSockets(options: BroadcastOptions, close: boolean): Promise<void> {
    this.#tell({ type: MessageType.DISCONNECT_SOCKETS, data: { opts: plain(options), close } }, options);
    Adapter.prototype.disconnectSockets.call(this, options, close);
    return Promise.resolve();
  }

  protected override async doPublish(message: ClusterMessage): Promise<string> {
    this.#sendAll(message);
    return '';
  }

  protected override async doPublishResponse(uid: string, response: ClusterResponse): Promise<void> {
    const asker = this.#others().find((other) => other.uid === uid);
    if (asker) this.#send(response, (copy) => asker.onResponse(copy));
  }

  #tell(message: Message, { flags }: BroadcastOptions): void {
    if (!flags?.local) this.#sendAll({ ...message, uid: this.uid, nsp: this.nsp.name } as ClusterMessage);
  }

  #sendAll(message: ClusterMessage): void {
    for (const other of this.#others()) this.#send(message, (copy) => other.onMessage(copy));
  }

  /** @throws what the server's parser throws for what it cannot encode */
  #send<T>(message: T, deliver: (copy: T) => void): void {
    const read = encode(message, (this.nsp as Namespace).server as unknown as ParserOwner);
    this.traffic.later(() => deliver(read()));
  }

  #others(): MemoryClusterAdapter[] {
    return [...this.cluster].filter((each) => each !== this && each.nsp.name === this.nsp.name);
  }
}

function plain({ rooms, except, flags }: BroadcastOptions) {
  return { rooms: [...rooms], except: [...(except ?? [])], flags: flags ?? {} };
}

/** The parser of a server, which its clients speak too: what it makes of a value is what their other node gets. */
interface ParserOwner {
  readonly encoder: { encode(packet: object): unknown[] };
  readonly _parser: { readonly Decoder: new () => Decoder };
}

interface Decoder {
  on(event: 'decoded', listener: (packet: { readonly data: readonly unknown[] }) => void): void;
  add(part: unknown): void;
}

const eventPacket = 2;

/** Encodes a message at once; gives the function that makes the copy. */
function encode<T>(message: T, { encoder, _parser: { Decoder } }: ParserOwner): () => T {
  const parts = encoder.encode({ type: eventPacket, nsp: '/', data: ['message', message] });
  return () => {
    const decoder = new Decoder();
    let copy: unknown;
    decoder.on('decoded', ({ data }) => (copy = data[1]));
    for (const part of parts) decoder.add(part);
    return copy as T;
  };
}
