/** The state that all connections of an application share. */
import type { DependencyContainer } from '../base/container.js';
import type { EventContext } from '../base/context.js';
import type { Counters } from '../base/counters.js';
import type { Limits } from '../base/limits.js';
import type { Logger } from '../base/log.js';
import type { EmitsPlan } from '../controllers/emits/plan.js';
import type { NamespacePlan } from '../controllers/plan/types.js';
import type { Tasks } from './ambient/tasks.js';
import type { Calls } from './calls.js';
import type { LatestClient } from './namespaces/latest-client.js';
import type { Scopes } from './scopes/scopes.js';

/** Handles what no `@OnError` answered; what it returns, if anything, answers the client. */
export type ErrorHandler = (error: unknown, context: EventContext) => unknown;

export interface Runtime {
  readonly log: Logger;
  readonly limits: Limits;
  /** Whether answers carry the text of what was thrown. */
  readonly debug: boolean;
  /** Whether events may take the fast lane. */
  readonly fastLane: boolean;
  readonly onError: ErrorHandler | undefined;
  readonly container: DependencyContainer;
  /** The services of connections and calls. */
  readonly scopes: Scopes;
  readonly calls: Calls;
  /** Work that handlers have started and do not wait for. */
  readonly tasks: Tasks;
  readonly counters: Counters;
  readonly latest: LatestClient;
  /** The declared emissions, if there are any. */
  readonly emits: EmitsPlan | undefined;
}

/** A namespace plan at work. */
export interface ServedNamespace {
  /** Replaced, never changed, when a handler is added. */
  plan: NamespacePlan;
  readonly runtime: Runtime;
  /** Answers a call from the function that `@Ack()` passed to the handler. */
  readonly answerByHand: (context: EventContext, values: readonly unknown[]) => void;
}
