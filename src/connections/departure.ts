/** The end of a connection that was accepted: reported exactly once, with the rooms as they were. */
import type { DisconnectReason, Socket } from 'socket.io';
import { callChannel } from '../base/channels/index.js';
import type { ConnectionOutcome } from '../base/channels/messages.js';
import { noAnswer, timedOut, wasLetIn } from '../base/channels/outcome.js';
import { EventContext, runIn } from '../base/context.js';
import { reportEach } from '../controllers/plan/lifecycle-errors.js';
import type { HandlerPlan } from '../controllers/plan/types.js';
import { callerOf, type Connection, connectionOf } from './connection.js';
import { handleError, reportFault } from './failures.js';
import { internalsOf, optionsOf } from './internals.js';
import { observe, runObserved } from './observing/observed-call.js';
import { absenceOf, departureOf, noteCut } from './observing/observed-connection.js';
import { isThenable, promiseOf } from '../base/thenable.js';
import { endMiddleware, startJoinTimer } from './namespaces/join-timer.js';
import { endEntering } from './namespaces/entering.js';
import { leaveTransport } from './namespaces/pending-namespaces.js';

/** Takes the place of a socket's `_onclose`, which Socket.IO calls whatever ended the connection. */
export function closed(this: Socket, reason: DisconnectReason, description?: unknown): void {
  if (!this.connected) return;
  const connection = connectionOf(this)!;
  connection.lastRooms = [...this.rooms];
  reportTooLarge(connection, description);
  try {
    internalsOf(Object.getPrototypeOf(this) as Socket)._onclose.call(this, reason, description);
  } finally {
    depart(connection, departureOf(this), reason, description);
  }
}

/** A message over the limit ends the connection, and its client gets no reason. */
function reportTooLarge({ socket, served }: Connection, description: unknown): void {
  if (!(description instanceof Error) || !/max payload/i.test(description.message)) return;
  noteCut(socket.conn, { limit: 'payload' });
  const { counters, log } = served.runtime;
  if (!counters.isNew(socket.conn, 'payload')) return;
  counters.count('payload');
  const { maxHttpBufferSize: limit } = optionsOf(socket.nsp.server);
  const { _receiver: receiver } =
    (socket.conn.transport as unknown as { socket?: { _receiver?: PartialMessage } }).socket ?? {};
  log.warn({ socket: socket.id, size: receiver?._payloadLength, limit }, TOO_LARGE);
}

/** The state of `ws` for a message that has not arrived completely. */
interface PartialMessage {
  readonly _payloadLength?: number;
}

/** The warning about a message over the limit. */
export const TOO_LARGE = 'a message is larger than limits.payload; its connection ends';

/**
 * Takes the place of a socket's `_cleanup`: Socket.IO calls it, and emits no event, when an accepted client left or was
 * refused by a later middleware before it was connected. Once is enough: middleware may call `next` after its client has left.
 */
export function cleanup(this: Socket): void {
  const connection = connectionOf(this)!;
  if (connection.ended) return;
  const { connected: wasConnected } = this;
  if (!wasConnected) connection.lastRooms = [...this.rooms];
  internalsOf(Object.getPrototypeOf(this) as Socket)._cleanup.call(this);
  if (wasConnected) return;
  leaveTransport(this);
  endEntering(this);
  endMiddleware(this);
  depart(connection, connection.isOpen ? { kind: 'refused' } : absenceOf(this), 'transport close');
  if (connection.isOpen) startJoinTimer(connection);
}

function depart(
  connection: Connection,
  outcome: ConnectionOutcome,
  reason: DisconnectReason,
  description?: unknown,
): void {
  if (connection.ended) return;
  connection.ended = true;
  connection.abort();
  connection.observer?.end(outcome, wasLetIn(outcome) ? reason : undefined);
  const { disconnect } = connection.served.plan;
  if (disconnect) void runDeparture(connection, disconnect, [disconnect.event, reason, description]);
  else connection.dispose();
}

async function runDeparture(connection: Connection, plan: HandlerPlan, packet: unknown[]): Promise<void> {
  const context = new EventContext(connection.socket, plan, connection, packet, undefined);
  if (callChannel.hasSubscribers) observe(context);
  await counted(context, plan, 'the handlers of the disconnection', () =>
    runObserved(context, () => runIn(context, plan.run)),
  );
  connection.dispose();
}

/** Counts what answers no client among the calls, so that a shutdown waits for it; failures are logged. Never rejects. */
export async function counted(
  context: EventContext,
  { timeout }: HandlerPlan,
  what: string,
  work: () => unknown,
): Promise<void> {
  const { calls } = callerOf(context).served.runtime;
  context.onExpire = () => {
    const error = new Error(`${what} took too long`);
    context.end({ ...timedOut, error });
    reportFault(context, error);
    context.scope?.end();
  };
  calls.add(context, timeout);
  try {
    await work();
  } catch (error) {
    await reportEach(context, error, (each) => report(context, each));
  }
  if (calls.delete(context, timeout)) context.end(context.outcome ?? noAnswer);
  context.scope?.end();
}

/** Runs the error handlers; there is no client to answer. */
export async function report(context: EventContext, error: unknown): Promise<void> {
  const { handlerResult } = handleError(context, error);
  if (isThenable(handlerResult)) await promiseOf(handlerResult).catch((fault: unknown) => reportFault(context, fault));
}
