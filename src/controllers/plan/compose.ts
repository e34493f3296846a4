/** Joins middleware and handler into one function. */
import type { EventContext } from '../../base/context.js';
import type { Middleware, MiddlewareLike } from '../../base/middleware.js';
import { isThenable, promiseOf } from '../../base/thenable.js';

/** A step on the way of an event: returns a result, or a promise of one. */
export type Run = (context: EventContext) => unknown;

/** Puts middleware around a step, classes built. */
export type Chain = (uses: readonly MiddlewareLike[], last: Run) => Run;

/** Joins middleware into one function, the first one outermost; without any, the last step is returned as it is. */
export function compose(middleware: readonly Middleware[], last: Run): Run {
  return middleware.reduceRight<Run>(wrap, last);
}

function wrap(next: Run, middleware: Middleware): Run {
  return (context) => {
    let called = false;
    let inner: unknown;
    let handed: Handed | undefined;
    const result = middleware(context, () => {
      if (called) throw new Error('next() was called twice by one middleware');
      called = true;
      inner = next(context);
      if (!(inner instanceof Promise)) return inner;
      return (handed = Handed.of(inner));
    });
    if (handed === undefined) {
      if (result === undefined && inner !== undefined) dropped(context, middleware);
      return result;
    }
    return result === handed ? inner : together(context, middleware, result, inner as Promise<unknown>, handed);
  };
}

/** The promise that `next()` returns: it knows whether the middleware waits for it or hands it on. */
class Handed extends Promise<unknown> {
  isTaken = false;

  static of(inner: Promise<unknown>): Handed {
    const handed = new Handed((resolve) => resolve(inner));
    // Nothing may wait for it, and then its rejection must not end the process.
    void Promise.prototype.then.call(handed, undefined, () => undefined);
    return handed;
  }

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  override then<A = unknown, B = never>(
    resolved?: ((value: unknown) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isTaken = true;
    return super.then(resolved, rejected);
  }
}

/**
 * For a middleware that did not hand on the promise of `next()`. One that is synchronous cannot have awaited it, so this is done
 * in its place; so it is for an asynchronous one that neither waited nor answered. While connecting it is done always: no client
 * may enter before the handlers have finished, nor if they failed.
 */
function together(
  context: EventContext,
  middleware: Middleware,
  result: unknown,
  inner: Promise<unknown>,
  handed: Handed,
): unknown {
  if (!isThenable(result)) {
    return inner.then((value) => {
      if (result === undefined && value !== undefined) dropped(context, middleware);
      return result;
    });
  }
  return promiseOf(result).then((value) => {
    if (context.kind === 'connect') return inner.then(() => value);
    if (handed.isTaken) return value;
    if (value === undefined) {
      dropped(context, middleware);
      return inner;
    }
    // It answered by itself: what the handler makes of the call is no answer any more, but its failure is logged.
    inner.catch((error: unknown) => context.connection?.failedLate(context, error));
    return value;
  });
}

/** A middleware that calls `next()` and returns nothing is named once. */
function dropped(context: EventContext, { name }: Middleware): void {
  if (context.kind === 'event') context.connection?.droppedBy(name || 'an anonymous middleware');
}
