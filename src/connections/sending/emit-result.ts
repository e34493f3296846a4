/** The emissions of `@Emit`: the result, or the answer to a failure, as another event. */
import { Reply, type EventContext } from '../../base/context.js';
import type { ErrorBody } from '../../base/errors.js';
import type { EmissionPlan, EmissionTarget } from '../../controllers/plan/types.js';

/** An emitter: a socket, or an operator. */
interface Emitter {
  emit(event: string, ...values: unknown[]): unknown;
}

/** Emits the result of a handler. */
export function emitResult(emissions: readonly EmissionPlan[], context: EventContext, value: unknown): void {
  for (const { event, options } of emissions) {
    const isEmpty = value === undefined || value === null;
    if (options.on || (isEmpty && options.skipEmpty)) continue;
    const values = value instanceof Reply ? value.values : value === undefined ? [] : [value];
    target(context, options.to, value).emit(event, ...values);
  }
}

/** Emits the answer of a failure, if `on` names its class. */
export function emitFailure(
  emissions: readonly EmissionPlan[],
  context: EventContext,
  error: unknown,
  body: ErrorBody,
): void {
  for (const { event, options } of emissions) {
    if (options.on && error instanceof options.on) target(context, options.to, body).emit(event, body);
  }
}

function target(context: EventContext, to: EmissionTarget = 'sender', value: unknown): Emitter {
  const { socket } = context;
  if (to === 'sender') return socket;
  if (to === 'others') return socket.broadcast;
  if (to === 'all') return socket.nsp;
  return socket.to(typeof to.room === 'string' ? to.room : to.room(value, context));
}
