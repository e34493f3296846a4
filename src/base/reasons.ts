/** Why a connection ends. */
import type { DisconnectReason } from 'socket.io';

export type { DisconnectReason };

/**
 * What `@Reason()` may be, with names: `if (reason === disconnectReasons.clientLeft)`.
 * The values are Socket.IO's, see https://socket.io/docs/v4/server-socket-instance/#disconnect
 */
export const disconnectReasons = Object.freeze({
  /** The client called `disconnect()`. */
  clientLeft: 'client namespace disconnect',
  /** The server called `socket.disconnect()`, or disconnected a room. */
  serverLeft: 'server namespace disconnect',
  /** The same as `forcedClose`, where something still waited to be sent. */
  serverClosed: 'forced server close',
  /** The server is being closed. */
  serverStops: 'server shutting down',
  /** The client's program or network went away. */
  transportClosed: 'transport close',
  /** The transport failed. */
  transportFailed: 'transport error',
  /** No heartbeat came back in time. */
  pingTimeout: 'ping timeout',
  /** What the client sent is no packet of Engine.IO. */
  parseError: 'parse error',
  /** The server closed the transport: `socket.conn.close()`, a reader that is too slow, what is no packet of Socket.IO. */
  forcedClose: 'forced close',
} as const satisfies Record<string, DisconnectReason>);
