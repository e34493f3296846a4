/** Questions of one namespace to the other nodes, and the collection of their answers. */
import { Adapter, type BroadcastOptions, type ClusterMessage, MessageType } from 'socket.io-adapter';
import { type Acknowledge, mustListen, type Packet, plain } from './cluster-message.js';
import type { Hub } from './hub.js';

/** Milliseconds. */
const ANSWER_TIMEOUT = 5000;

type Message = DistributiveOmit<ClusterMessage, 'uid' | 'nsp'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** The questions of one namespace. */
export class Questions {
  constructor(
    private readonly nsp: string,
    private readonly hub: Hub,
  ) {}

  /** Asks the clients of other nodes: `count` is called with the number of clients of each node. */
  clients(
    packet: Packet,
    opts: BroadcastOptions,
    count: (clients: number) => void,
    ack: (value: unknown) => void,
  ): void {
    mustListen(this.hub.listens, 'an acknowledgement');
    const nodes = this.#nodes(opts);
    if (nodes.length === 0) return;
    const requestId = this.hub.requests.ask(nodes, {
      timeout: opts.flags?.timeout ?? 0,
      lingers: true,
      answer: (data) => {
        // A value that is undefined is nothing on the wire.
        if (!('clientCount' in data || 'absent' in data)) {
          ack(data['ack']);
          return false;
        }
        count(typeof data['clientCount'] === 'number' ? data['clientCount'] : 0);
        return true;
      },
      gone: () => count(0),
      done: () => {},
      timedOut: () => {},
    });
    this.#send(requestId, { type: MessageType.BROADCAST, data: { packet, opts: plain(opts), requestId } });
  }

  /** Adds the sockets of other nodes to those of this one. */
  async sockets(adapter: Adapter, opts: BroadcastOptions): Promise<unknown[]> {
    mustListen(this.hub.listens, 'an answer');
    const sockets: unknown[] = await Adapter.prototype.fetchSockets.call(adapter, opts);
    const nodes = this.#nodes(opts);
    if (nodes.length === 0) return sockets;
    return new Promise((resolve, reject) => {
      const requestId = this.hub.requests.ask(nodes, {
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
      this.#send(requestId, { type: MessageType.FETCH_SOCKETS, data: { opts: plain(opts), requestId } });
    });
  }

  /** Emits an event to the other servers, and gathers what their listeners answer. */
  servers(packet: unknown[], ack: Acknowledge): void {
    mustListen(this.hub.listens, 'an answer');
    const nodes = this.hub.peers();
    if (nodes.length === 0) return ack(null, []);
    const answers: unknown[] = [];
    let failed: Error | null = null;
    const requestId = this.hub.requests.ask(nodes, {
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
    this.#send(requestId, { type: MessageType.SERVER_SIDE_EMIT, data: { packet, requestId } });
  }

  #nodes(opts: BroadcastOptions): string[] {
    return opts.flags?.local ? [] : this.hub.peers();
  }

  #send(requestId: string, message: Message): void {
    try {
      this.hub.send('all', { ...message, nsp: this.nsp }, 'now');
    } catch (error) {
      this.hub.requests.cancel(requestId);
      throw error;
    }
  }
}

function timedOut(missing: number): Error {
  return new Error(`timeout reached: missing ${missing} responses`);
}
