/** Why a connection ends. */
import type { DisconnectReason } from 'socket.io';

export type { DisconnectReason };

/**
 * The values of `@Reason()`, with names: `if (reason === disconnectReasons.clientLeft)`.
 * The values are Socket.IO's, see https://socket.io/docs/v4/server-socket-instance/#disconnect
 */
export const disconnectReasons = Object.freeze({
  /** The client called `disconnect()`. */
  clientLeft: 'client namespace disconnect',
  /** The server called `socket.disconnect()`, or disconnected a room. */
  serverLeft: 'server namespace disconnect',
  /** The same as `forcedClose`, if data still waited to be sent. */
  serverClosed: 'forced server close',
  /** The server is being closed. */
  serverStops: 'server shutting down',
  /** The client's program or network went away. */
  transportClosed: 'transport close',
  /** The transport failed. */
  transportFailed: 'transport error',
  /** No heartbeat came back in time. */
  pingTimeout: 'ping timeout',
  /** The client sent something that is no packet of Engine.IO. */
  parseError: 'parse error',
  /** The server closed the transport: `socket.conn.close()`, a reader that is too slow, a packet that is not of Socket.IO. */
  forcedClose: 'forced close',
} as const satisfies Record<string, DisconnectReason>);
