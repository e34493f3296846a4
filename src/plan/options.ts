import type { PayloadOptions } from '../payload/index.js';

/** Options of the application, a class and a parameter: the nearer one wins, key by key. */
export function mergePayloadOptions(...options: readonly (PayloadOptions | undefined)[]): PayloadOptions {
  return {
    transform: Object.assign({}, ...options.map((each) => each?.transform)),
    validator: Object.assign({}, ...options.map((each) => each?.validator)),
  };
}
