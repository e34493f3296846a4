/** A socket for controllers that are tested alone: Socket.IO's own class, with a client that is not there. */
import { EventEmitter } from 'node:events';
import { Server, Socket, type Namespace } from 'socket.io';

/** An emission of a fake socket. */
export interface Emission {
  readonly event: string;
  readonly args: readonly unknown[];
  /**
   * `sender` for `socket.emit`; `others` if the socket itself is left out, as with `socket.broadcast` and
   * `socket.to(room)`; `all` for emissions of its namespace.
   */
  readonly to: 'sender' | 'others' | 'all';
  /** The named rooms; none means the whole namespace. */
  readonly rooms: readonly string[];
  /** The rooms that were excepted. */
  readonly except: readonly string[];
}

/** The record of a fake socket. */
export interface FakeRecord {
  readonly emitted: readonly Emission[];
  /** The rooms that it joined, in their order, without its own. */
  readonly joined: readonly string[];
  /** The rooms that it left, in their order; with its disconnection, all. */
  readonly left: readonly string[];
  /** Whether the connection was closed, `disconnect(true)`; `disconnected` is true for both ways. */
  readonly connectionClosed: boolean;
}

/** A fake socket; it goes wherever a socket goes. */
export type FakeSocket<S = Socket> = S & FakeRecord;

/** The client behind a fake socket, and its answers. */
export interface FakeSocketOptions {
  readonly id?: string;
  /** `/` unless given. */
  readonly namespace?: string;
  /** `socket.data`. */
  readonly data?: object;
  /** The rooms that it is in, beside its own. */
  readonly rooms?: readonly string[];
  /** The fields of the handshake: `auth`, `query`, `headers`, `address` … */
  readonly handshake?: Partial<Socket['handshake']>;
  /** The client's answers to requests with an acknowledgement, by event. */
  readonly answers?: Readonly<Record<string, (...args: never[]) => unknown>>;
}

/** The packet types of the Socket.IO protocol that a socket sends and receives. */
const packetType = { disconnect: 1, event: 2, ack: 3 } as const;

interface Packet {
  readonly type: number;
  readonly data?: unknown;
  readonly id?: number;
}

interface Broadcast {
  readonly rooms: ReadonlySet<string>;
  readonly except?: ReadonlySet<string>;
}

/** The part of a namespace's adapter that is used here. */
interface RecordedAdapter extends EventEmitter {
  broadcast(packet: Packet, options: Broadcast): unknown;
  broadcastWithAck(packet: Packet, options: Broadcast, ...callbacks: unknown[]): unknown;
}

/**
 * Makes a connected socket, alone in a namespace of its own, which records all that is done with it.
 * @returns the socket, with its records
 */
export function fakeSocket<S = Socket>(options: FakeSocketOptions = {}): FakeSocket<S> {
  const namespace = new Server({ serveClient: false }).of(options.namespace ?? '/');
  const client = new FakeClient(options);
  const socket = new Socket(namespace, client as never, options.handshake?.auth ?? {});
  Object.assign(socket, options.id === undefined ? {} : { id: options.id }, { data: options.data ?? {} });
  Object.assign(socket.handshake, options.handshake);
  namespace.sockets.set(socket.id, socket);
  socket._onconnect();
  void socket.join([...(options.rooms ?? [])]);
  client.socket = socket;
  return record(socket, client, namespace) as unknown as FakeSocket<S>;
}

function record(socket: Socket, client: FakeClient, namespace: Namespace): Socket & FakeRecord {
  const { emitted } = client;
  const joined: string[] = [];
  const left: string[] = [];
  const adapter = namespace.adapter as unknown as RecordedAdapter;
  adapter.on('join-room', (room: string, id: string) => id === socket.id && room !== id && joined.push(room));
  adapter.on('leave-room', (room: string, id: string) => id === socket.id && room !== id && left.push(room));
  for (const method of ['broadcast', 'broadcastWithAck'] as const) {
    const send = adapter[method].bind(adapter) as (...args: unknown[]) => unknown;
    adapter[method] = (packet: Packet, to: Broadcast, ...callbacks: unknown[]) => {
      emitted.push(broadcastEmission(socket.id, packet, to));
      return send(packet, to, ...callbacks);
    };
  }
  Object.defineProperty(socket, 'connectionClosed', { get: () => client.closed });
  return Object.assign(socket as Socket & Pick<FakeRecord, 'connectionClosed'>, { emitted, joined, left });
}

function broadcastEmission(id: string, packet: Packet, { rooms, except = new Set() }: Broadcast): Emission {
  const excepted = [...except].filter((room) => room !== id);
  return { ...eventOf(packet), to: except.has(id) ? 'others' : 'all', rooms: [...rooms], except: excepted };
}

function eventOf({ data }: Packet): Pick<Emission, 'event' | 'args'> {
  const [event, ...args] = data as [string, ...unknown[]];
  return { event, args };
}

/** The part of the transport's client that a socket needs: it takes the packets that would be sent. */
class FakeClient {
  readonly emitted: Emission[] = [];
  readonly conn = Object.assign(new EventEmitter(), { protocol: 4, readyState: 'open', remoteAddress: '127.0.0.1' });
  readonly request: object;
  closed = false;
  socket: Socket | undefined;
  readonly #answers: NonNullable<FakeSocketOptions['answers']>;

  constructor({ handshake = {}, answers = {} }: FakeSocketOptions) {
    const { headers = {}, url = '/socket.io/', query = {}, secure = false } = handshake;
    this.request = { headers, url, _query: query, connection: { encrypted: secure } };
    this.#answers = answers;
  }

  _packet(packet: Packet): void {
    if (packet.type !== packetType.event) return;
    const { event, args } = eventOf(packet);
    this.emitted.push({ event, args, to: 'sender', rooms: [], except: [] });
    const answer = this.#answers[event];
    if (answer && packet.id !== undefined) void this.#answer(packet.id, answer(...(args as never[])));
  }

  /** Takes what a broadcast would send to this client; the broadcast itself is recorded. */
  writeToEngine(): void {}

  _remove(): void {}

  _disconnect(): void {
    this.closed = true;
    this.socket?.disconnect();
  }

  async #answer(id: number, answer: unknown): Promise<void> {
    const value = await answer;
    this.socket?._onpacket({ type: packetType.ack, nsp: this.socket.nsp.name, id, data: [value] });
  }
}
