/** Checks the classes and functions that decorators and options received. In a cycle of imports one is `undefined`. */
import { inspect } from 'node:util';
import { isThenable } from '../../base/thenable.js';
import { at, type PlacelessProblem, type Step } from '../../base/boot/report.js';
import type { SetupProblem } from '../../base/errors.js';
import type { MiddlewareLike } from '../../base/middleware.js';
import { checkEmittedName } from './check-controllers.js';
import type { HandlerFacts } from './facts.js';
import { checkHandlerOptions } from './decorator-options.js';

/** Returns the handlers with what can be used of their middleware. */
export function* checkInputs(handlers: readonly HandlerFacts[]): Step<HandlerFacts[]> {
  const checked: HandlerFacts[] = [];
  for (const handler of handlers) {
    const { label, emissions } = handler;
    yield* checkHandlerOptions(handler);
    if ('errorType' in handler) yield* at(label, checkType(handler.errorType, '@OnError'));
    for (const { event, options } of emissions) {
      yield* checkEmittedName(event, label);
      if ('on' in options) yield* at(label, checkType(options.on, '`on` of @Emit'));
    }
    const uses = yield* validMiddleware(handler.uses, label, '@Use');
    checked.push(uses.length === handler.uses.length ? handler : { ...handler, uses });
  }
  return checked;
}

/** Returns the middleware that can be used. */
export function* validMiddleware(uses: readonly MiddlewareLike[], where: string, what: string): Step<MiddlewareLike[]> {
  for (const each of uses)
    if (typeof each !== 'function') yield { where, ...wrongInput(what, each, 'a middleware (a function or a class)') };
  return uses.filter((each) => typeof each === 'function');
}

/** Returns whether a class was given. */
export function* checkType(given: unknown, what: string): Step<boolean, PlacelessProblem> {
  if (typeof given !== 'function') yield wrongInput(what, given, 'a class');
  return typeof given === 'function';
}

/** Says that something is not there, or is something else. */
function wrongInput(what: string, given: unknown, wanted: string): PlacelessProblem {
  if (given === undefined) {
    return {
      code: 'undefined_input',
      what: `${what} received undefined, expected ${wanted}: usually a cycle of imports, in which this file runs before the other one.`,
      fix: 'break the cycle: move what both files need to a file of its own.',
    };
  }
  const { name, fix } = describeInput(given);
  return { code: 'wrong_input', what: `${what} received ${name}, expected ${wanted}.`, fix };
}

/** The same of a list that takes classes only. */
export function notAClass(where: string, given: unknown): SetupProblem {
  const { code, what, fix } = wrongInput('the list', given, 'a class');
  return given === undefined ? { code, where, what, fix } : { code: 'not_a_class', where, what, fix };
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
