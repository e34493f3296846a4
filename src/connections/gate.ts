/**
 * The gate before a connection: the client is told that it is connected when `@Auth`, middleware and `@OnConnect` have
 * finished, and not before. Whatever becomes of the client meanwhile, nothing is left behind.
 */
import type { Socket } from 'socket.io';
import { EventContext, runIn } from '../base/context.js';
import { ConnectionRefused } from '../base/errors.js';
import { exceedsDepth } from '../payload/index.js';
import type { HandlerPlan } from '../controllers/plan/types.js';
import { Connection } from './connection.js';
import { cleanup, closed } from './departure.js';
import { dispatch } from './dispatch.js';
import { emit } from './sending/declared-emits.js';
import { handleError, refusalOf, reportFault, reportLate, sendableRefusal } from './failures.js';
import { quickError, tooDeep } from './known-failures.js';
import { bufferPackets, sendEvent } from './sending/packet-buffer.js';
import { connectionKey, connectionOf, internalsOf, namespaceInternalsOf } from './internals.js';
import { takeMissed } from './recovery/missed-packets.js';
import type { ServedNamespace } from './runtime.js';
import { isThenable, promiseOf } from '../base/thenable.js';
import { enterTransport, leaveTransport } from './namespaces/pending-namespaces.js';

/** Socket.IO's `next` of a namespace's middleware. */
type Next = (error?: Error) => void;

/** Runs as the namespace's middleware, once for each connection. */
export function admit(served: ServedNamespace, socket: Socket, next: Next): void {
  const connection = attach(served, socket);
  const { calls, limits } = served.runtime;
  const { connect } = served.plan;
  if (!enterTransport(socket, limits.namespaces)) {
    takeMissed(socket);
    return next(refusalOf(quickError('refused')));
  }
  if (calls.closing) return refuse(refusalOf(quickError('closing')), connection, next);
  if (exceedsDepth(socket.handshake.auth, limits.depth)) {
    return refuse(refusalOf(tooDeep(limits.depth)), connection, next);
  }
  if (connect || socket.recovered) bufferPackets(socket);
  if (socket.recovered) register(socket);
  if (connect) new ConnectionAttempt(connection, connect, next).run();
  else accept(connection, next);
}

/** Runs when a socket is connected: also for one that Socket.IO recovered past all middleware. */
export function connected(served: ServedNamespace, socket: Socket): void {
  leaveTransport(socket);
  if (connectionOf(socket)) return;
  install(attach(served, socket));
  for (const data of takeMissed(socket)) sendEvent(socket, data);
}

/** Makes the socket part of its namespace before it is connected: broadcasts reach it, and are held with its own emits. */
function register(socket: Socket): void {
  const namespace = namespaceInternalsOf(socket.nsp);
  if (!namespace._preConnectSockets.delete(socket.id)) return;
  namespace.sockets.set(socket.id, socket);
  void socket.join(socket.id);
}

function attach(served: ServedNamespace, socket: Socket): Connection {
  const connection = new Connection(socket, served);
  internalsOf(socket)[connectionKey] = connection;
  if (served.runtime.emits) socket.emit = emit;
  return connection;
}

/** From here on the application believes in the connection, so its end is reported whatever happens. */
function accept(connection: Connection, next: Next): void {
  install(connection);
  next();
}

function install({ socket }: Connection): void {
  const internals = internalsOf(socket);
  internals.dispatch = dispatch;
  internals._cleanup = cleanup;
  internals._onclose = closed;
}

function refuse(error: Error, connection: Connection, next: Next): void {
  connection.ended = true;
  connection.abort();
  connection.dispose();
  takeMissed(connection.socket);
  leaveTransport(connection.socket);
  next(error);
}

/** One client on its way in. */
class ConnectionAttempt {
  readonly #context: EventContext;
  #over = false;
  #waiting = false;

  constructor(
    private readonly connection: Connection,
    private readonly plan: HandlerPlan,
    private readonly next: Next,
  ) {
    const { socket } = connection;
    this.#context = new EventContext(socket, plan, connection, [plan.event, socket.handshake.auth], undefined);
  }

  run(): void {
    this.connection.onEnter = () => register(this.connection.socket);
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
    this.#waiting = true;
    this.#context.onExpire = () => this.#fail(quickError(calls.closing ? 'closing' : 'timeout'));
    calls.add(this.#context, this.plan.timeout);
    // One listener for each namespace that the transport waits for.
    this.connection.socket.conn.setMaxListeners(0).once('close', this.#vanish);
    result.then(
      (value) => this.#conclude(value),
      (error: unknown) => this.#fail(error),
    );
  }

  /** The client left while it was waiting: what runs is told, and its result decides what there is to report. */
  readonly #vanish = (): void => this.connection.abort();

  #conclude(result: unknown): void {
    if (result === false || !this.#context.reached) this.#fail(new ConnectionRefused());
    else if (this.#finish()) accept(this.connection, this.next);
  }

  #fail(error: unknown): void {
    if (!this.#finish()) return reportLate(this.#context, error);
    const { answer, handlerResult } = handleError(this.#context, error);
    if (isThenable(handlerResult))
      void promiseOf(handlerResult).catch((fault: unknown) => reportFault(this.#context, fault));
    refuse(sendableRefusal(this.#context, answer), this.connection, this.next);
  }

  /** `false` where the passage had ended before. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.connection.onEnter = undefined;
    if (this.#waiting) {
      this.connection.served.runtime.calls.delete(this.#context, this.plan.timeout);
      this.connection.socket.conn.removeListener('close', this.#vanish);
    }
    return true;
  }
}
