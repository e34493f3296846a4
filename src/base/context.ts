/** One call: the object that middleware, `@OnError` and custom parameter decorators receive. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'socket.io';
import type { Outcome } from './channels/outcome.js';
import type { ErrorAnswer } from './errors.js';
import { callLogger, eventName, type CallLogger, type Logger } from './log.js';
import type { Class } from './reflect.js';
import { isThenable, promiseOf } from './thenable.js';

/** The kind of an event: a message, or a lifecycle event of a connection. */
export type ContextKind = 'event' | 'connect' | 'disconnect' | 'join' | 'leave';

/** The handler of a call, as the context sees it. */
export interface ContextHandler {
  /** `Class.method`. */
  readonly label: string;
  readonly kind: ContextKind;
}

/** Handles what the handlers of one class throw. */
export interface ContextErrorHandler {
  readonly label: string;
  /** Only errors of this class; all unless given. */
  readonly errorType?: Class<unknown>;
  readonly run: (context: EventContext, error: unknown) => unknown;
}

/** The services of one call. */
export interface ContextScope {
  /**
   * Does something with the call's own instance of a class, built when it is first asked for.
   * @throws whatever its constructor or `work` throws
   */
  run(type: Class, work: (instance: object) => unknown): unknown;
  /** Disposes of the instances as soon as none of them is at work. */
  answered(): void;
  /** Disposes of the instances now. */
  end(): void;
}

/** The runtime's state of a socket, as its contexts see it. */
export interface ContextConnection {
  /** The values of a path such as `/game/:id`. */
  readonly params: Readonly<Record<string, string>>;
  /** The rooms as they were when the socket left; `undefined` while it is connected. */
  readonly lastRooms: readonly string[] | undefined;
  /** Whether the client has left. */
  readonly ended: boolean;
  /** The logger of the application. */
  readonly log: Logger;
  /** Aborts a call when the socket is gone; it is not kept for that. */
  abortOnDisconnect(controller: AbortController): void;
  /** Builds or finds the connection's own instance of a class. */
  scoped(type: object): object;
  /** Opens the scope of a call. */
  openScope(context: EventContext): ContextScope;
  /** Returns the function with which a handler answers by hand. */
  answerer(context: EventContext): AckFunction;
  /** Logs and counts a failure that can no longer be answered. */
  failedLate(context: EventContext, error: unknown): void;
  /** Names, once, a middleware that drops the results of handlers, and counts them. */
  droppedBy(middleware: string): void;
  /** Is called when the arguments of `@OnConnect` are ready and it is about to run. */
  enter(): void;
}

/** Follows one call for those who subscribe to `colloquy:call`. */
export interface CallObserver {
  /** Begins the call, and returns the result of its work. */
  run<Result>(work: (context: EventContext) => Result, context: EventContext): Result;
  /** Is called at the end, with the value of the answer. */
  end(outcome: Outcome, isAnswered: boolean, value: unknown): void;
}

/** The function that answers the client. */
export type AckFunction = (...values: unknown[]) => void;

/** One message, or one moment of a connection, on its way to its handler. */
export class EventContext {
  /** Set when the call has ended: its caller has been answered, and later results are dropped. */
  settled = false;
  /** The answer of a call that failed, while `@OnError` still thinks about a better one. */
  failure: ErrorAnswer | undefined;
  /** Called when the time limit ends; if unset, the caller is answered. */
  onExpire: (() => void) | undefined;
  /** The error handlers of the class that runs now, if several classes handle one event; else those of the handler. */
  errorHandlers: readonly ContextErrorHandler[] | undefined;
  /** Set when the chain of middleware reached the handler. */
  reached = false;
  /**
   * How the call ended, or is about to end: `@OnError` reads the failure; a middleware that waits for a handler which has run out
   * of time reads `timed_out`. `undefined` while all is well and the caller is not answered; see {@link onEnd}.
   */
  outcome: Outcome | undefined;
  /** The span of the call; only `colloquy/otel` sets and reads it. */
  span: object | undefined;
  /** Set if there was a subscriber to `colloquy:call` when the call came. */
  observer: CallObserver | undefined;
  /** The services of this call; unset unless a class asks for some. */
  scope: ContextScope | undefined;
  #endListeners: ((outcome: Outcome) => void)[] | undefined;
  #id: string | undefined;
  #log: CallLogger | undefined;
  #abort: AbortController | undefined;
  #signal: AbortSignal | undefined;

  /**
   * @param socket the caller
   * @param handler the handler that the message is for
   * @param connection the runtime's state of the caller's socket
   * @param packet the event's name, then its arguments as they arrived
   * @param ack answers the client, if it asked for an acknowledgement
   */
  constructor(
    readonly socket: Socket,
    readonly handler: ContextHandler,
    readonly connection: ContextConnection,
    readonly packet: readonly unknown[],
    readonly ack: AckFunction | undefined,
  ) {}

  /** Names this call wherever it is reported: the answer of a failure, log lines, channels. Made when it is first read. */
  get id(): string {
    return (this.#id ??= randomUUID());
  }

  /** The application's logger, with the call's id, namespace, event and socket in each line. Made when it is first read. */
  get log(): CallLogger {
    return (this.#log ??= callLogger(this.connection.log, {
      id: this.id,
      namespace: this.namespace,
      event: eventName(this.event),
      socket: this.socket.id,
      ...moreFacts?.(this),
    }));
  }

  /** The event's name; `connect` and `disconnect` for those moments. */
  get event(): string {
    return String(this.packet[0]);
  }

  /** The arguments as they arrived, neither transformed nor validated. */
  get args(): unknown[] {
    return this.packet.slice(1);
  }

  get namespace(): string {
    return this.socket.nsp.name;
  }

  get kind(): ContextKind {
    return this.handler.kind;
  }

  /** The rooms of the socket; while it disconnects, those that it was in. */
  get rooms(): readonly string[] {
    return this.connection.lastRooms ?? [...this.socket.rooms];
  }

  /** Fires when the client is gone, when the call has run out of time, and at shutdown. */
  get signal(): AbortSignal {
    if (!this.#signal) {
      this.#abort ??= new AbortController();
      this.#signal = lastingSignal(this.#abort);
      this.connection.abortOnDisconnect(this.#abort);
    }
    return this.#signal;
  }

  /** Whether the call failed only because its signal aborted it. */
  wasEndedBy(error: unknown): boolean {
    if (!this.#signal?.aborted) return false;
    return error === this.#signal.reason || (error instanceof Error && error.name === 'AbortError');
  }

  /**
   * Calls a function once, when the call has ended and its client has been answered, with the same outcome that channels and metrics
   * tell: for a middleware that measures. At once if the call has ended already. What the function throws is logged.
   */
  onEnd(listener: (outcome: Outcome) => void): void {
    if (this.settled) this.#tell(listener);
    else (this.#endListeners ??= []).push(listener);
  }

  /** Notes the one end of the call; the runtime's own. */
  end(outcome: Outcome, isAnswered = false, value?: unknown): void {
    if (this.settled) return;
    this.settled = true;
    this.outcome = outcome;
    this.observer?.end(outcome, isAnswered, value);
    if (this.#endListeners) for (const listener of this.#endListeners) this.#tell(listener);
  }

  #tell(listener: (outcome: Outcome) => void): void {
    const failed = (err: unknown): void => this.log.error({ err }, 'a function of context.onEnd failed');
    try {
      const result: unknown = listener(this.outcome!);
      if (isThenable(result)) promiseOf(result).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Does something with the call's own instance of a class; the runtime's own. */
  inScope(type: Class, work: (instance: object) => unknown): unknown {
    return (this.scope ??= this.connection.openScope(this)).run(type, work);
  }

  /** Ends the call's signal; the runtime's own. */
  abort(reason: unknown): void {
    this.#abort ??= new AbortController();
    this.#abort.abort(reason);
  }
}

const controllers = new WeakMap<AbortSignal, AbortController>();

/**
 * A signal that keeps its controller, for as long as there is a reference to the signal or a listener. Of the signals of a
 * controller, Node.js forgets those that have only listeners; of those that `any` makes it does not.
 */
function lastingSignal(controller: AbortController): AbortSignal {
  const signal = AbortSignal.any([controller.signal]);
  controllers.set(signal, controller);
  return signal;
}

/** Several values for one acknowledgement. */
export class Reply<Values extends readonly unknown[] = readonly unknown[]> {
  /** For the types of clients alone. */
  declare readonly '~reply': Values;

  constructor(readonly values: Values) {}
}

/**
 * Answers with several values: `return reply('one', 2)` is `ack('one', 2)`.
 * @returns the answer, for a handler to return
 */
export function reply<Values extends unknown[]>(...values: Values): Reply<Values> {
  return new Reply(values);
}

let moreFacts: ((context: EventContext) => object) | undefined;

/** Adds facts to the log lines of calls, read with the first line of each. Unset unless `colloquy/otel` is imported. */
export function addLogFacts(facts: ((context: EventContext) => object) | undefined): void {
  moreFacts = facts;
}

/** Runs a call, and returns its result. */
export type CallWrapper = (context: EventContext, run: (context: EventContext) => unknown) => unknown;

let wrapper: CallWrapper | undefined;

/** Runs everything that handles an event inside of `wrap`. Unset unless `colloquy/ambient` is imported. */
export function wrapCalls(wrap: CallWrapper): void {
  wrapper = wrap;
}

/** Runs one part of a call: its middleware and handler, or its error handlers. */
export function runIn(context: EventContext, run: (context: EventContext) => unknown): unknown {
  return wrapper === undefined ? run(context) : wrapper(context, run);
}
