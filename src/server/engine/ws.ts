/** The parts of `ws` and of Engine.IO that the engine `corked` uses beyond their typed surface, all named here. */

import type { IncomingHttpHeaders } from 'node:http';
import { laneKey, sendingKey, type OpenLane, type Sending } from '../../connections/lane/unwatched.js';

/** The key of a receiver's Engine.IO socket. */
export const engineSocketKey: unique symbol = Symbol('colloquy:engine-socket');

/** The key of a WebSocket's transport. */
export const transportKey: unique symbol = Symbol('colloquy:transport');

/** The arguments of `sendFrame`: header and payload, or both in one buffer. */
export type Frame = [header: Buffer, payload: Buffer | string] | [frame: Buffer];
export type Callback = (error?: Error) => void;

/** The parts of a TCP or TLS socket that a frame needs. */
export interface RawSocket {
  cork(): void;
  uncork(): void;
  write(chunk: Buffer | string, callback?: Callback): void;
  write(chunk: string, encoding: 'latin1', callback?: Callback): void;
}

/** The `Sender` of `ws`; Engine.IO calls its `sendFrame` too, for packets that were encoded once for a whole room. */
export interface Sender {
  readonly _socket: RawSocket;
  _extensions: object;
  sendFrame(frame: Frame, callback?: Callback): void;
}

/** The `Receiver` of `ws`, a stream that the TCP socket's chunks are written to. */
export interface Receiver {
  /** 0 between two frames. */
  readonly _state: number;
  /** Bytes of a frame that has not arrived as a whole. */
  readonly _bufferedBytes: number;
  /** The opcode of a message of which only some frames have arrived, else 0. */
  readonly _fragmented: number;
  /** Most bytes of a message; 0 for any number. */
  readonly _maxPayload: number;
  _extensions: object;
  /** `false` if it wants no more for now. */
  write(chunk: Buffer): boolean;
  /** Leads to whom its messages are for. */
  [engineSocketKey]?: EngineSocket;
}

/** A listener, as an emitter keeps it: one for a single time leads to the one that it calls. */
export type Listener = ((this: never, ...values: never[]) => void) & { readonly listener?: Listener };

/** Node.js's emitter, of events that have no types. */
export interface Emitter {
  on(event: string, listener: Listener): void;
  removeListener(event: string, listener: Listener): void;
  removeAllListeners(event: string): void;
  listeners(event: string): Listener[];
  /** With those for a single time as they are kept. */
  rawListeners(event: string): Listener[];
  listenerCount(event: string): number;
  eventNames(): readonly unknown[];
}

export interface WebSocket extends Emitter {
  readonly readyState: number;
  readonly extensions: string;
  readonly _sender?: Sender;
  readonly _receiver?: Receiver;
  /** By their names, with their parameters. */
  _extensions: object;
  /** Leads to the transport that it carries. */
  [transportKey]?: Transport;
  send(data: unknown, callback: Callback): void;
}

/** Engine.IO's types of the packets that are sent without one: what opens a session, and a message. */
export type PacketType = '0' | '4';

/** How a packet is sent; one object for all receivers of a broadcast. */
export interface PacketOptions {
  /** The frame of a packet that was encoded once for many clients. */
  readonly wsPreEncodedFrame?: Frame;
  compress?: boolean;
}

export interface Packet {
  readonly type: string;
  readonly data?: unknown;
  readonly options?: PacketOptions;
}

/** Engine.IO's transport. */
export interface Transport extends Emitter {
  readonly name: string;
  readonly socket?: WebSocket;
  writable: boolean;
  /** The options of compression, if the server offers it. */
  readonly perMessageDeflate?: unknown;
  /** Called when the last frame of a batch was given to the kernel, or could not be. */
  readonly _onSentLast?: Callback;
  /** Leads to the session that it belongs to. */
  [engineSocketKey]?: EngineSocket;
  send(packets: readonly Packet[]): void;
  /** The id of its session. */
  sid?: string;
  /**
   * Sends one text at once, as a message or as the packet that opens a session; `false`, and nothing has happened, where it cannot.
   * @param before bytes of plain ASCII that go out before it
   */
  sendText?(text: string, type?: PacketType, before?: string): boolean;
  /** Takes one packet of the client. */
  onData(data: unknown): void;
  onError(message: unknown, description?: unknown): void;
  onClose(): void;
  emit(event: 'drain' | 'ready'): void;
}

/** The request of a WebSocket that Engine.IO makes a transport for. */
export interface TransportRequest {
  readonly _query: Readonly<Record<string, string>>;
  readonly websocket: WebSocket;
}

/** A request to upgrade, as Engine.IO hands it on. */
export interface UpgradeRequest {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly _query: Readonly<Record<string, string>>;
  [key: symbol]: unknown;
}

/** The TCP socket of such a request. */
export interface UpgradeSocket extends RawSocket {
  readonly readable: boolean;
  readonly writable: boolean;
  /** Bytes that were read from it, and that nobody has had yet. */
  readonly readableLength: number;
  readonly destroyed: boolean;
}

/** A WebSocket of a server's, before it has its TCP socket. */
interface UnboundWebSocket extends WebSocket {
  setSocket(socket: UpgradeSocket, head: Buffer, options: object): void;
}

/** The server of `ws`, which Engine.IO makes for itself. */
export interface WebSocketServer {
  readonly options: {
    readonly WebSocket: new (address: null, protocols: undefined, options: object) => UnboundWebSocket;
    readonly perMessageDeflate?: unknown;
    readonly verifyClient?: unknown;
    readonly handleProtocols?: unknown;
    readonly path?: unknown;
  };
  /** 0 while it takes connections. */
  readonly _state: number;
  /** Its connections, if it is to keep them. */
  readonly clients?: unknown;
  handleUpgrade(
    request: UpgradeRequest,
    socket: UpgradeSocket,
    head: Buffer,
    done: (webSocket: WebSocket, request: UpgradeRequest) => void,
  ): void;
}

/** Engine.IO's server. */
export interface EngineServer extends Emitter {
  readonly ws?: WebSocketServer;
  readonly clients: Record<string, EngineSocket>;
  clientsCount: number;
  readonly opts: {
    readonly pingInterval: number;
    readonly pingTimeout: number;
    readonly maxHttpBufferSize: number;
    /** Sent when a session opens. */
    readonly initialPacket?: unknown;
  };
  /** Makes the id of a session. */
  generateId: (request: unknown) => unknown;
  /** Makes the query of a request, unless it has one. */
  prepare(request: { readonly url?: string; _query?: Record<string, string> }): void;
  createTransport(name: string, request: TransportRequest): Transport;
  handleUpgrade(request: UpgradeRequest, socket: UpgradeSocket, head: Buffer): void;
  emit(event: 'initial_headers' | 'headers', headers: object, request: UpgradeRequest): void;
}

/** What Engine.IO uses of the timer for a socket's next ping. */
export interface Heartbeat {
  /** Begins the interval anew. */
  refresh(): void;
  /** Ends it. */
  close(): void;
}

/** Engine.IO's socket, whichever transport it is on. */
export interface EngineSocket extends Emitter {
  readonly id: string;
  readonly server: EngineServer;
  readonly protocol: number;
  readonly request: { readonly socket: RawSocket };
  transport: Transport;
  readyState: string;
  /** Packets that wait for the transport, and the callbacks that wait for them. */
  readonly writeBuffer: Packet[];
  readonly packetsFn: readonly unknown[];
  /** The callbacks of each batch that the transport has. */
  sentCallbackFn: unknown[];
  /** Called, in this order, when the transport is left. */
  cleanupFn: (() => void)[];
  pingIntervalTimer: Heartbeat | null;
  /** Whether a packet has come while the client's answer to a ping is awaited. */
  hasRefreshedPingTimeout: boolean;
  setTransport(transport: Transport): void;
  /** Sends the packet that opens the session. */
  onOpen(): void;
  /** The transports that its own one can be exchanged for. */
  getAvailableUpgrades(): string[];
  clearTransport(): void;
  schedulePing(): void;
  resetPingTimeout(): void;
  sendPacket(type: string): void;
  write(data: unknown, options?: PacketOptions, callback?: unknown): unknown;
  onPacket(packet: Packet): void;
  onDrain(): void;
  onError(error: unknown): void;
  onClose(reason: string, description?: unknown): void;
  emit(event: 'open'): void;
  [laneKey]?: OpenLane | undefined;
  [sendingKey]?: Sending;
  /** Hands the packets that wait to the transport, if it can take any. */
  flush(): void;
}
