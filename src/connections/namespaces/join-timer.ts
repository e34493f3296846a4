/** The time to join: a transport that is in no namespace when it is over is closed. See `limits.joinTime`. */
import { tooLate } from '../../base/channels/outcome.js';
import type { Connection } from '../connection.js';
import { clock } from '../intake/intake.js';
import { internalsOf, namespaceInternalsOf } from '../internals.js';
import { isEntering } from './pending-namespaces.js';
import { noteCut } from '../observing/observed-connection.js';

/** The time to join ends when the gate begins: how long `@OnConnect` takes is a matter of `handlerTime`. */
export function stopJoinTimer({ client, intake }: Connection): void {
  intake.isInside = true;
  clearTimeout(client.connectTimeout);
  client.connectTimeout = undefined;
}

/** A client that was refused, and is in no namespace, has its time to join once more. */
export function startJoinTimer(connection: Connection): void {
  const { client, socket, intake } = connection;
  if (client.nsps.size > 0 || client.connectTimeout || isEntering(socket)) return;
  Object.assign(intake, { isInside: false, began: clock() });
  client.connectTimeout = setTimeout(() => {
    if (client.nsps.size === 0) client.close();
  }, joinTimeOf(connection));
}

/** What ends the waiting of those who are in middleware of the user's own. */
const waiting = new WeakMap<object, () => void>();

/**
 * Follows a client that has passed the gate into middleware of the user's own, which may never call `next`: Socket.IO forgets a
 * client there, also when it leaves. Its time to join begins once more; it is cleaned up when the transport ends before that.
 */
export function awaitMiddleware(connection: Connection): void {
  const { socket, client } = connection;
  if (namespaceInternalsOf(socket.nsp)._fns.length === 1) return;
  const timer = setTimeout(() => {
    if (client.nsps.size === 0) closeLate(connection);
  }, joinTimeOf(connection));
  const abandoned = (): void => internalsOf(socket)._cleanup();
  const conn = socket.conn.setMaxListeners(0).once('close', abandoned);
  waiting.set(socket, () => {
    clearTimeout(timer);
    conn.removeListener('close', abandoned);
  });
}

/** The client is in, or was turned away. */
export function endMiddleware(socket: object): void {
  waiting.get(socket)?.();
  waiting.delete(socket);
}

function closeLate({ socket, client, served }: Connection): void {
  const { counters, limits, log } = served.runtime;
  counters.count('join_time');
  log.info(
    { socket: socket.id, limit: limits.joinTime },
    'middleware let a client into no namespace in limits.joinTime; its connection ends',
  );
  noteCut(socket.conn, tooLate);
  client.close();
}

/** Milliseconds, as the server has them. */
function joinTimeOf({ socket }: Connection): number {
  return (socket.nsp.server as unknown as { readonly _connectTimeout: number })._connectTimeout;
}
