/** A context for unit tests of middleware and error handlers, without an application. */
import type { Socket } from 'socket.io';
import { EventContext, type AckFunction, type ContextKind, type ContextScope } from '../base/context.js';
import { silentLogger, type Logger } from '../base/log.js';
import { fakeSocket } from './fake-socket.js';

/** The event of a fake context, and its sender. */
export interface FakeContextOptions {
  /** A {@link fakeSocket} unless given. */
  readonly socket?: Socket;
  /** `event` unless given. */
  readonly kind?: ContextKind;
  /** The event's name; the moment's unless given. */
  readonly event?: string;
  readonly args?: readonly unknown[];
  /** The values of a path such as `/game/:id`. */
  readonly params?: Readonly<Record<string, string>>;
  /** Takes the acknowledgement; without it the client asked for none. */
  readonly ack?: AckFunction;
  /** The handler, as `Class.method`. */
  readonly label?: string;
  /** Fires when the client is gone. */
  readonly signal?: AbortSignal;
  /** Takes the lines of `context.log`; they go nowhere unless given. */
  readonly logger?: Logger;
}

function construct(type: object): object {
  return Reflect.construct(type as new () => object, []);
}

/**
 * Makes a context for middleware, error handlers and custom parameter decorators that are tested alone.
 * @returns the context
 */
export function fakeContext(options: FakeContextOptions = {}): EventContext {
  const { socket = fakeSocket(), kind = 'event', event = kind, args = [], ack, label = '(handler)' } = options;
  const { params = {}, signal = new AbortController().signal, logger: log = silentLogger } = options;
  const connection = {
    log,
    ended: false,
    params,
    lastRooms: undefined,
    abortOnDisconnect: (controller: AbortController): void => {
      if (signal.aborted) controller.abort(signal.reason);
      else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
    },
    scoped: construct,
    openScope: (): ContextScope => ({ run: (type, work) => work(construct(type)), answered: () => {}, end: () => {} }),
    answerer:
      (context: EventContext): AckFunction =>
      (...values) =>
        context.ack?.(...values),
    enter: (): void => {},
    failedLate: (): void => {},
    droppedBy: (): void => {},
  };
  return new EventContext(socket, { label, kind }, connection, [event, ...args], ack);
}
