/** `@Emit`: emits the result of a handler as another event too. */
import { metadataOf } from '../metadata/store.js';
import type { EmissionOptions } from '../metadata/types.js';
import { isHandlerPlacement, type HandlerDecorator, type HandlerPlacement } from './placement.js';

/**
 * Emits what the handler returned as another event, next to the acknowledgement: to the caller unless `to` says otherwise.
 * With `on`, the answer of a failure of that class is emitted instead. Several on one method all count.
 */
export function Emit(event: string, options: EmissionOptions = {}): HandlerDecorator {
  return ((...placement: HandlerPlacement) => {
    if (!isHandlerPlacement(placement)) return;
    metadataOf(placement[0]).emissions.push({ event, options, method: placement[1] });
  }) as HandlerDecorator;
}
