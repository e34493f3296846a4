/** `@Namespace`: makes a class a controller. */
import { markInjectable } from '../../base/container.js';
import { metadataOf } from '../metadata/store.js';
import type { NamespaceOptions } from '../metadata/types.js';
import type { Class } from '../../base/reflect.js';
import { refuseStandardDecorators } from './placement.js';

/**
 * Makes a class a controller: its handlers serve this Socket.IO namespace. Several classes may share one.
 * The class becomes injectable, so its constructor is filled by tsyringe.
 *
 * @param path `/chat`; `/game/:id` for a family of namespaces, read with `@Param('id')`; a RegExp; or `*` for every
 * namespace that no other controller declares
 */
export function Namespace(
  path: string | RegExp = '/',
  options: NamespaceOptions = {},
): <T extends Class>(target: T) => void {
  return (...args) => {
    refuseStandardDecorators(args);
    const [target] = args;
    metadataOf(target).namespaces.push({ path, options });
    markInjectable(target);
  };
}
