/** Makes a span active while the work of a channel's message runs: in the handler, and in what it awaits, starts and schedules. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { api, type Context } from './api.js';

/** A store of a channel that hands its value to OpenTelemetry's context manager. */
export class ActiveContext extends AsyncLocalStorage<Context> {
  override run<Result>(context: Context | undefined, work: (...args: never[]) => Result, ...args: unknown[]): Result {
    return api.context.with(context ?? api.context.active(), work as never, undefined, ...(args as [])) as Result;
  }
}

/** A context in which a span is active. */
export function contextWith(span: ReturnType<typeof api.trace.getActiveSpan> & object, parent: Context): Context {
  return api.trace.setSpan(parent, span);
}
