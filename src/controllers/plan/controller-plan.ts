/** The plan of one class in one namespace, and the options that it is compiled with. */
import type { DependencyContainer } from '../../base/container.js';
import type { MiddlewareLike } from '../../base/middleware.js';
import type { PayloadOptions } from '../../payload/index.js';
import type { EmitsPlan } from '../emits/plan.js';
import type { ControllerFacts, HandlerFacts } from '../scan/facts.js';
import type { PayloadPlans } from './arguments/payload-plans.js';
import type { ErrorPlan, HandlerPlan } from './types.js';

export interface CompileOptions {
  readonly container: DependencyContainer;
  /** Wraps everything, outermost first. */
  readonly use: readonly MiddlewareLike[];
  readonly payload: PayloadOptions;
  readonly payloads: PayloadPlans;
  /** Milliseconds that a handler may take. */
  readonly timeout: number;
  /** Whether the server is the user's own, whose other namespaces are not ours. */
  readonly ownServer: boolean;
  /** The declared emissions, if there are any. */
  readonly emits: EmitsPlan | undefined;
}

/** The handlers of one class in one namespace. */
export interface ControllerPlan {
  readonly facts: ControllerFacts;
  readonly handlers: readonly { readonly facts: HandlerFacts; readonly plan: HandlerPlan }[];
  readonly errors: readonly ErrorPlan[];
}
