import type { EventContext } from '../context.js';
import type { Middleware } from '../middleware.js';

type Run = (context: EventContext) => unknown;

/** Joins middleware into one function, the first one outermost; without any, the last step is returned as it is. */
export function compose(middleware: readonly Middleware[], last: Run): Run {
  return middleware.reduceRight<Run>(wrap, last);
}

function wrap(next: Run, middleware: Middleware): Run {
  return (context) => {
    let called = false;
    return middleware(context, () => {
      if (called) throw new Error('next() was called twice by one middleware');
      called = true;
      return next(context);
    });
  };
}
