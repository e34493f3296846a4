/** The sources of parameters' values: one function for each kind of decorator. */
import { parse as parseCookies } from 'cookie';
import type { EventContext } from '../../../base/context.js';
import { isThenable, promiseOf } from '../../../base/thenable.js';
import type { ParamKind } from '../../metadata/types.js';
import type { ParamFacts } from '../../scan/facts.js';
import type { Reader } from '../types.js';
import { argumentSource, propertyOf, type Source } from './check-value.js';

/** A source without its label, for a decorator with or without a key. */
type Sourcing = (key: string | number | undefined) => Omit<Source, 'label'>;

/** A value of the connection: passed as it is. */
const plain =
  (read: Reader): Sourcing =>
  () => ({ read, checked: false, textual: false });

/** Text of the handshake: numbers and booleans are read from it. */
const textual =
  (from: (context: EventContext) => unknown): Sourcing =>
  (key) => ({ read: picked(from, key), checked: true, textual: true });

/** The source of each kind of decorator; `payload` and `custom` have more to say. A kind without a source does not compile. */
const sources: Readonly<Record<Exclude<ParamKind, 'payload' | 'custom'>, Sourcing>> = {
  auth: (key) => ({ read: picked((context) => context.socket.handshake.auth, key), checked: true, textual: false }),
  query: textual((context) => context.socket.handshake.query),
  header: (key) => textual(headers)(key === undefined ? key : String(key).toLowerCase()),
  cookie: textual(cookies),
  param: textual((context) => context.connection.params),
  handshake: (key) => ({ read: picked((context) => context.socket.handshake, key), checked: false, textual: false }),
  args: plain((context) => context.args),
  ack: plain((context) => context.connection.answerer(context)),
  socket: plain((context) => context.socket),
  id: plain((context) => context.socket.id),
  rooms: plain((context) => context.rooms),
  room: plain((context) => context.packet[1]),
  data: plain((context) => context.socket.data as unknown),
  event: plain((context) => context.event),
  reason: plain((context) => context.packet[1]),
  transport: plain((context) => context.socket.conn.transport.name),
  recovered: plain((context) => context.socket.recovered),
  signal: plain((context) => context.signal),
};

/** Returns the source of a decorated parameter other than `@Payload`. */
export function decoratedSource({ metadata }: ParamFacts): Source {
  const { kind, key, label, read } = metadata!;
  const name = `@${label ?? kind[0]!.toUpperCase() + kind.slice(1)}${key === undefined ? '' : `('${key}')`}`;
  if (kind === 'payload') return argumentSource(0, key);
  if (kind === 'custom') return { label: name, read: awaitable(read!), checked: false, textual: false };
  return { label: name, ...sources[kind](key) };
}

/** A reader of the user's own may return any thenable; the framework knows promises. */
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
