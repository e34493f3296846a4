/** Pages of ours: who may read one, by the check of the user's own, which may do anything; and which paths one may have. */
import type { IncomingMessage } from 'node:http';
import type { Step } from '../base/boot/report.js';
import type { Counters } from '../base/counters.js';
import type { Logger } from '../base/log.js';
import { guardRejection, isThenable, promiseOf } from '../base/thenable.js';

/** Decides about a request. */
export type Allow = (request: IncomingMessage) => boolean;

export interface AllowParts {
  /** Everybody may read the page unless it is given. */
  readonly allow?: Allow;
  readonly log: Logger;
  readonly counters: Counters;
}

/**
 * Returns the check of a page. Only `true` lets a request pass; a failure refuses, is counted, and is logged once.
 * @param option the name of the option, for the log
 * @param page the name of the page
 */
export function allowed(option: string, page: string, { allow, log, counters }: AllowParts): Allow {
  if (!allow) return () => true;
  let isLogged = false;
  const failed = (facts: object, what: string): false => {
    counters.count('callback_failed');
    if (!isLogged) log.error(facts, `the option \`${option}\` ${what}; ${page} was refused`);
    isLogged = true;
    return false;
  };
  return (request) => {
    try {
      const verdict: unknown = allow(request);
      if (!isThenable(verdict)) return verdict === true;
      guardRejection(promiseOf(verdict));
      return failed({}, 'returned a promise, expected true or false');
    } catch (err) {
      return failed({ err }, 'failed');
    }
  };
}

/** Finds an `allow` that is no function. */
export function* checkAllow(option: string, allow: unknown): Step<void> {
  if (allow === undefined || typeof allow === 'function') return;
  yield {
    code: 'option_kind',
    where: `${option}.allow`,
    what: `received ${typeof allow}, expected a function, (request) => boolean.`,
    fix: `write ${option}: { allow: (request) => … }.`,
  };
}

/** Whether a path is another one or below it; both without a slash at the end. */
export function isBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}
