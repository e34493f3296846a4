/** Compiled transformation of a Map into a plain object. */
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import { CLASS_TO_PLAIN } from '../../nested.js';
import type { Class } from '../../payload-options.js';
import { namesMisfit } from '../compilable.js';
import { namesOf, type Decisions } from '../transform/transform-class.js';
import { applyTransforms, type Bag, type Call } from '../transform/transform-property.js';
import { propertyOf, type ToPlain } from './plain-class.js';

/** Makes a plain object of a Map. */
export type FlattenMap = (call: Call, source: ReadonlyMap<unknown, unknown>) => Bag;

/**
 * Compiles what `instanceToPlain` does with a Map whose values are of a type; `null` if it is left to the library. The library treats
 * the keys as properties of that type, and hands to a `@Transform` what the Map itself has under the key: nothing, as a rule.
 */
export function compileFlattenMap(type: unknown, call: Call, toPlain: ToPlain): FlattenMap | null {
  if (typeof type !== 'function' || typeof type.prototype !== 'object') return null;
  const names = namesOf(type as Class);
  if (namesMisfit(names)) return null;
  const decisions = new TransformOperationExecutor(CLASS_TO_PLAIN, call.options) as unknown as Decisions;
  const known = new Map<unknown, ReturnType<typeof propertyOf>>(
    names.map((name) => [name, propertyOf(type as Class, name, call, decisions)]),
  );
  const { exposeUnsetFields } = call.options;
  return (current, source) => {
    const plain: Bag = {};
    for (const key of [...source.keys()] as string[]) {
      if (key === '__proto__' || key === 'constructor') continue;
      const { name, transforms = [] } = known.get(key) ?? { name: key };
      const value = source.get(key);
      let made = applyTransforms(transforms, key, current, (source as unknown as Bag)[key], source);
      if (made === (source as unknown as Bag)[key]) made = value;
      const item = toPlain(current, made, type, value instanceof Map);
      if (item !== undefined || exposeUnsetFields) plain[name] = item;
    }
    return plain;
  };
}
