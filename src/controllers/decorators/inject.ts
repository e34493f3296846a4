/** `@InjectNamespace`: a namespace for the constructor. */
import { injectNamespace, type ConstructorParameterDecorator } from '../../base/container.js';
import { ownMetadata } from '../metadata/store.js';
import type { Class } from '../../base/reflect.js';

/**
 * Fills a constructor's parameter with the Socket.IO namespace that the class serves, or with another one by its path.
 * It can be used at once, before `listen` and outside of any handler. Socket.IO's `Server` needs no decorator.
 */
export function InjectNamespace(path?: string): ConstructorParameterDecorator {
  return injectNamespace((type) => path ?? ownPath(type));
}

function ownPath(type: Class): string | RegExp {
  const path = ownMetadata(type)?.namespaces[0]?.path;
  if (path !== undefined) return path;
  throw new Error(`${type.name} serves no namespace of its own: name one, @InjectNamespace('/chat')`);
}
