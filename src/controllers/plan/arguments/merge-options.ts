/** Joins the payload options of application, class and parameter. */
import type { PayloadOptions } from '../../../payload/index.js';

/**
 * Options of the application, a class and a parameter: the nearer one wins, key by key. Where only one of them says
 * anything it is given as it is, so that the same options can be told by their identity.
 */
export function mergePayloadOptions(...options: readonly (PayloadOptions | undefined)[]): PayloadOptions {
  const given = options.filter((each) => each?.transform ?? each?.validator);
  if (given.length < 2) return given[0] ?? nothingSaid;
  return {
    transform: Object.assign({}, ...given.map((each) => each!.transform)),
    validator: Object.assign({}, ...given.map((each) => each!.validator)),
  };
}

const nothingSaid: PayloadOptions = Object.freeze({});
