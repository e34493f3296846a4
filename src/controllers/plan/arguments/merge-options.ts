/** Joins the payload options of application, class and parameter. */
import type { PayloadOptions } from '../../../payload/index.js';

/**
 * Options of the application, a class and a parameter: the nearer one wins, key by key. Where only one of them says
 * anything it is given as it is, so that the same options can be recognized by their identity.
 */
export function mergePayloadOptions(...options: readonly (PayloadOptions | undefined)[]): PayloadOptions {
  const given = options.filter(saysAnything);
  if (given.length < 2) return given[0] ?? nothingSaid;
  return {
    transform: Object.assign({}, ...given.map(({ transform }) => transform)),
    validator: Object.assign({}, ...given.map(({ validator }) => validator)),
    shape: given.findLast(({ shape }) => shape !== undefined)?.shape,
    message: given.findLast(({ message }) => message !== undefined)?.message,
  };
}

function saysAnything(options: PayloadOptions | undefined): options is PayloadOptions {
  return (options?.transform ?? options?.validator ?? options?.shape ?? options?.message) !== undefined;
}

const nothingSaid: PayloadOptions = Object.freeze({});
