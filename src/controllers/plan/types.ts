/**
 * The dispatch table: everything that does not depend on the message, decided at boot and frozen. Only `app.on` adds
 * to it: an event to a namespace, a row to the table.
 */
import type { HeldLease } from '../../base/held-lease.js';
import type { ContextErrorHandler, ContextHandler, ContextKind, EventContext } from '../../base/context.js';
import type { EmissionMetadata, EmissionTarget } from '../metadata/types.js';
import type { PayloadPlan } from '../../payload/index.js';
import type { ArgumentOrigin } from './arguments/origin.js';

/** Makes one argument of a handler: a value, an `Invalid`, or a promise of either. */
export type Reader = (context: EventContext, error: unknown) => unknown;

export interface ArgumentPlan {
  /** How a table names it: `Join`, `Socket`, `@Auth Credentials`. */
  readonly label: string;
  readonly read: Reader;
  /** Whether it is a list of arguments for a rest parameter. */
  readonly spread?: boolean;
  /** How a class is transformed and validated. */
  readonly payload?: PayloadPlan;
  /** From where it comes, unless its type says it: `Socket`, `EventContext`. */
  readonly origin?: ArgumentOrigin;
}

/** Handles what the handlers of one class throw. */
export type ErrorPlan = ContextErrorHandler;

/** An emission beside the answer, as `@Emit` declares it. */
export type EmissionPlan = EmissionMetadata;
export type { EmissionTarget };

/** One row of the table. */
export interface HandlerPlan extends ContextHandler {
  readonly label: string;
  readonly kind: ContextKind;
  /** The event's name, `*` for a catch-all. */
  readonly event: string;
  readonly arguments: readonly ArgumentPlan[];
  /** The names of what wraps the handler, outermost first. */
  readonly middleware: readonly string[];
  /** Whether the method took the acknowledgement into its own hands. */
  readonly answersByHand: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  /** Middleware, readers, method: returns the result or a promise of it, throws what they throw. */
  readonly run: (context: EventContext) => unknown;
  /** Checks an answer by hand, if `returns` is declared; `run` does it by itself. Throws if the answer does not fit. */
  readonly outgoing?: (answer: unknown) => unknown;
  /** The most derived class of errors first. */
  readonly errors: readonly ErrorPlan[];
  /** The emissions beside the answer: of the result, or of a failure. */
  readonly emissions: readonly EmissionPlan[];
}

export interface NamespacePlan {
  /** As it was declared. */
  readonly path: string | RegExp;
  /** The path as the table prints it. */
  readonly label: string;
  /** The pattern, if the path stands for a family of namespaces. */
  readonly pattern: RegExp | undefined;
  readonly events: ReadonlyMap<string, HandlerPlan>;
  /** Catches the events that nothing else handles. */
  readonly any: HandlerPlan | undefined;
  /** Runs before a client is connected, if there is anything to run. */
  readonly connect: HandlerPlan | undefined;
  /** Runs when a connection has ended, if there is anything to run. */
  readonly disconnect: HandlerPlan | undefined;
  readonly join: readonly HandlerPlan[];
  readonly leave: readonly HandlerPlan[];
}

/** Work beside the events. */
export interface BackgroundPlan {
  readonly label: string;
  /** The namespaces whose clients count, as they were declared; `undefined` for all of the application. */
  readonly paths: readonly (string | RegExp)[] | undefined;
  /** Milliseconds from one call to the next; `undefined` for a single call. */
  readonly every: number | undefined;
  readonly start: 'boot' | 'first-client';
  readonly stop: 'shutdown' | 'last-client';
  readonly once: 'cluster' | undefined;
  /** The name of its lease. */
  readonly key: string;
  readonly run: (signal: AbortSignal, lease: HeldLease) => unknown;
}

/** One line of `app.table`. */
export interface PlanRow {
  /** The kind of row: `event` for messages, `emission` for declared emissions, else a lifecycle event, `error`, or `background`. */
  readonly kind: ContextKind | 'error' | 'background' | 'emission';
  /** As it was declared; empty for a service, and for what may be sent. */
  readonly namespace: string;
  /** The event's name; `connect`, `disconnect`, `error`, `join`, `leave`, `background` for those moments, `*` for a catch-all. */
  readonly event: string;
  /** `Class.method`; `(sent to clients)` for what may be sent. */
  readonly handler: string;
  readonly arguments: readonly string[];
  readonly middleware: readonly string[];
  /** Which way each payload goes: compiled at boot, or through the libraries, and then why. */
  readonly payloads: readonly PayloadRow[];
  /** The events that are emitted beside the acknowledgement. */
  readonly emits: readonly string[];
}

/** How the payloads of one class are read, as `app.table` tells it. */
export interface PayloadRow {
  /** The name of the class. */
  readonly type: string;
  readonly mode: 'compiled' | 'library';
  /** Why it is not compiled; absent if it is. */
  readonly reasons: readonly string[];
}
