/**
 * The parts of Socket.IO 4.8 that are used beyond its typed surface, all named here. They carry the gate before
 * `connect`, the shared table of handlers, and the limits; `test/connections/internals.test.ts` holds them against the
 * installed version.
 */
import type { DisconnectReason, Namespace, Server, ServerOptions, Socket } from 'socket.io';

/** The numbers of the Socket.IO protocol for what the gate sends. */
export const packetType = { connect: 0, event: 2, ack: 3, connectError: 4 } as const;

export interface SentPacket {
  readonly id?: number;
  readonly type: number;
  readonly nsp?: string;
  readonly data?: unknown;
}

/** A packet of a client. */
export interface ReceivedPacket {
  readonly id?: number | null;
  readonly data: unknown[];
}

export interface ClientInternals {
  /** The sockets of a transport, by their ids. */
  sockets: ReadonlyMap<string, Socket>;
  /** The same, by their namespaces. */
  nsps: ReadonlyMap<string, Socket>;
  /** Closes the transport unless a namespace was joined. */
  connectTimeout: NodeJS.Timeout | undefined;
  close(): void;
  /** The parser's. */
  readonly decoder: {
    /** Set while attachments of a packet are still to come. */
    readonly reconstructor?: unknown;
    /** Its listeners. */
    readonly _callbacks?: { readonly $decoded?: readonly unknown[] };
  };
  /** The parser's; throws what cannot be encoded. */
  readonly encoder: { encode(packet: SentPacket): unknown };
  _packet(packet: SentPacket, options?: object): void;
  writeToEngine(packets: unknown, options: object): void;
}

export interface SocketInternals {
  /** The middleware of the user's own `socket.use`. */
  readonly fns: readonly ((packet: unknown[], next: (error?: unknown) => void) => unknown)[];
  client: ClientInternals;
  /** The listeners of `socket.on`, as Node.js keeps them. */
  readonly _events: { readonly error?: unknown };
  readonly _eventsCount: number;
  /** The listeners of `socket.onAny`, which have run when `dispatch` is called. */
  readonly _anyListeners?: readonly ((...values: unknown[]) => unknown)[];
  /** Socket.IO's last step for a message: from here, its listeners are called. */
  dispatch(packet: unknown[]): void;
  /** Ends a connection: emits `disconnecting`, leaves, emits `disconnect`. */
  _onclose(reason: DisconnectReason, description?: unknown): void;
  /** Handles a packet of the client. */
  _onpacket(packet: ReceivedPacket & { readonly type: number; readonly nsp: string }): void;
  /** Encodes and sends a packet, in the socket's namespace. */
  packet(packet: SentPacket, options?: object): void;
  /** Handles one event packet: `onAny`, then `dispatch`. */
  onevent(packet: ReceivedPacket): void;
  /** Hands a client's answer to the function that waits for it. */
  onack(packet: ReceivedPacket): void;
  /** Makes the function that answers a packet. */
  ack(id: number): (...values: unknown[]) => void;
  /** Calls the listeners of Socket.IO's own events. */
  emitReserved(event: string, ...values: unknown[]): boolean;
  /** Leaves all rooms and the namespace. */
  _cleanup(): void;
  _onerror(error: Error): void;
  /** The flags of the next emit: `timeout`, `volatile`, `compress`. */
  flags: { readonly timeout?: number };
  /** The acknowledgements that are waited for, by the ids of their packets. */
  acks: Map<number, (...values: unknown[]) => void>;
}

export interface NamespaceInternals {
  readonly sockets: Map<string, Socket>;
  /** The sockets whose middleware still runs. */
  readonly _preConnectSockets: Map<string, Socket>;
  /** The middleware, of which the gate is the first one. */
  readonly _fns: readonly unknown[];
  /** The id of the next packet that asks for an acknowledgement. */
  readonly _ids: number;
  /** Makes the namespace's adapter, again whenever `io.adapter(…)` is called. */
  _initAdapter(): void;
  /** The namespaces of a family, on its parent. */
  readonly children?: ReadonlySet<Namespace>;
}

/** The methods of an adapter that broadcasts of this process go through. */
export interface AdapterInternals {
  broadcast(packet: BroadcastPacket, options: unknown): unknown;
  broadcastWithAck(packet: BroadcastPacket, ...rest: unknown[]): unknown;
}

export interface BroadcastPacket {
  /** The event's name, and its arguments. */
  readonly data: readonly unknown[];
}

/** The operator that `to`, `except` and `timeout` return; socket.io exports its class without its parameters. */
export type Operator = ReturnType<Server['to']>;

export interface OperatorInternals {
  readonly adapter: { readonly nsp: Namespace };
  /** Absent on a namespace. */
  readonly flags?: { readonly timeout?: number };
  /** Absent on a namespace. */
  readonly rooms?: ReadonlySet<string>;
}

/** A packet of Engine.IO itself. */
export interface EnginePacket {
  readonly type: 'noop' | 'message' | 'close';
  readonly data?: string;
}

export interface EngineInternals {
  readonly transport: { readonly name: string; send(packets: EnginePacket[]): void };
  sendPacket(type: EnginePacket['type'], data?: string): void;
}

/** The operator behind a socket of another node: a broadcast to the room of its id. */
export function remoteInternalsOf(socket: object): { readonly operator?: Operator } {
  return socket as { readonly operator?: Operator };
}

export function internalsOf(socket: Socket): SocketInternals {
  return socket as unknown as SocketInternals;
}

export function engineInternalsOf(socket: Socket): EngineInternals {
  return socket.conn as unknown as EngineInternals;
}

export function namespaceInternalsOf(namespace: Namespace): NamespaceInternals {
  return namespace as unknown as NamespaceInternals;
}

export function operatorInternalsOf(operator: Operator | Namespace): OperatorInternals {
  return operator as unknown as OperatorInternals;
}

export function adapterInternalsOf(adapter: Namespace['adapter']): AdapterInternals {
  return adapter as unknown as AdapterInternals;
}

/** Calls `prepare` for the namespace's adapter, and again for each adapter that replaces it. */
export function onAdapter(namespace: Namespace, prepare: () => void): void {
  const internals = namespaceInternalsOf(namespace);
  const makeAdapter = internals._initAdapter.bind(namespace);
  internals._initAdapter = () => {
    makeAdapter();
    prepare();
  };
  prepare();
}

/** The options that a server was made with. */
export function optionsOf(server: Server): Partial<ServerOptions> {
  return (server as unknown as { readonly opts: Partial<ServerOptions> }).opts;
}
