/** The runtime's state of one socket, from the gate until it has left. */
import { AsyncResource } from 'node:async_hooks';
import type { Socket } from 'socket.io';
import { gone } from '../base/channels/outcome.js';
import type { AckFunction, ContextConnection, ContextScope, EventContext } from '../base/context.js';
import type { Logger } from '../base/log.js';
import { paramsOf } from '../controllers/scan/path.js';
import type { Class } from '../base/reflect.js';
import { AbortControllers } from './abort-controllers.js';
import { internalsOf, type ClientInternals } from './internals.js';
import { intakeOf, type EngineConnection, type Intake } from './intake/intake.js';
import type { ObservedConnection } from './observing/observed-connection.js';
import type { ServedNamespace } from './runtime.js';
import type { Scope } from './scopes/scope.js';

/** A call that waits for the end of others. It begins in the async context in which it came, not in that of the one that has ended. */
export class WaitingCall extends AsyncResource {
  constructor(readonly context: EventContext) {
    super('COLLOQUYWAITING', { requireManualDestroy: true });
  }
}

export class Connection implements ContextConnection {
  lastRooms: readonly string[] | undefined;
  /** Calls that run. */
  running = 0;
  /** Calls that wait for their turn. */
  queue: WaitingCall[] | undefined;
  /** Socket.IO's client of its transport. */
  readonly client: ClientInternals;
  /** The budgets of its transport. */
  readonly intake: Intake;
  /** Set once its end has been reported. */
  ended = false;
  /** Set if there was a subscriber to `colloquy:connection` when the client came. */
  observer: ObservedConnection | undefined;
  /** Called when the handlers of `@OnConnect` begin; only while the socket is in the gate. */
  onEnter: (() => void) | undefined;
  #params: Readonly<Record<string, string>> | undefined;
  #endings: AbortControllers | undefined;
  #gone = false;
  #scope: Scope | undefined;

  constructor(
    readonly socket: Socket,
    readonly served: ServedNamespace,
  ) {
    this.client = internalsOf(socket).client;
    const { limits, counters } = served.runtime;
    this.intake = intakeOf(socket.conn as unknown as EngineConnection, limits, counters);
  }

  /** Whether its transport can still send. */
  get isOpen(): boolean {
    return this.intake.connection.readyState === 'open';
  }

  get log(): Logger {
    return this.served.runtime.log;
  }

  get params(): Readonly<Record<string, string>> {
    return (this.#params ??= paramsOf(this.served.plan.pattern, this.socket.nsp.name));
  }

  abortOnDisconnect(controller: AbortController): void {
    if (this.#gone) controller.abort(goneReason());
    else (this.#endings ??= new AbortControllers()).add(controller);
  }

  scoped(type: object): object {
    return this.#ownScope.resolve(type as Class);
  }

  openScope(context: EventContext): ContextScope {
    return this.served.runtime.scopes.ofCall(context);
  }

  answerer(context: EventContext): AckFunction {
    return (...values) => this.served.answerByHand(context, values);
  }

  failedLate(context: EventContext, err: unknown): void {
    this.served.runtime.counters.count('dropped_result');
    context.log.error(
      { err, handler: context.handler.label },
      'a handler failed, and a middleware had answered without waiting for it: write `return await next()`',
    );
  }

  droppedBy(middleware: string): void {
    const { counters, log } = this.served.runtime;
    counters.count('dropped_result');
    if (!counters.isNew(counters, `dropped ${middleware}`)) return;
    log.warn(
      { middleware },
      'a middleware drops what handlers return: write `return next()`, or return an answer of its own',
    );
  }

  enter(): void {
    this.onEnter?.();
  }

  /** Tells what runs for this client that it is gone; what waits never starts. */
  abort(): void {
    this.#gone = true;
    this.#endings?.abort(goneReason());
    const waiting = this.queue;
    this.queue = undefined;
    for (const { context } of waiting ?? []) context.end(gone);
    this.intake.release(this);
  }

  /** Disposes of the connection's own instances. */
  dispose(): void {
    this.#ownScope.end();
  }

  get #ownScope(): Scope {
    return (this.#scope ??= this.served.runtime.scopes.ofConnection(this.socket));
  }
}

/** The key of a socket's connection. */
const connectionKey: unique symbol = Symbol.for('colloquy:connection') as never;

interface ConnectedSocket {
  [connectionKey]?: Connection;
}

/** Returns the connection of a socket that has passed, or is in, the gate. */
export function connectionOf(socket: Socket): Connection | undefined {
  return (socket as ConnectedSocket)[connectionKey];
}

/** Keeps the connection of a socket with it. */
export function keepConnection(connection: Connection): void {
  (connection.socket as ConnectedSocket)[connectionKey] = connection;
}

/** Returns the connection of a call. The runtime makes each context with one; this is the only cast. */
export function callerOf(context: EventContext): Connection {
  return context.connection as Connection;
}

function goneReason(): Error {
  return new Error('the client disconnected');
}
