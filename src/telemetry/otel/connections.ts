/** A span for each client that asks to be let in: from its request until it is connected, or turned away. */
import type { ConnectionMessage } from '../../base/channels/messages.js';
import { api, tracer, type Context, type Span } from './api.js';
import { describeOutcome } from './calls.js';
import { methodOf, noteNamespace, SYSTEM } from './names.js';
import { noteConnection, parentOfConnection } from './parents.js';
import { leftOut } from './unrecorded.js';

const spans = new WeakMap<object, Span>();

/** Begins the span of a connection; returns the context in which the gate runs. */
export function beginConnection(start: ConnectionMessage): Context {
  const { socket, declared, request } = start;
  const parent = parentOfConnection(request, socket);
  if (socket && declared) noteNamespace(socket.nsp, declared.namespace);
  const unrecorded = leftOut(parent);
  if (unrecorded) return unrecorded;
  const span = spanOf(start, parent);
  spans.set(socket ?? request, span);
  if (socket) noteConnection(socket, span.spanContext());
  return api.trace.setSpan(parent, span);
}

/** Ends the span when the client is let in, or is not. */
export function endConnection(message: ConnectionMessage): void {
  const { type, socket, request } = message;
  if (type === 'start') return;
  const key = socket ?? request;
  // One that is turned away at the door has no work of its own, so that nothing began its span.
  if (!socket) beginConnection(message);
  const span = spans.get(key);
  spans.delete(key);
  if (!span) return;
  if (type === 'end') describeOutcome(span, message.outcome);
  else span.setAttribute('colloquy.connection.recovered', message.recovered);
  span.end();
}

function spanOf({ declared, id, transport, startedAt: startTime }: ConnectionMessage, parent: Context): Span {
  const method = declared && methodOf(declared.namespace, 'connect');
  const attributes = {
    'rpc.system.name': SYSTEM,
    'colloquy.transport': transport,
    ...(method === undefined ? {} : { 'rpc.method': method }),
    ...(id === undefined ? {} : { 'colloquy.socket.id': id }),
  };
  return tracer().startSpan(method ?? 'handshake', { kind: api.SpanKind.SERVER, attributes, startTime }, parent);
}
