/**
 * Whether somebody watches what the fast lane passes by: listeners of Engine.IO's connection, transport and server, methods that were
 * replaced, another parser. It is asked for every event, so it holds from the moment in which somebody begins, or stops, to watch.
 */
import type { Server, Socket } from 'socket.io';
import { countReceived, countSent, type CountedConnection } from '../observing/packet-counters.js';
import { listenersOf } from '../namespaces/listeners.js';
import { optionsOf, type ClientInternals, type SocketInternals } from '../internals.js';

/** The key of a connection's lane. */
export const laneKey: unique symbol = Symbol.for('colloquy:lane') as never;
/** The key of an engine's way to send; only engines that have a lane have one. */
export const sendingKey: unique symbol = Symbol.for('colloquy:sending') as never;

/** How an engine sends; one object for all its connections. */
export interface Sending {
  /** Sends a text to a connection. */
  readonly sendText: (connection: never, text: string) => void;
  /** The engine's own `write`, which does what that of Engine.IO does. */
  readonly write: unknown;
}

/** The lane of a connection, as its engine and health see it. */
export interface OpenLane {
  /** Whether events take it now. */
  readonly isOpen: boolean;
  /**
   * Takes the texts from this position on that are events. Returns the position of the first one that is to go the long way, of which
   * nothing was taken; if there is none, the number of texts.
   */
  takeRun(texts: readonly string[], first: number): number;
}

/** The parts of an Engine.IO connection that the lane relies on. */
export interface LaneConnection {
  readonly readyState: string;
  readonly protocol: number;
  readonly transport: object;
  readonly server: object;
  /** Set while a ping has not been answered: then every packet tells that the client lives. */
  readonly pingTimeoutTimer: unknown;
  readonly write: (text: string, options: object) => unknown;
  sendPacket(...values: unknown[]): unknown;
  [laneKey]?: OpenLane;
  readonly [sendingKey]?: Sending;
}

/** Whether a text may go past the connection, the transport, the client and the decoder, which then hear nothing of it. */
export function isUnwatched(conn: LaneConnection, client: ClientInternals): boolean {
  const { transport } = conn;
  const { decoder } = client;
  const heard = listenersOf(conn);
  return (
    conn[sendingKey] !== undefined &&
    conn.readyState === 'open' &&
    conn.pingTimeoutTimer === null &&
    !decoder.reconstructor &&
    typeof heard['data'] === 'function' &&
    isOnlyCounted(heard['packet'], countReceived) &&
    heard['message'] === undefined &&
    typeof listenersOf(transport)['packet'] === 'function' &&
    decoder._callbacks?.$decoded?.length === 1 &&
    !Object.hasOwn(decoder, 'add') &&
    !Object.hasOwn(transport, 'onData') &&
    !Object.hasOwn(transport, 'onPacket')
  );
}

/** Whether nobody hears of something but the listener that counts. */
function isOnlyCounted(listener: unknown, counting: unknown): boolean {
  return listener === undefined || listener === counting;
}

/** Counts a message of the client that has gone past the listeners, if it is to be counted; they do not see the type of its packet. */
export function tellReceived(conn: LaneConnection, text: string): void {
  if (listenersOf(conn)['packet']) countReceived.call(conn as unknown as CountedConnection, { data: text.slice(1) });
}

/** The same for a packet that is sent. */
export function tellSent(conn: object, text: string): void {
  if (listenersOf(conn)['packetCreate']) countSent.call(conn as CountedConnection, { data: text });
}

/** Whether no listener of a connection, or of its server, is to hear of a packet that is sent; who counts is told of it ({@link tellSent}). */
export function isPacketUnheard(conn: { readonly server: object }): boolean {
  const heard = listenersOf(conn);
  const heardByServer = listenersOf(conn.server);
  return (
    isOnlyCounted(heard['packetCreate'], countSent) &&
    heard['flush'] === undefined &&
    heard['drain'] === undefined &&
    heardByServer['flush'] === undefined &&
    heardByServer['drain'] === undefined
  );
}

/** Whether an answer may go past the socket, the client and the connection. */
export function isSentUnwatched(internals: SocketInternals, stock: SocketInternals, conn: LaneConnection): boolean {
  const { client } = internals;
  const stockConn = Object.getPrototypeOf(conn) as LaneConnection;
  return (
    conn.readyState === 'open' &&
    isPacketUnheard(conn) &&
    internals.packet === stock.packet &&
    !Object.hasOwn(client, '_packet') &&
    !Object.hasOwn(client, 'writeToEngine') &&
    conn.write === (conn[sendingKey]?.write ?? stockConn.write) &&
    conn.sendPacket === stockConn.sendPacket
  );
}

/** What does not change while a server runs. Who reads Socket.IO's own debug output finds all packets in it. */
export function allowsLane(server: Server): boolean {
  const { parser, connectionStateRecovery } = optionsOf(server);
  return parser === undefined && !connectionStateRecovery && !isDebugged();
}

/** Whether somebody reads the debug output of Socket.IO or Engine.IO. */
export function isDebugged(): boolean {
  return /\*|socket\.io|engine/.test(process.env['DEBUG'] ?? '');
}

/** What does not change while a connection lasts. */
export function hasStockParts(conn: LaneConnection, client: ClientInternals): boolean {
  return conn.protocol === 4 && client.decoder._callbacks !== undefined && 'pingTimeoutTimer' in conn;
}

/** Whether nothing of a socket's own way for events was replaced, and none of its listeners is to hear of this one. */
export function isUnheard(socket: Socket, internals: SocketInternals): boolean {
  return internals.fns.length === 0 && !internals._anyListeners?.length && !Object.hasOwn(socket, '_onpacket');
}
