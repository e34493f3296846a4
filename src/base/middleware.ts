/** The one wrapping concept: around an event, a connection, a disconnection. */
import type { EventContext } from './context.js';
import type { Class } from './reflect.js';

/** Runs what comes next and gives its result: a value, or a promise where something on the way is asynchronous. */
export type Next = () => unknown;

/**
 * Wraps a handler. What it returns is the answer, so it usually returns `next()` or what it made of `await next()`;
 * whoever does not call `next` keeps the handler from running, and while connecting refuses the client.
 */
export type Middleware = (context: EventContext, next: Next) => unknown;

/** A middleware as a class, built by the container. */
export interface MiddlewareObject {
  use: Middleware;
}

/** What `@Use` and the `use` option take. */
export type MiddlewareLike = Middleware | Class<MiddlewareObject>;
