/** Bounds what one transport may be on its way into: a namespace is entered once, and only so many of them. */
import type { Socket } from 'socket.io';
import { internalsOf } from '../internals.js';

/** The namespaces that a transport waits to be let into. */
const waiting = new WeakMap<object, Set<string>>();

/** Notes that the socket's transport is on its way in; `false` where it must not be. */
export function enterTransport(socket: Socket, limit: number): boolean {
  const { conn, nsp } = socket;
  const names = waiting.get(conn) ?? new Set();
  const { client } = internalsOf(socket);
  if (names.has(nsp.name) || client.sockets.size + names.size >= limit) return false;
  waiting.set(conn, names.add(nsp.name));
  return true;
}

/** Notes that the socket is in, or was turned away. */
export function leaveTransport({ conn, nsp }: Socket): void {
  const names = waiting.get(conn);
  if (!names?.delete(nsp.name)) return;
  if (names.size === 0) waiting.delete(conn);
}
