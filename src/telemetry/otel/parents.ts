/** Where a trace comes from: `traceparent` of a handshake, of a call, or of a message of another node. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'socket.io';
import { api, ROOT_CONTEXT, type Context, type Link, type SpanContext } from './api.js';

/** Most characters of one of the texts that describe a trace; the conventions allow 512 for `tracestate` and 8,192 for `baggage`. */
const LONGEST_TEXT = 8_192;

/** Returns the context that texts describe; without a valid `traceparent`, one without a span. Propagators never see what is no text. */
export function contextOf(from: object | null | undefined): Context {
  const given = (from ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof given['traceparent'] !== 'string') return ROOT_CONTEXT;
  const texts: Record<string, string> = {};
  for (const field of api.propagation.fields()) {
    const text = given[field];
    if (typeof text === 'string' && text.length <= LONGEST_TEXT) texts[field] = text;
  }
  return api.propagation.extract(ROOT_CONTEXT, texts);
}

/** The parent of a connection: the headers of its handshake, else its `auth`. */
export function parentOfConnection(request: IncomingMessage, socket: Socket | undefined): Context {
  const { traceparent } = request.headers;
  return contextOf(traceparent === undefined ? (socket?.handshake.auth as object | undefined) : request.headers);
}

/** The parent of a call: `traceparent` beside the other keys of its first argument, as `colloquy/client` sends it. */
export function parentOfCall(packet: readonly unknown[]): Context {
  const first = packet[1];
  return typeof first === 'object' ? contextOf(first) : ROOT_CONTEXT;
}

const connections = new WeakMap<Socket, readonly Link[]>();

/** Notes the span in which a socket was let in. */
export function noteConnection(socket: Socket, context: SpanContext): void {
  if (api.isSpanContextValid(context)) connections.set(socket, [{ context }]);
}

/** The link to the span in which a socket was let in. */
export function linksTo(socket: Socket): Link[] {
  return (connections.get(socket) ?? []) as Link[];
}
