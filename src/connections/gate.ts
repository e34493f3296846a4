/**
 * The gate before a connection: the client is told that it is connected when `@Auth`, middleware and `@OnConnect` have
 * finished, and not before. Whatever becomes of the client meanwhile, nothing is left behind.
 */
import type { Socket } from 'socket.io';
import { connectionChannel } from '../base/channels/index.js';
import type { ConnectionOutcome } from '../base/channels/messages.js';
import {
  closedOver,
  connectTwice,
  gone,
  noAnswer,
  refusals,
  timedOut,
  tooDeep,
  type Outcome,
} from '../base/channels/outcome.js';
import { EventContext, runIn } from '../base/context.js';
import { ConnectionRefused } from '../base/errors.js';
import { exceedsDepth } from '../payload/index.js';
import type { HandlerPlan } from '../controllers/plan/types.js';
import { Connection, connectionOf, keepConnection } from './connection.js';
import { cleanup, closed } from './departure.js';
import { emitReserved, onack } from './callbacks.js';
import { dispatch, onevent } from './dispatch.js';
import { emit } from './sending/declared-emits.js';
import { handleError, refusalOf, reportFault, reportLate, sendableRefusal } from './failures.js';
import { quickError, tooDeep as tooDeepError } from './known-failures.js';
import { ObservedConnection } from './observing/observed-connection.js';
import { bufferPackets, sendEvent } from './sending/packet-buffer.js';
import { internalsOf } from './internals.js';
import { openLane } from './lane/lane.js';
import { takeMissed } from './recovery/missed-packets.js';
import type { ServedNamespace } from './runtime.js';
import { isThenable, promiseOf } from '../base/thenable.js';
import { beginEntering, endEntering } from './namespaces/entering.js';
import { compactListeners } from './namespaces/listeners.js';
import { enterTransport, leaveTransport } from './namespaces/pending-namespaces.js';
import { compactMaps } from './namespaces/small-map.js';
import { awaitMiddleware, endMiddleware, startJoinTimer, stopJoinTimer } from './namespaces/join-timer.js';

/** Socket.IO's `next` of a namespace's middleware. */
type Next = (error?: Error) => void;

/** Runs as the namespace's middleware, once for each connection. */
export function admit(served: ServedNamespace, socket: Socket, next: Next): void {
  const connection = attach(served, socket);
  if (connection.observer) connection.observer.run(() => examine(connection, next));
  else examine(connection, next);
}

function examine(connection: Connection, next: Next): void {
  const { socket, served } = connection;
  const { calls, limits, counters } = served.runtime;
  const { connect } = served.plan;
  const entry = enterTransport(socket, limits.namespaces);
  if (entry === 'twice') return ignore(connection);
  if (entry === 'full') {
    counters.count('namespaces');
    takeMissed(socket);
    connection.observer?.end({ kind: 'refused', code: 'refused', limit: 'namespaces' });
    return next(refusalOf(quickError('refused')));
  }
  stopJoinTimer(connection);
  if (calls.closing) {
    counters.count('closing');
    return refuse(refusalOf(quickError('closing')), connection, next, refusals.closing);
  }
  if (exceedsDepth(socket.handshake.auth, limits.depth)) {
    counters.count('depth');
    return refuse(refusalOf(tooDeepError(limits.depth)), connection, next, tooDeep);
  }
  if (connect || socket.recovered) bufferPackets(socket);
  if (socket.recovered) beginEntering(socket);
  if (connect) new ConnectionAttempt(connection, connect, next).run();
  else accept(connection, next);
}

/** Runs when a socket is connected: also for one that Socket.IO recovered past all middleware. */
export function connected(served: ServedNamespace, socket: Socket): void {
  leaveTransport(socket);
  endEntering(socket);
  endMiddleware(socket);
  const known = connectionOf(socket);
  if (known) return known.observer?.accepted();
  const connection = attach(served, socket);
  connection.observer?.run(() => undefined);
  install(connection);
  connection.observer?.accepted();
  for (const data of takeMissed(socket)) sendEvent(socket, data);
}

/** A second CONNECT to a namespace while the first is on its way: a client that gets a refusal would be deaf. */
function ignore({ socket, served, observer }: Connection): void {
  takeMissed(socket);
  internalsOf(socket)._cleanup();
  served.runtime.counters.count('connect_twice');
  observer?.end(connectTwice);
}

function attach(served: ServedNamespace, socket: Socket): Connection {
  const connection = new Connection(socket, served);
  keepConnection(connection);
  if (connectionChannel.hasSubscribers)
    connection.observer = new ObservedConnection(socket, served.plan.label, connection.log);
  socket.emit = emit;
  compactListeners(socket);
  compactMaps(socket);
  return connection;
}

/** From here on the application believes in the connection, so its end is reported whatever happens. */
function accept(connection: Connection, next: Next): void {
  install(connection);
  awaitMiddleware(connection);
  next();
}

function install(connection: Connection): void {
  const internals = internalsOf(connection.socket);
  internals.dispatch = dispatch;
  internals._cleanup = cleanup;
  internals._onclose = closed;
  internals.onevent = onevent;
  internals.onack = onack;
  internals.emitReserved = emitReserved;
  openLane(connection);
  connection.served.runtime.latest.keep(connection);
}

function refuse(error: Error, connection: Connection, next: Next, outcome: Outcome): void {
  connection.ended = true;
  connection.observer?.end(connection.isOpen ? (outcome as ConnectionOutcome) : gone);
  connection.abort();
  connection.dispose();
  takeMissed(connection.socket);
  leaveTransport(connection.socket);
  endEntering(connection.socket);
  startJoinTimer(connection);
  next(error);
}

/** One client on its way in. */
class ConnectionAttempt {
  readonly #context: EventContext;
  #over = false;
  /** Set while it waits: hears that the client has left. */
  #vanish: (() => void) | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly plan: HandlerPlan,
    private readonly next: Next,
  ) {
    const { socket } = connection;
    this.#context = new EventContext(socket, plan, connection, [plan.event, socket.handshake.auth], undefined);
  }

  run(): void {
    this.connection.onEnter = () => beginEntering(this.connection.socket);
    try {
      const result = runIn(this.#context, this.plan.run);
      if (isThenable(result)) this.#wait(promiseOf(result));
      else this.#conclude(result);
    } catch (error) {
      this.#fail(error);
    }
  }

  #wait(result: Promise<unknown>): void {
    const { calls } = this.connection.served.runtime;
    this.#context.onExpire = () => {
      this.#context.outcome = calls.closing ? closedOver : timedOut;
      this.#fail(quickError(calls.closing ? 'closing' : 'timeout'));
    };
    calls.add(this.#context, this.plan.timeout);
    // The client may leave while it is waiting: what runs is aborted, and its result decides what there is to report.
    this.#vanish = () => this.connection.abort();
    // One listener for each namespace that the transport waits for.
    this.connection.socket.conn.setMaxListeners(0).once('close', this.#vanish);
    result.then(
      (value) => this.#conclude(value),
      (error: unknown) => this.#fail(error),
    );
  }

  #conclude(result: unknown): void {
    if (result === false || !this.#context.reached) this.#fail(new ConnectionRefused());
    else if (this.#finish()) {
      accept(this.connection, this.next);
      this.connection.served.runtime.latest.context = this.#context;
      this.#context.end(noAnswer);
      this.#context.scope?.answered();
    }
  }

  #fail(error: unknown): void {
    if (!this.#finish()) return reportLate(this.#context, error);
    const { answer, handlerResult } = handleError(this.#context, error);
    const end = (): void => this.#context.scope?.end();
    if (isThenable(handlerResult))
      void promiseOf(handlerResult)
        .catch((fault: unknown) => reportFault(this.#context, fault))
        .finally(end);
    else end();
    const outcome = this.#context.outcome!;
    refuse(sendableRefusal(this.#context, answer), this.connection, this.next, outcome);
    this.#context.end(outcome);
  }

  /** `false` if the attempt had ended before. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.connection.onEnter = undefined;
    if (this.#vanish) {
      this.connection.served.runtime.calls.delete(this.#context, this.plan.timeout);
      this.connection.socket.conn.removeListener('close', this.#vanish);
    }
    return true;
  }
}
