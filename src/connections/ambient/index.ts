/**
 * Functions for services deep below a handler, which have no socket: every function concerns the client
 * whose event is being handled, and its namespace. It works in handlers, in `@OnConnect`, `@OnDisconnect`, middleware
 * and error handlers, and in whatever those await, start with timers, or give to `emit` as an acknowledgement. All
 * throw if no event is being handled.
 *
 * Nothing is carried along unless this module is imported.
 */
import { AsyncResource } from 'node:async_hooks';
import type { Namespace, Socket } from 'socket.io';
import type { CallLogger } from '../../base/log.js';
import { call as callSocket } from '../asking/call.js';
import { callerOf } from '../connection.js';
import { context } from './storage.js';
import type { Task } from './tasks.js';

export { context };
export type { CallLogger };

/** The operator that `to` and `except` return. */
export type RoomOperator = ReturnType<Socket['to']>;

/** @returns the caller's socket */
export function socket(): Socket {
  return context().socket;
}

/** @returns the caller's namespace; `namespace().emit(…)` reaches everybody in it, the caller too */
export function namespace(): Namespace {
  return socket().nsp;
}

/** @returns the application's logger, with the id, namespace, event and socket of the call in each line */
export function log(): CallLogger {
  return context().log;
}

/** @returns the name of the event; `connect`, `disconnect`, `join`, `leave` for those moments */
export function eventName(): string {
  return context().event;
}

/** Emits to the caller. A function as the last argument gets the client's answer, in the same context. */
export function emit(event: string, ...args: unknown[]): void {
  const last = args.at(-1);
  if (typeof last === 'function') args[args.length - 1] = AsyncResource.bind(last as () => void);
  socket().emit(event, ...args);
}

/** Emits the unnamed event, `message`, to the caller. */
export function send(...args: unknown[]): void {
  emit('message', ...args);
}

/**
 * Asks the caller, see `call` of `colloquy`.
 * @returns the answer
 */
export function call<T = unknown>(event: string, ...args: unknown[]): Promise<T> {
  return callSocket<T>(socket(), event, ...args);
}

/** Emits to everybody else in the namespace. */
export function broadcast(event: string, ...args: unknown[]): void {
  socket().broadcast.emit(event, ...args);
}

/** @returns an operator for the others in a room, or in any of several: `to('a').emit(…)` */
export function to(room: string | string[]): RoomOperator {
  return socket().to(room);
}

/** @returns an operator for everybody else in the namespace but those in a room */
export function except(room: string | string[]): RoomOperator {
  return socket().except(room);
}

/**
 * Has the caller join rooms.
 * @returns a promise if the adapter needs time
 */
export function join(room: string | string[]): Promise<void> | void {
  return socket().join(room);
}

/**
 * Has the caller leave a room.
 * @returns a promise if the adapter needs time
 */
export function leave(room: string): Promise<void> | void {
  return socket().leave(room);
}

/** @returns the caller's rooms; in `@OnDisconnect`, those that it was in */
export function rooms(): readonly string[] {
  return context().rooms;
}

/** Has everybody leave a room, on all nodes. */
export function closeRoom(room: string | string[]): void {
  namespace().in(room).socketsLeave(room);
}

/**
 * Starts work that goes on when the handler has answered, and when the client has left: a report, a loop. It is still about
 * the caller, so all functions of this module work in it. Its errors are logged with handler, event and socket. When the
 * application stops, its signal fires, and the shutdown waits for it up to `limits.drainTime`.
 *
 * @throws EventError `busy` if the client's transport has `limits.backgroundTasks` of them running
 */
export function background(work: (signal: AbortSignal) => unknown): void {
  const current = context();
  callerOf(current).served.runtime.tasks.start(current, work satisfies Task);
}

/** Disconnects the caller from this namespace; with `close`, from all of them. */
export function disconnect(close = false): void {
  socket().disconnect(close);
}
