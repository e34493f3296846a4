/** Checks the classes and functions that decorators and options received. In a cycle of imports one is `undefined`. */
import { inspect } from 'node:util';
import type { SetupProblem } from '../../base/errors.js';
import type { MiddlewareLike } from '../../base/middleware.js';
import type { HandlerFacts } from './facts.js';

/** Returns the handlers with what can be used of their middleware. Mistakes are added to `problems`. */
export function checkInputs(handlers: readonly HandlerFacts[], problems: SetupProblem[]): HandlerFacts[] {
  return handlers.map((handler) => {
    const { label, emissions } = handler;
    if ('errorType' in handler) checkType(handler.errorType, label, '@OnError', problems);
    for (const { options } of emissions) if ('on' in options) checkType(options.on, label, '`on` of @Emit', problems);
    const uses = validMiddleware(handler.uses, label, '@Use', problems);
    return uses.length === handler.uses.length ? handler : { ...handler, uses };
  });
}

/** Returns the middleware that can be used; the rest is added to `problems`. */
export function validMiddleware(
  uses: readonly MiddlewareLike[],
  where: string,
  what: string,
  problems: SetupProblem[],
): MiddlewareLike[] {
  return uses.filter((each) => {
    if (typeof each === 'function') return true;
    addProblemOnce(wrongInput(where, what, each, 'a middleware (a function or a class)'), problems);
    return false;
  });
}

/** Whether a class was given; where not, it is added to `problems`. */
export function checkType(given: unknown, where: string, what: string, problems: SetupProblem[]): boolean {
  if (typeof given === 'function') return true;
  addProblemOnce(wrongInput(where, what, given, 'a class'), problems);
  return false;
}

/** Says that something is not there. */
export function wrongInput(where: string, what: string, given: unknown, wanted: string): SetupProblem {
  if (given === undefined) {
    return {
      where,
      code: 'undefined_input',
      what: `${what} received undefined, expected ${wanted}: usually a cycle of imports, in which this file runs before the other one.`,
      fix: 'break the cycle: move what both files need to a file of its own.',
    };
  }
  const name = typeof given === 'object' && given !== null ? 'an object' : inspect(given);
  return {
    where,
    code: 'wrong_input',
    what: `${what} received ${name}, expected ${wanted}.`,
    fix: 'name the class itself, or a function.',
  };
}

/** Adds a problem unless it is known: a class in several places is inspected for each of them. */
export function addProblemOnce(problem: SetupProblem, problems: SetupProblem[]): void {
  if (!problems.some(({ where, what }) => where === problem.where && what === problem.what)) problems.push(problem);
}
