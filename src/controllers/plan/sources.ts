/** Where a parameter's value comes from: one function for each kind of decorator. */
import { parse as parseCookies } from 'cookie';
import type { EventContext } from '../../base/context.js';
import { isThenable, promiseOf } from '../../base/thenable.js';
import type { ParamFacts } from '../scan/facts.js';
import type { Reader } from './types.js';

/** What a handler is given before it is checked against a class. */
export interface Source {
  /** The decorator's part of the table's cell, `''` for a plain payload. */
  readonly label: string;
  readonly read: Reader;
  /** Whether the value came from the client and is checked against the parameter's type. */
  readonly checked: boolean;
  /** Whether the values are text by nature (query, header, cookie, path), so numbers are read from text. */
  readonly textual: boolean;
}

/** The packet's position 0 is the event's name, so argument n is at n + 1. */
export function argumentSource(position: number, property?: string | number): Source {
  const at = position + 1;
  const read: Reader =
    property === undefined ? (context) => context.packet[at] : (context) => propertyOf(context.packet[at], property);
  return { label: property === undefined ? '' : `@Payload('${property}')`, read, checked: true, textual: false };
}

/** Gives the source of a decorated parameter other than `@Payload`. */
export function decoratedSource({ metadata }: ParamFacts): Source {
  const { kind, key, label } = metadata!;
  const name = `@${label ?? kind[0]!.toUpperCase() + kind.slice(1)}${key === undefined ? '' : `('${key}')`}`;
  const whole = { label: name, checked: false, textual: false };
  switch (kind) {
    case 'auth':
      return { ...whole, read: picked((context) => context.socket.handshake.auth, key), checked: true };
    case 'query':
      return { ...whole, read: picked((context) => context.socket.handshake.query, key), checked: true, textual: true };
    case 'header':
      return {
        ...whole,
        read: picked(headers, key === undefined ? key : String(key).toLowerCase()),
        checked: true,
        textual: true,
      };
    case 'cookie':
      return { ...whole, read: picked(cookies, key), checked: true, textual: true };
    case 'param':
      return { ...whole, read: picked((context) => context.connection.params, key), checked: true, textual: true };
    case 'handshake':
      return { ...whole, read: picked((context) => context.socket.handshake, key) };
    case 'custom':
      return { ...whole, read: awaitable(metadata!.read!) };
    default:
      return { ...whole, read: plainReaders[kind] ?? ((context) => context) };
  }
}

const plainReaders: Readonly<Record<string, Reader>> = {
  args: (context) => context.args,
  ack: (context) => context.connection.answerer(context),
  socket: (context) => context.socket,
  id: (context) => context.socket.id,
  rooms: (context) => context.rooms,
  room: (context) => context.packet[1],
  event: (context) => context.event,
  reason: (context) => context.packet[1],
  transport: (context) => context.socket.conn.transport.name,
  recovered: (context) => context.socket.recovered,
  signal: (context) => context.signal,
};

/** A reader of the user's own may give any thenable; the framework knows promises. */
function awaitable(read: Reader): Reader {
  return (context, error) => {
    const value = read(context, error);
    return isThenable(value) ? promiseOf(value) : value;
  };
}

function headers(context: EventContext): unknown {
  return context.socket.handshake.headers;
}

function cookies(context: EventContext): unknown {
  return parseCookies(context.socket.handshake.headers.cookie ?? '');
}

function picked(from: (context: EventContext) => unknown, key: string | number | undefined): Reader {
  return key === undefined ? from : (context) => propertyOf(from(context), key);
}

function propertyOf(value: unknown, property: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, property)) return undefined;
  return (value as Record<string | number, unknown>)[property];
}
