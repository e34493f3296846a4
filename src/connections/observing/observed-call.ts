/** One call for those who subscribe to `colloquy:call`: its start and its one end, the handler inside of their stores. */
import { performance } from 'node:perf_hooks';
import type { Server } from 'socket.io';
import { callChannel } from '../../base/channels/index.js';
import type { CallEnd, CallStart, DeclaredNames } from '../../base/channels/messages.js';
import { type Outcome, passed } from '../../base/channels/outcome.js';
import { type CallObserver, type ContextKind, EventContext, Reply } from '../../base/context.js';
import { eventName } from '../../base/log.js';
import type { HandlerPlan } from '../../controllers/plan/types.js';
import { callerOf, type Connection } from '../connection.js';
import { unknownEvent } from '../failures.js';
import { bytesOf } from './packet-bytes.js';

/**
 * Returns what follows a call of which nobody else hears; `nothing` if that is not needed; `undefined` if messages are to be made of it.
 * @param isInside whether the context of a run of events is active, in which the call's turn began
 */
type PassOver = (context: EventContext, isInside: boolean) => CallObserver | 'nothing' | undefined;

let passOver: PassOver | undefined;

/** Asks about each call first. Only `colloquy/otel` does. */
export function passOverCalls(decide: PassOver | undefined): void {
  passOver = decide;
}

/** Follows a call from here on; called only if there is a subscriber. */
export function observe(context: EventContext, isInside = false): void {
  const followed = passedOver(context, isInside) ?? new ObservedCall(context);
  if (followed !== 'nothing') context.observer = followed;
}

/** What fails while it decides fails no call: the call is told of, as without it. */
function passedOver(context: EventContext, isInside: boolean): ReturnType<PassOver> {
  try {
    return passOver?.(context, isInside);
  } catch {
    return undefined;
  }
}

/** Runs a part of the framework's work for a call: its handler. */
export function runObserved<Result>(context: EventContext, work: (context: EventContext) => Result): Result {
  return context.observer ? context.observer.run(work, context) : work(context);
}

/** Tells those who subscribe of an event that only listeners of the application's own received. */
export function observePassed(connection: Connection, packet: readonly unknown[]): void {
  if (!callChannel.hasSubscribers) return;
  const context = new EventContext(connection.socket, unknownEvent, connection, packet, undefined);
  observe(context);
  context.end(passed);
}

class ObservedCall implements CallObserver {
  #isBegun = false;
  readonly #arrived = performance.now();

  constructor(private readonly context: EventContext) {}

  run<Result>(work: (context: EventContext) => Result): Result {
    this.#isBegun = true;
    return callChannel.runStores(this.#start(), () => work(this.context));
  }

  end(outcome: Outcome, isAnswered: boolean, value: unknown): void {
    if (!this.#isBegun) callChannel.publish(this.#start());
    const answer = isAnswered ? valuesOf(value) : undefined;
    callChannel.publish(new Ended(this.context, this.#arrived, outcome, answer));
  }

  #start(): CallStart {
    return new Started(this.context, this.#arrived);
  }
}

/** The names of a call by the plan of its handler. */
export function declaredBy(context: EventContext): DeclaredNames {
  return { namespace: callerOf(context).served.plan.label, event: (context.handler as HandlerPlan).event };
}

function valuesOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : value instanceof Reply ? value.values : [value];
}

/** The id is made only for those who read it. */
class CallFacts {
  readonly io: Server;
  readonly kind: ContextKind;
  readonly namespace: string;
  readonly event: string;
  readonly declared: DeclaredNames;
  readonly socket: string;
  readonly handler: string;
  readonly bytes: number | undefined;

  constructor(
    readonly context: EventContext,
    readonly startedAt: number,
  ) {
    const { socket, handler, packet } = context;
    this.io = socket.nsp.server;
    this.kind = handler.kind;
    this.namespace = socket.nsp.name;
    this.event = eventName(packet[0]);
    this.declared = declaredBy(context);
    this.socket = socket.id;
    this.handler = handler.label;
    this.bytes = bytesOf(packet);
  }

  get id(): string {
    return this.context.id;
  }
}

class Started extends CallFacts implements CallStart {
  readonly type = 'start';
  readonly waited: number;

  constructor(context: EventContext, startedAt: number) {
    super(context, startedAt);
    this.waited = performance.now() - startedAt;
  }
}

class Ended extends CallFacts implements CallEnd {
  readonly type = 'end';
  readonly duration: number;

  constructor(
    context: EventContext,
    startedAt: number,
    readonly outcome: Outcome,
    readonly answer: readonly unknown[] | undefined,
  ) {
    super(context, startedAt);
    this.duration = performance.now() - startedAt;
  }
}
