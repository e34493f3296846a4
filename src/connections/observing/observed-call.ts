/** One call for those who subscribe to `colloquy:call`: its start and its one end, the handler inside of their stores. */
import { AsyncResource } from 'node:async_hooks';
import type { Server } from 'socket.io';
import { callChannel } from '../../base/channels/index.js';
import type { CallEnd, CallStart, DeclaredNames } from '../../base/channels/messages.js';
import { type Outcome, passed } from '../../base/channels/outcome.js';
import { type CallObserver, type ContextKind, EventContext } from '../../base/context.js';
import { eventName } from '../../base/log.js';
import type { HandlerPlan } from '../../controllers/plan/types.js';
import { callerOf, type Connection } from '../connection.js';
import { unknownEvent } from '../failures.js';
import { bytesOf } from './packet-bytes.js';

/** Follows a call from here on; asked only if somebody subscribes. */
export function observe(context: EventContext): void {
  context.observer = new ObservedCall(context);
}

/** Runs a part of the framework's work for a call: its handler. */
export function runObserved<Result>(context: EventContext, work: () => Result): Result {
  return context.observer ? context.observer.run(work) : work();
}

/** Tells those who subscribe of an event that only listeners of the application's own received. */
export function observePassed(connection: Connection, packet: readonly unknown[]): void {
  if (!callChannel.hasSubscribers) return;
  const context = new EventContext(connection.socket, unknownEvent, connection, packet, undefined);
  observe(context);
  context.end(passed);
}

class ObservedCall implements CallObserver {
  isBegun = false;
  readonly #arrived = performance.now();
  /** The handler's place in asynchronous work. A snapshot of it would cost ten times as much. */
  #place: AsyncResource | undefined;
  #facts: Facts | undefined;

  constructor(private readonly context: EventContext) {}

  run<Result>(work: () => Result): Result {
    this.isBegun = true;
    const start = this.#start();
    if (!callChannel.hasStores) {
      callChannel.publish(start);
      return work();
    }
    return callChannel.runStores(start, () => {
      this.#place = new AsyncResource('colloquy:call');
      return work();
    });
  }

  resume(work: () => void): void {
    if (this.#place) this.#place.runInAsyncScope(work);
    else work();
  }

  end(outcome: Outcome, answer: readonly unknown[] | undefined): void {
    if (!this.isBegun) callChannel.publish(this.#start());
    const ended = new Ended(this.#facts!, performance.now() - this.#arrived, outcome, answer);
    if (this.#place) this.#place.runInAsyncScope(() => callChannel.publish(ended));
    else callChannel.publish(ended);
  }

  #start(): CallStart {
    this.#facts = factsOf(this.context, this.#arrived);
    return new Started(this.#facts, performance.now() - this.#arrived);
  }
}

/** What both messages of a call say. */
type Facts = Omit<CallStart, 'type' | 'waited' | 'id'>;

function factsOf(context: EventContext, startedAt: number): Facts {
  const { socket, handler, packet } = context;
  const { event } = handler as HandlerPlan;
  return {
    context,
    startedAt,
    io: socket.nsp.server,
    kind: handler.kind,
    namespace: socket.nsp.name,
    event: eventName(packet[0]),
    declared: { namespace: callerOf(context).served.plan.label, event },
    socket: socket.id,
    handler: handler.label,
    bytes: bytesOf(packet),
  };
}

/** The id is made only for those who read it. */
class CallFacts {
  readonly context: EventContext;
  readonly startedAt: number;
  readonly io: Server;
  readonly kind: ContextKind;
  readonly namespace: string;
  readonly event: string;
  readonly declared: DeclaredNames;
  readonly socket: string;
  readonly handler: string;
  readonly bytes: number | undefined;

  constructor(facts: Facts) {
    this.context = facts.context;
    this.startedAt = facts.startedAt;
    this.io = facts.io;
    this.kind = facts.kind;
    this.namespace = facts.namespace;
    this.event = facts.event;
    this.declared = facts.declared;
    this.socket = facts.socket;
    this.handler = facts.handler;
    this.bytes = facts.bytes;
  }

  get id(): string {
    return this.context.id;
  }
}

class Started extends CallFacts implements CallStart {
  readonly type = 'start';

  constructor(
    facts: Facts,
    readonly waited: number,
  ) {
    super(facts);
  }
}

class Ended extends CallFacts implements CallEnd {
  readonly type = 'end';

  constructor(
    facts: Facts,
    readonly duration: number,
    readonly outcome: Outcome,
    readonly answer: readonly unknown[] | undefined,
  ) {
    super(facts);
  }
}
