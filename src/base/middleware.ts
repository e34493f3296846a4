/** The one wrapping concept: around an event, a connection, a disconnection. */
import type { EventContext } from './context.js';
import type { Class } from './reflect.js';

/** Runs the rest of the chain and returns its result: a value, or a promise if a step is asynchronous. */
export type Next = () => unknown;

/**
 * Wraps a handler. Its return value is the answer, so it usually returns `next()` or a value made of `await next()`;
 * middleware that does not call `next` keeps the handler from running, and while connecting refuses the client.
 */
export type Middleware = (context: EventContext, next: Next) => unknown;

/** A middleware as a class, built by the container. */
export interface MiddlewareObject {
  use: Middleware;
}

/** The middleware that `@Use` and the `use` option accept. */
export type MiddlewareLike = Middleware | Class<MiddlewareObject>;
