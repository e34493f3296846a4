/** Bounds what one transport may be on its way into: a namespace is entered once, and only so many of them. */
import type { Socket } from 'socket.io';
import { knownIntakeOf } from '../intake/intake.js';
import { internalsOf } from '../internals.js';

/** Notes that the socket's transport is on its way in: `twice` if it is already, `full` if it is in too many namespaces. */
export function enterTransport(socket: Socket, limit: number): 'entered' | 'twice' | 'full' {
  const { name } = socket.nsp;
  const intake = knownIntakeOf(socket.conn)!;
  const { client } = internalsOf(socket);
  if (intake.entering?.includes(name)) return 'twice';
  if (client.sockets.size + (intake.entering?.length ?? 0) >= limit) return 'full';
  if (intake.entering) intake.entering.push(name);
  else intake.entering = [name];
  return 'entered';
}

/** Notes that the socket is in, or was turned away. */
export function leaveTransport({ conn, nsp }: Socket): void {
  const intake = knownIntakeOf(conn);
  const index = intake?.entering?.indexOf(nsp.name) ?? -1;
  if (index < 0) return;
  if (intake!.entering!.length > 1) intake!.entering!.splice(index, 1);
  else intake!.entering = undefined;
}

/** Whether the transport of a socket waits to be let into a namespace. */
export function isEntering({ conn }: Socket): boolean {
  return knownIntakeOf(conn)?.entering !== undefined;
}
