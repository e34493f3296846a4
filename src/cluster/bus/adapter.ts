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
import { type Acknowledge, forgetUnanswered, mustListen, plain, socketIds } from './cluster-message.js';
import type { Hub } from './hub.js';

const ANSWER_TIMEOUT = 5000;

type Packet = Parameters<Adapter['broadcast']>[0];

/**
 * The adapter of one namespace. What concerns clients of this node is done in the same tick, before anything returns;
 * what concerns other nodes is queued first, so that a payload which cannot be sent throws to the caller and reaches
 * nobody.
 */
export class BusAdapter extends ClusterAdapter {
  readonly #hub: Hub;

  constructor(nsp: Namespace, hub: Hub) {
    super(nsp);
    if (nsp.server._opts.connectionStateRecovery) {
      throw new AdapterError('option', `the ${hub.status().engine} adapter has no connectionStateRecovery`);
    }
    this.#hub = hub;
    Object.assign(this, { uid: hub.uid });
    hub.attach(nsp.name, this);
  }

  /** The main namespace is closed only with its server, and takes the link with it. */
  override close(): Promise<void> | void {
    this.#hub.detach(this.#name, this);
    if (this.#name === '/') return this.#hub.close();
  }

  receive(message: ClusterMessage): void {
    this.onMessage(message);
    forgetUnanswered(this, message);
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(1 + this.#hub.peers().length);
  }

  override broadcast(packet: Packet, opts: BroadcastOptions): Promise<void> {
    if (!opts.flags?.local) {
      this.#send({ type: MessageType.BROADCAST, data: { packet, opts: plain(opts) } }, !opts.flags?.volatile);
    }
    if (this.sids.size > 0) Adapter.prototype.broadcast.call(this, packet, opts);
    return Promise.resolve();
  }

  override broadcastWithAck(
    packet: Packet,
    opts: BroadcastOptions,
    clientCountCallback: (clientCount: number) => void,
    ack: (...args: unknown[]) => void,
  ): void {
    this.#mustListen('an acknowledgement');
    const nodes = opts.flags?.local ? [] : this.#hub.peers();
    if (nodes.length > 0) {
      const requestId = this.#hub.requests.ask(nodes, {
        timeout: opts.flags?.timeout ?? 0,
        lingers: true,
        answer: (data) => {
          // A value that is undefined is nothing on the wire.
          if (!('clientCount' in data || 'absent' in data)) {
            ack(data['ack']);
            return false;
          }
          clientCountCallback(typeof data['clientCount'] === 'number' ? data['clientCount'] : 0);
          return true;
        },
        gone: () => clientCountCallback(0),
        done: () => {},
        timedOut: () => {},
      });
      this.#sendQuestion(requestId, {
        type: MessageType.BROADCAST,
        data: { packet, opts: plain(opts), requestId },
      });
    }
    Adapter.prototype.broadcastWithAck.call(this, packet, opts, clientCountCallback, ack);
  }

  override addSockets(opts: BroadcastOptions, rooms: Room[]): Promise<void> {
    if (!opts.flags?.local) this.#send({ type: MessageType.SOCKETS_JOIN, data: { opts: plain(opts), rooms } });
    Adapter.prototype.addSockets.call(this, opts, rooms);
    return Promise.resolve();
  }

  override delSockets(opts: BroadcastOptions, rooms: Room[]): Promise<void> {
    if (!opts.flags?.local) this.#send({ type: MessageType.SOCKETS_LEAVE, data: { opts: plain(opts), rooms } });
    Adapter.prototype.delSockets.call(this, opts, rooms);
    return Promise.resolve();
  }

  override disconnectSockets(opts: BroadcastOptions, close: boolean): Promise<void> {
    if (!opts.flags?.local) this.#send({ type: MessageType.DISCONNECT_SOCKETS, data: { opts: plain(opts), close } });
    Adapter.prototype.disconnectSockets.call(this, opts, close);
    return Promise.resolve();
  }

  override async fetchSockets(opts: BroadcastOptions): Promise<unknown[]> {
    this.#mustListen('an answer');
    const sockets: unknown[] = await Adapter.prototype.fetchSockets.call(this, opts);
    const nodes = opts.flags?.local ? [] : this.#hub.peers();
    if (nodes.length === 0) return sockets;
    return new Promise((resolve, reject) => {
      const requestId = this.#hub.requests.ask(nodes, {
        timeout: opts.flags?.timeout ?? ANSWER_TIMEOUT,
        answer: (data) => {
          if ('error' in data) reject(new Error(String(data['error'])));
          if (Array.isArray(data['sockets'])) sockets.push(...(data['sockets'] as unknown[]));
          return true;
        },
        gone: () => {},
        done: () => resolve(sockets),
        timedOut: (missing) => reject(timedOut(missing)),
      });
      this.#sendQuestion(requestId, { type: MessageType.FETCH_SOCKETS, data: { opts: plain(opts), requestId } });
    });
  }

  override sockets(rooms: Set<Room>): Promise<Set<string>> {
    return socketIds(this, rooms);
  }

  override serverSideEmit(packet: unknown[]): Promise<void> {
    const ack = packet.at(-1);
    if (typeof ack === 'function') this.#askServers(packet.slice(0, -1), ack as Acknowledge);
    else this.#send({ type: MessageType.SERVER_SIDE_EMIT, data: { packet } });
    return Promise.resolve();
  }

  #askServers(packet: unknown[], ack: Acknowledge): void {
    this.#mustListen('an answer');
    const nodes = this.#hub.peers();
    if (nodes.length === 0) return ack(null, []);
    const answers: unknown[] = [];
    let failed: Error | null = null;
    const requestId = this.#hub.requests.ask(nodes, {
      timeout: ANSWER_TIMEOUT,
      answer: (data) => {
        if ('error' in data) failed = new Error(String(data['error']));
        else if (!('absent' in data)) answers.push(data['packet']);
        return true;
      },
      gone: () => {},
      done: () => ack(failed, answers),
      timedOut: (missing) => ack(timedOut(missing), answers),
    });
    this.#sendQuestion(requestId, { type: MessageType.SERVER_SIDE_EMIT, data: { packet, requestId } });
  }

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

  #mustListen(what: string): void {
    mustListen(this.#hub.listens, what);
  }

  #send(message: DistributiveOmit<ClusterMessage, 'uid' | 'nsp'>, keep = true): void {
    this.#hub.send('all', { ...message, nsp: this.#name }, keep);
  }

  #sendQuestion(requestId: string, message: DistributiveOmit<ClusterMessage, 'uid' | 'nsp'>): void {
    try {
      this.#send(message, false);
    } catch (error) {
      this.#hub.requests.cancel(requestId);
      throw error;
    }
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function timedOut(missing: number): Error {
  return new Error(`timeout reached: missing ${missing} responses`);
}
