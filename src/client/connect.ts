/** A socket of socket.io-client with the types of a contract. */
import { answerOf, CallError, unwrap } from './call.js';
import { spreadReconnections } from './reconnection.js';
import { withTrace, type TraceContext } from './trace.js';
import type {
  ArgsOf,
  CodeOf,
  EmissionName,
  EventName,
  ExceptionEvent,
  NamespaceTypes,
  ReceivedOf,
  ResultOf,
} from './types.js';

/** The part of a socket of socket.io-client that is used here. */
export interface ClientSocket {
  emit(event: string, ...args: unknown[]): unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
  once(event: string, listener: (...args: never[]) => void): unknown;
  off(event: string, listener?: (...args: never[]) => void): unknown;
}

/** When a call is given up. */
export interface CallOptions {
  /** Milliseconds, after which the call fails with the code `timeout`. */
  readonly timeout?: number | undefined;
  /** Gives the call up; it fails with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

type ListenerOf<Namespace extends NamespaceTypes, Event> = Event extends 'exception'
  ? (failure: ExceptionEvent) => void
  : (...args: [...ReceivedOf<Namespace, Event>]) => void;

/** A typed client of one namespace. Everything that it does is plain Socket.IO: `socket` is the socket itself. */
export interface Client<Namespace extends NamespaceTypes, Connection = ClientSocket> {
  readonly socket: Connection;
  /**
   * Sends an event and returns the answer; several values of `reply(…)` are a list. Options come after the arguments.
   * @throws CallError with a code of {@link CodeOf}; `isError` narrows it
   */
  call<Event extends EventName<Namespace>>(
    event: Event,
    ...args: [...ArgsOf<Namespace, Event>, options?: CallOptions]
  ): Promise<ResultOf<Namespace, Event>>;
  /** Sends an event without asking for an answer; a failure arrives as `exception`. */
  emit<Event extends EventName<Namespace>>(event: Event, ...args: [...ArgsOf<Namespace, Event>]): this;
  on<Event extends EmissionName<Namespace> | 'exception'>(event: Event, listener: ListenerOf<Namespace, Event>): this;
  once<Event extends EmissionName<Namespace> | 'exception'>(event: Event, listener: ListenerOf<Namespace, Event>): this;
  off<Event extends EmissionName<Namespace> | 'exception'>(event: Event, listener?: ListenerOf<Namespace, Event>): this;
  /** Whether an error is the failure of a call, with the codes that the event has. */
  isError<Event extends EventName<Namespace>>(
    error: unknown,
    event: Event,
  ): error is CallError<CodeOf<Namespace, Event>>;
}

/** The options of `connect`. */
export interface ClientOptions {
  /**
   * Asked for each call and emission: the trace that it belongs to, as `propagation.inject` of OpenTelemetry writes it. It is sent as
   * the keys `traceparent` and `tracestate` of the first argument, if that is a plain object; else it is not sent.
   */
  readonly trace?: () => TraceContext | undefined;
}

/**
 * Adds the types of a contract to a socket of socket.io-client: `connect<Contract['/chat']>(io(url + '/chat'))`. When its server
 * stops, it comes back after a random part of the time that the server names, not with all others at once.
 * @returns the typed client of the socket
 */
export function connect<Namespace extends NamespaceTypes, Connection extends object = ClientSocket>(
  socket: Connection & ClientSocket,
  { trace }: ClientOptions = {},
): Client<Namespace, Connection> {
  spreadReconnections(socket);
  const pass =
    (method: 'on' | 'once' | 'off') =>
    (...args: unknown[]): unknown => {
      (socket[method] as (...values: unknown[]) => unknown)(...args);
      return client;
    };
  const client: unknown = {
    socket,
    call: (event: string, ...args: unknown[]) => callWith(socket, event, args, trace),
    emit: (event: string, ...args: unknown[]) => {
      socket.emit(event, ...withTrace(args, trace));
      return client;
    },
    on: pass('on'),
    once: pass('once'),
    off: pass('off'),
    isError: (error: unknown) => error instanceof CallError,
  };
  return client as Client<Namespace, Connection>;
}

function callWith(
  socket: ClientSocket,
  event: string,
  args: unknown[],
  trace: ClientOptions['trace'],
): Promise<unknown> {
  const { timeout, signal } = takeOptions(args);
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.off('disconnect', lost);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const fail = (error: unknown): void => end(() => reject(error as Error));
    const lost = (): void =>
      fail(new CallError({ code: 'disconnected', message: 'Disconnected before the answer came.' }));
    const abort = (): void => fail(signal!.reason);
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort);
    socket.on('disconnect', lost);
    if (timeout !== undefined) {
      const message = `No answer within ${timeout} ms.`;
      timer = setTimeout(() => fail(new CallError({ code: 'timeout', message })), timeout);
    }
    socket.emit(event, ...withTrace(args, trace), (...values: unknown[]) => {
      try {
        const answer = unwrap(answerOf(values));
        end(() => resolve(answer));
      } catch (error) {
        fail(error);
      }
    });
  });
}

/** The options at the end of the arguments: an object with `timeout` or `signal`, and nothing else. */
function takeOptions(args: unknown[]): CallOptions {
  const last = args.at(-1);
  return isOptions(last) ? (args.pop() as CallOptions) : {};
}

function isOptions(value: unknown): value is CallOptions {
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(value);
  const { timeout, signal } = value as CallOptions;
  const isKnown = keys.length > 0 && keys.every((key) => key === 'timeout' || key === 'signal');
  const isTime = timeout === undefined || typeof timeout === 'number';
  return isKnown && isTime && (signal === undefined || signal instanceof AbortSignal);
}
