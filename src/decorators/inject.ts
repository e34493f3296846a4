import { injectNamespace, type ConstructorParameterDecorator } from '../container.js';

/**
 * Fills a constructor's parameter with the Socket.IO namespace that the class serves, or with another one by its path.
 * It can be used at once, before `listen` and outside of any handler. Socket.IO's `Server` needs no decorator.
 */
export function InjectNamespace(path?: string): ConstructorParameterDecorator {
  return injectNamespace(path);
}
