/** Checks the classes and functions that decorators and options received. In a cycle of imports one is `undefined`. */
import { inspect } from 'node:util';
import { isThenable } from '../../base/thenable.js';
import type { Problems, Step } from '../../base/boot/report.js';
import type { SetupProblem } from '../../base/errors.js';
import type { MiddlewareLike } from '../../base/middleware.js';
import { checkEmittedName } from './check-controllers.js';
import type { HandlerFacts } from './facts.js';

/** Returns the handlers with what can be used of their middleware. */
export function* checkInputs(handlers: readonly HandlerFacts[]): Step<HandlerFacts[]> {
  const checked: HandlerFacts[] = [];
  for (const handler of handlers) {
    const { label, emissions } = handler;
    if ('errorType' in handler) yield* checkType(handler.errorType, label, '@OnError');
    for (const { event, options } of emissions) {
      yield* checkEmittedName(event, label);
      if ('on' in options) yield* checkType(options.on, label, '`on` of @Emit');
    }
    const uses = yield* validMiddleware(handler.uses, label, '@Use');
    checked.push(uses.length === handler.uses.length ? handler : { ...handler, uses });
  }
  return checked;
}

/** Returns the middleware that can be used. */
export function* validMiddleware(uses: readonly MiddlewareLike[], where: string, what: string): Step<MiddlewareLike[]> {
  for (const each of uses)
    if (typeof each !== 'function') yield wrongInput(where, what, each, 'a middleware (a function or a class)');
  return uses.filter((each) => typeof each === 'function');
}

/** Returns whether a class was given. */
export function* checkType(given: unknown, where: string, what: string): Step<boolean> {
  if (typeof given !== 'function') yield wrongInput(where, what, given, 'a class');
  return typeof given === 'function';
}

/** Says that something is not there, or is something else. */
export function wrongInput(where: string, what: string, given: unknown, wanted: string): SetupProblem {
  if (given === undefined) {
    return {
      where,
      code: 'undefined_input',
      what: `${what} received undefined, expected ${wanted}: usually a cycle of imports, in which this file runs before the other one.`,
      fix: 'break the cycle: move what both files need to a file of its own.',
    };
  }
  const { name, fix } = describeInput(given);
  return { where, code: 'wrong_input', what: `${what} received ${name}, expected ${wanted}.`, fix };
}

/** The same of a list that takes classes only. */
export function notAClass(where: string, given: unknown): SetupProblem {
  const problem = wrongInput(where, 'the list', given, 'a class');
  const { what, fix } = problem;
  return given === undefined ? problem : { code: 'not_a_class', where, what, fix };
}

/** Names what stands where a class should, and how the class is meant to be given. */
export function describeInput(given: unknown): { readonly name: string; readonly fix: string } {
  const fix = 'name the class itself, or a function.';
  if (typeof given === 'function') return { name: `the function ${given.name}`.trim(), fix: 'name the class itself.' };
  if (typeof given !== 'object' || given === null) return { name: inspect(given), fix };
  if (isThenable(given)) {
    return {
      name: 'a promise',
      fix: 'await it, and name a class of what it gives: const { ChatController } = await ….',
    };
  }
  if (isModule(given)) {
    const exported = Object.keys(given).filter((key) => key !== '__esModule');
    return {
      name: `a module (it exports ${exported.join(', ')})`,
      fix: `name the class in it: module.${exported[0]}.`,
    };
  }
  if (Array.isArray(given))
    return { name: 'a list', fix: 'name the class itself, without brackets; `...list` for several.' };
  const { name } = (given.constructor as Function | undefined) ?? Object;
  return name === 'Object' || name === ''
    ? { name: 'an object', fix }
    : { name: `an instance of ${name}`, fix: `name the class itself: ${name}, without \`new\`.` };
}

/** Whether this is what `import * as` gives, or `require` of a compiled module. */
function isModule(given: object): boolean {
  return Object.prototype.toString.call(given) === '[object Module]' || '__esModule' in given;
}

/** Adds a problem unless it is known: a class in several places is inspected for each of them. */
export function addProblemOnce(problem: SetupProblem, problems: Problems): void {
  if (!problems.some(({ where, what }) => where === problem.where && what === problem.what)) problems.push(problem);
}
