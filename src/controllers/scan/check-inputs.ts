/** Checks the classes and functions that decorators and options received. In a cycle of imports one is `undefined`. */
import { inspect } from 'node:util';
import { isThenable } from '../../base/thenable.js';
import type { PlacelessProblem, Step } from '../../base/boot/report.js';
import type { SetupProblem } from '../../base/errors.js';
import type { MiddlewareLike } from '../../base/middleware.js';
import { emittedNameProblem } from './check-controllers.js';
import type { HandlerFacts } from './facts.js';
import { handlerOptionProblems } from './decorator-options.js';

/** Returns the handlers with what can be used of their middleware. */
export function* checkInputs(handlers: readonly HandlerFacts[]): Step<HandlerFacts[]> {
  const checked: HandlerFacts[] = [];
  for (const handler of handlers) {
    const { label, emissions } = handler;
    yield* handlerOptionProblems(handler);
    const wrongType = 'errorType' in handler ? noClassProblem(handler.errorType, '@OnError') : undefined;
    if (wrongType) yield { where: label, ...wrongType };
    for (const { event, options } of emissions) {
      const misnamed = emittedNameProblem(event, label);
      if (misnamed) yield misnamed;
      const wrong = 'on' in options ? noClassProblem(options.on, '`on` of @Emit') : undefined;
      if (wrong) yield { where: label, ...wrong };
    }
    const hasMiddleware = handler.uses.length > 0;
    checked.push(hasMiddleware ? { ...handler, uses: yield* validMiddleware(handler.uses, label, '@Use') } : handler);
  }
  return checked;
}

/** Returns the middleware that can be used. */
export function* validMiddleware(uses: readonly MiddlewareLike[], where: string, what: string): Step<MiddlewareLike[]> {
  for (const each of uses)
    if (typeof each !== 'function') yield { where, ...wrongInput(what, each, 'a middleware (a function or a class)') };
  return uses.filter((each) => typeof each === 'function');
}

/** The problem of what stands where a class should; `undefined` if it is one. */
export function noClassProblem(given: unknown, what: string): PlacelessProblem | undefined {
  return typeof given === 'function' ? undefined : wrongInput(what, given, 'a class');
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
