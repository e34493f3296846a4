/** The questions that one client has been asked and has not answered: they end when it leaves. */
import type { Server, Socket } from 'socket.io';
import { defaultLimits, type Limits } from '../../base/limits.js';

const questions = new WeakMap<Socket, Set<() => void>>();
const limitsOf = new WeakMap<Server, Limits>();

/** Calls `gone` when the client leaves; returns the function that stops listening. One listener serves all questions of a socket. */
export function whenGone(socket: Socket, gone: () => void): () => void {
  let open = questions.get(socket);
  if (!open) {
    questions.set(socket, (open = new Set()));
    socket.once('disconnect', endAll);
  }
  open.add(gone);
  return () => open.delete(gone);
}

function endAll(this: Socket): void {
  const open = [...questions.get(this)!];
  questions.delete(this);
  for (const gone of open) gone();
}

/** Has the questions to a server's clients follow its limits. */
export function limitCalls(server: Server, limits: Limits): void {
  limitsOf.set(server, limits);
}

/** Milliseconds that a client may take if the caller does not say. */
export function callTimeOf(server: Server): number {
  return (limitsOf.get(server) ?? defaultLimits).callTime;
}
