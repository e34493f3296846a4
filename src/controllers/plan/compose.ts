/** Joins middleware and handler into one function. */
import type { EventContext } from '../../base/context.js';
import type { Middleware, MiddlewareLike } from '../../base/middleware.js';
import { guardRejection, isThenable } from '../../base/thenable.js';

/** A step on the way of an event: gives a result, or a promise of one. */
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
    const result = middleware(context, () => {
      if (called) throw new Error('next() was called twice by one middleware');
      called = true;
      inner = next(context);
      guardRejection(inner);
      return inner;
    });
    return inner instanceof Promise && inner !== result ? together(context, result, inner) : result;
  };
}

/**
 * For a middleware that did not hand on the promise of `next()`. One that is synchronous cannot have awaited it, so this
 * is done in its place. While connecting it is done always: nobody may enter before what is inside has finished, nor if
 * it failed.
 */
function together(context: EventContext, result: unknown, inner: Promise<unknown>): unknown {
  if (isThenable(result) && context.kind !== 'connect') return result;
  return Promise.resolve(result).then((value) => inner.then(() => value));
}
