/** Bounds what one transport may be on its way into: a namespace is entered once, and only so many of them. */
import type { Socket } from 'socket.io';
import { knownIntakeOf } from '../intake/intake.js';
import { internalsOf } from '../internals.js';

/** Notes that the socket's transport is on its way in: `twice` if it is already, `full` if it is in too many namespaces. */
export function enterTransport(socket: Socket, limit: number): 'entered' | 'twice' | 'full' {
  const { name } = socket.nsp;
  const intake = knownIntakeOf(socket.conn)!;
  const { client } = internalsOf(socket);
  if (intake.entering?.has(name)) return 'twice';
  if (client.sockets.size + (intake.entering?.size ?? 0) >= limit) return 'full';
  (intake.entering ??= new Set()).add(name);
  return 'entered';
}

/** Notes that the socket is in, or was turned away. */
export function leaveTransport({ conn, nsp }: Socket): void {
  const intake = knownIntakeOf(conn);
  if (!intake?.entering?.delete(nsp.name)) return;
  if (intake.entering.size === 0) intake.entering = undefined;
}

/** Whether the transport of a socket waits to be let into a namespace. */
export function isEntering({ conn }: Socket): boolean {
  return knownIntakeOf(conn)?.entering !== undefined;
}
