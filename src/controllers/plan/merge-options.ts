import type { PayloadOptions } from '../../payload/index.js';

/**
 * Options of the application, a class and a parameter: the nearer one wins, key by key. Where only one of them says
 * anything it is given as it is, so that the same options can be told by their identity.
 */
export function mergePayloadOptions(...options: readonly (PayloadOptions | undefined)[]): PayloadOptions {
  const handlerResult = options.filter((each) => each?.transform ?? each?.validator);
  if (handlerResult.length < 2) return handlerResult[0] ?? nothingSaid;
  return {
    transform: Object.assign({}, ...handlerResult.map((each) => each!.transform)),
    validator: Object.assign({}, ...handlerResult.map((each) => each!.validator)),
  };
}

const nothingSaid: PayloadOptions = Object.freeze({});
