import type { Namespace } from 'socket.io';
import { Adapter, type BroadcastOptions, type ClusterMessage, MessageType, type Room } from 'socket.io-adapter';
import { plain } from '../adapter.js';
import { AdapterError, asError } from '../errors.js';
import type { StreamsClient } from './client.js';
import type { OfficialAdapter } from './official.js';
import type { Fields } from './session.js';
import { type Broadcast, type KeptSession, Sessions } from './sessions.js';

type Packet = Parameters<Adapter['broadcast']>[0];
type Acknowledge = (error: Error | null, answers: unknown[]) => void;

export interface GuardOptions {
  /** False for an emitter. */
  readonly listens: boolean;
  /** What the names of the namespace's channels begin with. */
  readonly channels: string;
  /** Told of what goes wrong where nobody else can be told. */
  failed(error: unknown): void;
  /** The main namespace is closed, and the server with it. */
  closed(): Promise<void>;
}

const inMemory = Adapter.prototype;

/**
 * Puts itself before an adapter of the official package. What concerns clients of this node is done in the same tick,
 * when it has been queued for the others: the official adapter waits for Redis first, so that local clients stand still
 * when it does, and what is sent to a room is overtaken by what is sent to a socket after it. And what the adapter
 * throws where nobody can catch it, over one payload that cannot be serialised or an entry that is none, ends no process.
 */
export function guard(nsp: Namespace, adapter: OfficialAdapter, client: StreamsClient, options: GuardOptions): Adapter {
  const { decode } = adapter.constructor as unknown as { decode(fields: Fields): ClusterMessage };
  const recovers = Boolean(nsp.server._opts.connectionStateRecovery);
  const sessions = recovers ? new Sessions(nsp, adapter.uid, client, decode) : undefined;
  return Object.assign(
    adapter,
    sending(adapter, client, sessions),
    asking(adapter, options),
    receiving(adapter, client, sessions, options),
    ending(nsp, adapter, client, options),
    sessions && recovering(adapter, sessions, options),
  );
}

function sending(adapter: OfficialAdapter, client: StreamsClient, sessions: Sessions | undefined): Partial<Adapter> {
  const publish = (type: MessageType, data: object, { flags }: BroadcastOptions): void => {
    if (flags?.volatile && !client.isUp) client.drop();
    else if (!flags?.local) adapter.publish({ type, data });
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

function asking(adapter: OfficialAdapter, { listens }: GuardOptions): Partial<Adapter> {
  const { broadcastWithAck, fetchSockets, serverSideEmit } = adapter;
  const mustListen = (what: string): void => {
    if (!listens) throw new AdapterError('option', `an emitter only sends: it cannot wait for ${what}`);
  };
  return {
    broadcastWithAck(...args): void {
      mustListen('an acknowledgement');
      broadcastWithAck.apply(adapter, args);
    },
    async fetchSockets(opts): Promise<unknown[]> {
      mustListen('an answer');
      return fetchSockets.call(adapter, { ...opts, flags: opts.flags ?? {} });
    },
    sockets(rooms): Promise<Set<string>> {
      return adapter
        .fetchSockets({ rooms, except: new Set() })
        .then((sockets) => new Set(sockets.map((socket) => (socket as { id: string }).id)));
    },
    serverSideEmit(packet: unknown[]): Promise<void> {
      const ack = packet.at(-1) as Acknowledge | undefined;
      if (typeof ack !== 'function') {
        adapter.publish({ type: MessageType.SERVER_SIDE_EMIT, data: { packet } });
        return Promise.resolve();
      }
      mustListen('an answer');
      const answer = once(ack);
      return Promise.resolve(serverSideEmit.call(adapter, packet.with(-1, answer))).catch((error: unknown) =>
        answer(asError(error), []),
      );
    },
  };
}

function receiving(
  adapter: OfficialAdapter,
  client: StreamsClient,
  sessions: Sessions | undefined,
  { failed }: GuardOptions,
): Partial<OfficialAdapter> {
  const { onMessage, onRawMessage, onResponse, doPublishResponse } = adapter;
  let entry: { readonly id: string; readonly fields: Fields } | undefined;
  return {
    onRawMessage(fields, id = ''): void {
      entry = { id, fields };
      client.passed(id, fields);
      const offset = client.positionOf(adapter.uid);
      client.watch(() => onRawMessage.call(adapter, fields, offset));
      entry = undefined;
    },
    onMessage(message, offset): void {
      if (message?.uid === adapter.uid) return client.accept();
      try {
        onMessage.call(adapter, message, offset);
      } catch (error) {
        // The official adapter says nothing of it. Only a listener of the application's can be meant to know.
        if (message?.type === MessageType.SERVER_SIDE_EMIT) failed(error);
        else return;
      }
      client.accept(message);
      const isBroadcast = message.type === MessageType.BROADCAST && message.data.requestId === undefined;
      if (entry && isBroadcast) sessions?.received(message.data as Broadcast, entry.id, entry.fields);
    },
    onResponse(response): void {
      const { requestId, error } = response.data;
      if (typeof error === 'string') refuse(adapter, requestId, new Error(error));
      else onResponse.call(adapter, response);
    },
    async doPublishResponse(uid, response): Promise<void> {
      try {
        await doPublishResponse.call(adapter, uid, response);
      } catch (error) {
        const { requestId } = response.data;
        const data = { requestId, error: `${String(error)} (on node ${adapter.uid})` };
        await doPublishResponse.call(adapter, uid, { ...response, data });
      }
    },
  };
}

/** Ends a question that a node has said it cannot answer. */
function refuse({ requests }: OfficialAdapter, id: string, error: Error): void {
  const question = requests.get(id);
  if (!question) return;
  requests.delete(id);
  clearTimeout(question.timeout);
  if (question.type === MessageType.FETCH_SOCKETS) question.resolve(Promise.reject(error));
  else question.resolve(error, question.responses);
}

function ending(
  nsp: Namespace,
  adapter: OfficialAdapter,
  client: StreamsClient,
  { channels, closed }: GuardOptions,
): Partial<Adapter> {
  const { close } = adapter;
  return {
    async close(): Promise<void> {
      client.leave(adapter.uid, channels);
      close.call(adapter);
      // Other namespaces keep their sessions in the same tick, after the main one is closed.
      await Promise.resolve();
      if (nsp.name === '/') await closed();
    },
  };
}

function recovering(adapter: OfficialAdapter, sessions: Sessions, { failed }: GuardOptions): Partial<Adapter> {
  const { addAll, delAll } = adapter;
  return {
    addAll(sid, rooms): Promise<void> | void {
      sessions.begin(sid);
      return addAll.call(adapter, sid, rooms);
    },
    delAll(sid): void {
      sessions.end(sid);
      delAll.call(adapter, sid);
    },
    persistSession(session): void {
      sessions.keep(session as unknown as KeptSession).catch(failed);
    },
    restoreSession: (pid, offset) => sessions.restore(pid, offset) as never,
  };
}

function once(ack: Acknowledge): Acknowledge {
  let called = false;
  return (error, answers) => {
    if (!called) ack(error, answers);
    called = true;
  };
}
