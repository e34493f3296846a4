/** The decorators that say where a parameter gets its value. All work bare and called. */
import type { EventContext } from '../../base/context.js';
import { metadataOf } from '../metadata/store.js';
import type { ParamKind, ParamMetadata, ParamOptions } from '../metadata/types.js';
import { isParameterPlacement, type ParameterDecorator, type ParameterPlacement } from './placement.js';

/** `@Mark` or `@Mark()`. */
export interface ParameterMark {
  (): ParameterDecorator;
  (...placement: ParameterPlacement): void;
}

/** `@Mark`, `@Mark()`, `@Mark('property')`; options say how the value is validated. */
export interface PropertyMark {
  (property?: string, options?: ParamOptions): ParameterDecorator;
  (options: ParamOptions): ParameterDecorator;
  (...placement: ParameterPlacement): void;
}

/** `@Payload`, `@Payload()`, `@Payload(1)`, `@Payload('property')`, each with options. */
export interface PayloadMark extends PropertyMark {
  (position: number, options?: ParamOptions): ParameterDecorator;
}

function record([target, method, index]: ParameterPlacement, row: Omit<ParamMetadata, 'method' | 'index'>): void {
  metadataOf(target).params.push({ ...row, method: method ?? 'constructor', index });
}

function mark<Mark>(kind: ParamKind): Mark {
  return ((...args: unknown[]) => {
    if (isParameterPlacement(args)) return record(args, { kind, options: {} });
    const [first, second] = args as [(string | number | ParamOptions)?, ParamOptions?];
    const row = typeof first === 'object' ? { kind, options: first } : { kind, ...keyed(first), options: second ?? {} };
    return (...placement: ParameterPlacement) => record(placement, row);
  }) as Mark;
}

function keyed(key: string | number | undefined): { key?: string | number } {
  return key === undefined ? {} : { key };
}

/** The event's next argument; `@Payload(1)` the second one, `@Payload('room')` a property of the first. */
export const Payload: PayloadMark = mark('payload');

/** All arguments of the event, as they arrived. */
export const Args: ParameterMark = mark('args');

/** The function that answers the caller; with it, the method answers by hand and returning nothing answers nothing. */
export const Ack: ParameterMark = mark('ack');

/** The client's `auth`, or a property of it. A class is validated. */
export const Auth: PropertyMark = mark('auth');

/** The query of the handshake's address, or one value of it. A class is validated. */
export const Query: PropertyMark = mark('query');

/** The headers of the handshake, or one of them by its name in any case. */
export const Header: PropertyMark = mark('header');

/** The cookies of the handshake, or one of them, decoded. */
export const Cookie: PropertyMark = mark('cookie');

/** Socket.IO's handshake (headers, time, address, secure, url, query, auth), or a property of it. */
export const Handshake: PropertyMark = mark('handshake');

/** A value of the namespace's path: `@Param('id')` in `/game/:id`, or a group of a RegExp; without a name, all of them. */
export const Param: PropertyMark = mark('param');

/** The Socket.IO socket of the caller. */
export const ConnectedSocket: ParameterMark = mark('socket');

/** The id of the caller's socket. */
export const SocketId: ParameterMark = mark('id');

/** The caller's rooms; in `@OnDisconnect`, those that it was in. */
export const Rooms: ParameterMark = mark('rooms');

/** The room that was entered or left, in `@OnJoin` and `@OnLeave`. */
export const Room: ParameterMark = mark('room');

/** `socket.data`, or a property of it. A class types it: the first use makes an instance of it. */
export const Data: PropertyMark = mark('data');

/** The name of the event. */
export const EventName: ParameterMark = mark('event');

/**
 * The name of the transport that the caller uses now: `polling`, `websocket`, `webtransport`. Clients begin with
 * `polling` and upgrade a moment later, unless they say otherwise.
 */
export const Transport: ParameterMark = mark('transport');

/** Whether the connection is one that was lost and has been recovered, with its rooms and data. */
export const Recovered: ParameterMark = mark('recovered');

/** Why the socket disconnected, in `@OnDisconnect`; `disconnectReasons` has names for what it may be. */
export const Reason: ParameterMark = mark('reason');

/** An AbortSignal that fires when the client is gone, when the call has run out of time, and at shutdown. */
export const Signal: ParameterMark = mark('signal');

/** The arguments of a decorator; none if its argument may be missing. */
export type DecoratorArguments<Argument> = undefined extends Argument ? [argument?: Argument] : [argument: Argument];

/**
 * Makes a parameter decorator of your own.
 *
 * @param read returns the value, or a promise of it; `argument` is what the decorator was called with
 * @param label how the dispatch table names it
 * @returns the decorator: `@TheName()`, or with its argument
 */
export function createParamDecorator<Argument = void>(
  read: (context: EventContext, argument: Argument) => unknown,
  label: string = read.name || 'custom',
): (...args: DecoratorArguments<Argument>) => ParameterDecorator {
  return (...[argument]) =>
    (...placement) =>
      record(placement, { kind: 'custom', label, options: {}, read: (context) => read(context, argument as Argument) });
}
