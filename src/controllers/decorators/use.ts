/** `@Use`: middleware of a class or of a method. */
import { metadataOf } from '../metadata/store.js';
import type { MiddlewareLike } from '../../base/middleware.js';
import type { Class } from '../../base/reflect.js';
import { refuseStandardDecorators, type HandlerDecorator } from './placement.js';

/** Decorates a class or a method of an instance. */
export interface UseDecorator extends HandlerDecorator {
  <T extends Class>(target: T): void;
}

/**
 * Wraps a handler, or every event of a class and its connections and disconnections. The order is: the application's
 * `use` option, the class, the method; the first one named is the outermost.
 */
export function Use(...middleware: MiddlewareLike[]): UseDecorator {
  return ((...args: unknown[]) => {
    refuseStandardDecorators(args);
    const [target, method] = args as [object, (string | symbol)?];
    metadataOf(target).uses.push(method === undefined ? { middleware } : { method, middleware });
  }) as UseDecorator;
}
