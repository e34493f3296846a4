/** `@Background`: work beside the events. */
import { metadataOf } from '../metadata/store.js';
import type { BackgroundOptions } from '../metadata/types.js';
import { isHandlerPlacement, type HandlerDecorator, type HandlerPlacement } from './placement.js';

/** `@Background`, `@Background()`, `@Background({ … })`. */
export interface BackgroundMark extends HandlerDecorator {
  (options?: BackgroundOptions): HandlerDecorator;
}

/**
 * Runs a method of a controller, or of a service named in `createApp({ services })`, beside the events: from boot or
 * the first client on, every n milliseconds or as a loop of its own, one at a time. It is given an `AbortSignal` that
 * fires when it is to stop. What it throws is logged, and it is started again after a pause that grows from 100 ms to
 * 30 s.
 */
export const Background: BackgroundMark = ((...args: unknown[]) => {
  if (isHandlerPlacement(args)) return record(args, {});
  const [options = {}] = args as [BackgroundOptions?];
  return (...placement: HandlerPlacement) => {
    if (isHandlerPlacement(placement)) record(placement, options);
  };
}) as BackgroundMark;

function record([target, method]: HandlerPlacement, options: BackgroundOptions): void {
  metadataOf(target).backgrounds.push({ method, options });
}
