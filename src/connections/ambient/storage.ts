/** Carries the context of an event along everything that it leads to. Importing this switches it on. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { wrapCalls, type EventContext } from '../../base/context.js';

const storage = new AsyncLocalStorage<EventContext>();

wrapCalls((context, run) => storage.run(context, run, context));

/**
 * Finds the context of the event that is being handled.
 * @returns the context
 * @throws Error outside of any handler
 */
export function context(): EventContext {
  const current = storage.getStore();
  if (current) return current;
  throw new Error(
    'no event is being handled here: the functions of colloquy/ambient work in handlers, middleware and error handlers, and in what those call or wait for. Elsewhere, inject a namespace with @InjectNamespace().',
  );
}
