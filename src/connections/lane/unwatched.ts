/**
 * Whether somebody watches what the fast lane passes by: listeners of Engine.IO's connection, transport and server, methods that were
 * replaced, another parser. It is asked for every event, so it holds from the moment in which somebody begins, or stops, to watch.
 */
import type { Server, Socket } from 'socket.io';
import { optionsOf, type ClientInternals, type SocketInternals } from '../internals.js';

/** The key of a connection's lane. */
export const laneKey: unique symbol = Symbol.for('colloquy:lane') as never;
/** The key of the function that sends a text; only engines that have a lane have one. */
export const sendTextKey: unique symbol = Symbol.for('colloquy:send-text') as never;

/** The key of the engine's own `write`, which does what that of Engine.IO does. */
export const writeKey: unique symbol = Symbol.for('colloquy:write') as never;

/** The lane of a connection, as its engine and health see it. */
export interface OpenLane {
  /** Whether events take it now. */
  readonly isOpen: boolean;
  /** Takes a text that is an event; `false`, and nothing has happened, if it is to go the long way. */
  take(text: string): boolean;
}

interface Listened {
  listenerCount(event: string): number;
}

/** The parts of an Engine.IO connection that the lane relies on. */
export interface LaneConnection extends Listened {
  readonly readyState: string;
  readonly protocol: number;
  readonly transport: Listened;
  readonly server: Listened;
  /** Set while a ping has not been answered: then every packet tells that the client lives. */
  readonly pingTimeoutTimer: unknown;
  readonly write: (text: string, options: object) => unknown;
  sendPacket(...values: unknown[]): unknown;
  [laneKey]?: OpenLane;
  [sendTextKey]?(text: string): void;
  [writeKey]?: unknown;
}

/** Whether a text may go past the connection, the transport, the client and the decoder, which then hear nothing of it. */
export function isUnwatched(conn: LaneConnection, client: ClientInternals): boolean {
  const { transport } = conn;
  const { decoder } = client;
  return (
    conn[sendTextKey] !== undefined &&
    conn.readyState === 'open' &&
    conn.pingTimeoutTimer === null &&
    !decoder.reconstructor &&
    conn.listenerCount('data') === 1 &&
    conn.listenerCount('packet') === 0 &&
    conn.listenerCount('message') === 0 &&
    transport.listenerCount('packet') === 1 &&
    decoder.listeners('decoded').length === 1 &&
    !Object.hasOwn(decoder, 'add') &&
    !Object.hasOwn(transport, 'onData') &&
    !Object.hasOwn(transport, 'onPacket')
  );
}

/** Whether no listener of a connection, or of its server, is to hear of a packet that is sent. */
export function isPacketUnheard(conn: Listened & { readonly server: Listened }): boolean {
  const { server } = conn;
  return (
    conn.listenerCount('packetCreate') === 0 &&
    conn.listenerCount('flush') === 0 &&
    conn.listenerCount('drain') === 0 &&
    server.listenerCount('flush') === 0 &&
    server.listenerCount('drain') === 0
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
    conn.write === (conn[writeKey] ?? stockConn.write) &&
    conn.sendPacket === stockConn.sendPacket
  );
}

/** What does not change while a connection lasts. Who reads Socket.IO's own debug output finds all packets in it. */
export function hasStockParts(conn: LaneConnection, client: ClientInternals, server: Server): boolean {
  const { parser, connectionStateRecovery } = optionsOf(server);
  const isDebugged = /\*|socket\.io|engine/.test(process.env['DEBUG'] ?? '');
  return (
    parser === undefined &&
    !connectionStateRecovery &&
    !isDebugged &&
    conn.protocol === 4 &&
    typeof client.decoder.listeners === 'function' &&
    'pingTimeoutTimer' in conn
  );
}

/** Whether nothing of a socket's own way for events was replaced, and none of its listeners is to hear of this one. */
export function isUnheard(socket: Socket, internals: SocketInternals): boolean {
  return internals.fns.length === 0 && !internals._anyListeners?.length && !Object.hasOwn(socket, '_onpacket');
}
