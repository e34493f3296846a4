/**
 * Keeps metadata on the class that it describes, under one registered symbol, so that two installed copies of the
 * framework see the same facts. Everything is a list: two decorators on one method are two rows.
 */
import type { Class } from '../../base/reflect.js';
import type { ClassMetadata } from './types.js';

const key = Symbol.for('colloquy:metadata');

/** The metadata to append to: the class's own, made when first asked for. */
export function metadataOf(target: object): ClassMetadata {
  const type = typeof target === 'function' ? target : target.constructor;
  const own = ownMetadata(type as Class);
  if (own) return own;
  const fresh: ClassMetadata = { namespaces: [], handlers: [], params: [], uses: [], emissions: [], backgrounds: [] };
  Object.defineProperty(type, key, { value: fresh });
  return fresh;
}

/** The metadata of this class itself, without its parents. */
export function ownMetadata(type: Class): ClassMetadata | undefined {
  return Object.hasOwn(type, key) ? (type as unknown as Record<symbol, ClassMetadata>)[key] : undefined;
}

/** The class and its parents, the class itself first. */
export function lineage(type: Class): Class[] {
  const classes: Class[] = [];
  for (let each: unknown = type; typeof each === 'function' && each !== Function.prototype;) {
    classes.push(each as Class);
    each = Object.getPrototypeOf(each);
  }
  return classes;
}
