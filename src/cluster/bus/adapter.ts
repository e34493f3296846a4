/** The adapter of one namespace, on the bus. */
import type { Namespace } from 'socket.io';
import {
  Adapter,
  type BroadcastOptions,
  ClusterAdapter,
  type ClusterMessage,
  type ClusterResponse,
  MessageType,
  type Room,
} from 'socket.io-adapter';
import { AdapterError } from '../errors.js';
import { type Acknowledge, followQuestion, type Packet, plain, socketIds } from './cluster-message.js';
import type { Hub } from './hub.js';
import { Questions } from './questions.js';

/**
 * Work for clients of this node is done in the same tick, before anything returns; work for other nodes is
 * queued first, so that a payload which cannot be sent throws to the caller and reaches no client.
 */
export class BusAdapter extends ClusterAdapter {
  readonly namesAnswers = true;
  readonly #hub: Hub;
  readonly #questions: Questions;

  constructor(nsp: Namespace, hub: Hub) {
    super(nsp);
    if (nsp.server._opts.connectionStateRecovery) {
      throw new AdapterError('option', `the ${hub.status().engine} adapter has no connectionStateRecovery`);
    }
    this.#hub = hub;
    this.#questions = new Questions(nsp.name, hub);
    Object.assign(this, { uid: hub.uid });
    hub.attach(nsp.name, this);
    hub.census.watch(nsp.name, this);
  }

  /** The main namespace is closed only with its server, and takes the link with it. */
  override close(): Promise<void> | void {
    this.#hub.detach(this.#name, this);
    if (this.#name === '/') return this.#hub.close();
  }

  receive(message: ClusterMessage): void {
    this.onMessage(message);
    followQuestion(this, message);
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(1 + this.#hub.peers().length);
  }

  override broadcast(packet: Packet, opts: BroadcastOptions): Promise<void> {
    this.#send(opts, { type: MessageType.BROADCAST, data: { packet, opts: plain(opts) } });
    if (this.sids.size > 0) Adapter.prototype.broadcast.call(this, packet, opts);
    return Promise.resolve();
  }

  override addSockets(opts: BroadcastOptions, rooms: Room[]): Promise<void> {
    this.#send(opts, { type: MessageType.SOCKETS_JOIN, data: { opts: plain(opts), rooms } });
    Adapter.prototype.addSockets.call(this, opts, rooms);
    return Promise.resolve();
  }

  override delSockets(opts: BroadcastOptions, rooms: Room[]): Promise<void> {
    this.#send(opts, { type: MessageType.SOCKETS_LEAVE, data: { opts: plain(opts), rooms } });
    Adapter.prototype.delSockets.call(this, opts, rooms);
    return Promise.resolve();
  }

  override disconnectSockets(opts: BroadcastOptions, close: boolean): Promise<void> {
    this.#send(opts, { type: MessageType.DISCONNECT_SOCKETS, data: { opts: plain(opts), close } });
    Adapter.prototype.disconnectSockets.call(this, opts, close);
    return Promise.resolve();
  }

  override broadcastWithAck(
    packet: Packet,
    opts: BroadcastOptions,
    clientCountCallback: (clientCount: number) => void,
    ack: (...args: unknown[]) => void,
  ): void {
    this.#questions.clients(packet, opts, clientCountCallback, ack);
    Adapter.prototype.broadcastWithAck.call(this, packet, opts, clientCountCallback, ack);
  }

  override fetchSockets(opts: BroadcastOptions): Promise<unknown[]> {
    return this.#questions.sockets(this, opts);
  }

  override sockets(rooms: Set<Room>): Promise<Set<string>> {
    return socketIds(this, rooms);
  }

  override serverSideEmit(packet: unknown[]): Promise<void> {
    const ack = packet.at(-1);
    if (typeof ack === 'function') this.#questions.servers(packet.slice(0, -1), ack as Acknowledge);
    else this.#send({}, { type: MessageType.SERVER_SIDE_EMIT, data: { packet } });
    return Promise.resolve();
  }

  /** Publishes the messages of Socket.IO's own base class. */
  protected override doPublish(message: ClusterMessage): Promise<string> {
    this.#hub.send('all', message);
    return Promise.resolve('');
  }

  protected override doPublishResponse(uid: string, response: ClusterResponse): Promise<void> {
    const { requestId, ...data } = response.data;
    const isAck = response.type === MessageType.BROADCAST_ACK;
    this.#hub.answer(uid, {
      nsp: this.#name,
      answer: requestId,
      data: isAck ? { ack: response.data.packet } : data,
    });
    return Promise.resolve();
  }

  get #name(): string {
    return (this.nsp as Namespace).name;
  }

  #send({ flags }: Pick<BroadcastOptions, 'flags'>, message: object): void {
    if (flags?.local) return;
    this.#hub.send('all', { ...message, nsp: this.#name } as ClusterMessage, flags?.volatile ? 'volatile' : 'keep');
  }
}
