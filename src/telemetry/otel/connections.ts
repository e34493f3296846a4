/**
 * A span for each client that asks to be let in: from its request until it is connected, or turned away. One that was let in has a
 * second one when it leaves, in a trace of its own, as calls have.
 */
import type { ConnectionEnd, ConnectionMessage } from '../../base/channels/messages.js';
import { wasLetIn } from '../../base/channels/outcome.js';
import { api, ROOT_CONTEXT, trace, type Attributes, type Context, type Span } from './api.js';
import { describeOutcome } from './calls.js';
import { methodOf, noteNamespace, SYSTEM } from './names.js';
import { linksTo, noteConnection, parentOfConnection } from './parents.js';
import { startSpan } from './sampling/share.js';
import { leftOut } from './sampling/unrecorded.js';

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
  return trace.setSpan(parent, span);
}

/** Ends the span when the client is let in, or is not; makes that of a client that leaves. */
export function endConnection(message: ConnectionMessage): void {
  const { type, socket, request } = message;
  if (type === 'start') return;
  if (type === 'end' && wasLetIn(message.outcome)) return recordDeparture(message);
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

/** The span has the time for which the client was there. */
function recordDeparture(message: ConnectionEnd): void {
  if (leftOut(ROOT_CONTEXT)) return;
  const { socket, declared, startedAt: startTime, outcome, reason } = message;
  const options = {
    kind: api.SpanKind.INTERNAL,
    attributes: attributesOf(message),
    links: linksTo(socket!),
    startTime,
  };
  const span = startSpan(`connection ${declared!.namespace}`, options, ROOT_CONTEXT);
  if (reason !== undefined) span.setAttribute('colloquy.connection.reason', reason);
  describeOutcome(span, outcome);
  span.end();
}

function spanOf(message: ConnectionMessage, parent: Context): Span {
  const { declared, startedAt: startTime } = message;
  const method = declared && methodOf(declared.namespace, 'connect');
  const attributes = { ...attributesOf(message), ...(method === undefined ? {} : { 'rpc.method': method }) };
  return startSpan(method ?? 'handshake', { kind: api.SpanKind.SERVER, attributes, startTime }, parent);
}

function attributesOf({ id, transport }: ConnectionMessage): Attributes {
  return {
    'rpc.system.name': SYSTEM,
    'colloquy.transport': transport,
    ...(id === undefined ? {} : { 'colloquy.socket.id': id }),
  };
}
