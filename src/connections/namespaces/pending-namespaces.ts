/** Bounds what one transport may be on its way into: a namespace is entered once, and only so many of them. */
import type { Socket } from 'socket.io';
import { internalsOf } from '../internals.js';

/** The namespaces that a transport waits to be let into. */
const waiting = new WeakMap<object, Set<string>>();

/** Notes that the socket's transport is on its way in: `twice` if it is already, `full` if it is in too many namespaces. */
export function enterTransport(socket: Socket, limit: number): 'entered' | 'twice' | 'full' {
  const { conn, nsp } = socket;
  const names = waiting.get(conn) ?? new Set();
  const { client } = internalsOf(socket);
  if (names.has(nsp.name)) return 'twice';
  if (client.sockets.size + names.size >= limit) return 'full';
  waiting.set(conn, names.add(nsp.name));
  return 'entered';
}

/** Notes that the socket is in, or was turned away. */
export function leaveTransport({ conn, nsp }: Socket): void {
  const names = waiting.get(conn);
  if (!names?.delete(nsp.name)) return;
  if (names.size === 0) waiting.delete(conn);
}

/** Whether the transport of a socket waits to be let into a namespace. */
export function isEntering({ conn }: Socket): boolean {
  return waiting.has(conn);
}
