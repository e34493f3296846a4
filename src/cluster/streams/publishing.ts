/** Messages of the official adapter to other nodes. */
import { Adapter, type BroadcastOptions, type ClusterMessage, MessageType, type Room } from 'socket.io-adapter';
import { type Acknowledge, mustListen, plain, socketIds } from '../bus/cluster-message.js';
import { type CarriedMessage, isObserved, publishObserved } from '../bus/link/observed-bus.js';
import { asError } from '../errors.js';
import type { StreamsClient } from './client.js';
import type { GuardOptions } from './guard-options.js';
import { methodsOf, type OfficialAdapter } from './official.js';
import type { Packet } from './recovery/sent.js';
import type { Sessions } from './recovery/sessions.js';

const inMemory = Adapter.prototype;

/**
 * Sends in the same tick to clients of this node, when the message has been queued for the others: the official adapter
 * waits for Redis first, so that local clients stand still when it does, and what is sent to a room is overtaken by what
 * is sent to a socket after it.
 */
export function sending(
  adapter: OfficialAdapter,
  client: StreamsClient,
  sessions: Sessions | undefined,
): Partial<Adapter> {
  const publish = (type: MessageType, data: object, { flags }: BroadcastOptions): void => {
    if (flags?.local) return;
    if (!flags?.volatile || client.isUp) return adapter.publish({ type, data });
    const drop = (): 'dropped' => {
      client.drop();
      return 'dropped';
    };
    const message = { nsp: adapter.nsp.name as string, data };
    if (isObserved(message)) publishObserved(client.place, 'all', message, drop);
    else drop();
  };
  return {
    broadcast(packet: Packet, opts: BroadcastOptions): void {
      publish(MessageType.BROADCAST, { packet, opts: plain(opts) }, opts);
      if (!opts.flags?.local) sessions?.sending(packet, opts);
      inMemory.broadcast.call(adapter, packet, opts);
    },
    addSockets(opts: BroadcastOptions, rooms: Room[]): void {
      publish(MessageType.SOCKETS_JOIN, { opts: plain(opts), rooms }, opts);
      inMemory.addSockets.call(adapter, opts, rooms);
    },
    delSockets(opts: BroadcastOptions, rooms: Room[]): void {
      publish(MessageType.SOCKETS_LEAVE, { opts: plain(opts), rooms }, opts);
      inMemory.delSockets.call(adapter, opts, rooms);
    },
    disconnectSockets(opts: BroadcastOptions, close: boolean): void {
      publish(MessageType.DISCONNECT_SOCKETS, { opts: plain(opts), close }, opts);
      inMemory.disconnectSockets.call(adapter, opts, close);
    },
  };
}

/** Questions to the other nodes. */
export function asking(
  adapter: OfficialAdapter,
  client: StreamsClient,
  { listens, failed }: Pick<GuardOptions, 'listens' | 'failed'>,
): Partial<OfficialAdapter> {
  const official = methodsOf(adapter, 'broadcastWithAck', 'fetchSockets', 'serverSideEmit', 'doPublish');
  return {
    doPublish(message): Promise<string> {
      // Questions take another way than the stream, and are not to overtake what was sent there before.
      const publish = (each: ClusterMessage): Promise<string> =>
        official.doPublish(Object.assign(each, { sender: client.senderOf(adapter.uid) }));
      if (!isObserved(message)) return publish(message);
      let published = Promise.resolve('');
      publishObserved(client.place, 'all', message as ClusterMessage & Required<CarriedMessage>, (each) => {
        const { buffered } = client;
        published = publish(each);
        return client.isUp ? 'published' : client.buffered > buffered ? 'kept' : 'dropped';
      });
      return published;
    },
    broadcastWithAck(...args): void {
      mustListen(listens, 'an acknowledgement');
      official.broadcastWithAck(...args);
    },
    async fetchSockets(opts): Promise<unknown[]> {
      mustListen(listens, 'an answer');
      return official.fetchSockets({ ...opts, flags: opts.flags ?? {} });
    },
    sockets: (rooms) => socketIds(adapter, rooms),
    serverSideEmit(packet: unknown[]): void {
      const ack = packet.at(-1) as Acknowledge | undefined;
      if (typeof ack !== 'function') return adapter.publish({ type: MessageType.SERVER_SIDE_EMIT, data: { packet } });
      mustListen(listens, 'an answer');
      const answer = once(ack, failed);
      const asked = Promise.resolve(official.serverSideEmit(packet.with(-1, answer)));
      asked.catch((error: unknown) => answer(asError(error), []));
    },
  };
}

/** Called once, and what it throws is a process warning: the official adapter lets it end the process, or forgets it. */
function once(ack: Acknowledge, failed: (error: unknown) => void): Acknowledge {
  let called = false;
  return (error, answers) => {
    if (called) return;
    called = true;
    try {
      ack(error, answers);
    } catch (thrown) {
      failed(thrown);
    }
  };
}
