/** Compiled transformation of a plain object into a Map. */
import { TransformOperationExecutor } from 'class-transformer/cjs/TransformOperationExecutor.js';
import { PLAIN_TO_CLASS } from '../../nested.js';
import type { Class } from '../../payload-options.js';
import { namesOf, propertyOf, type Decisions } from './transform-class.js';
import { applyTransforms, isTakenIn } from './transform-property.js';
import type { Bag, Call, Convert, Property } from './transform-property.js';

/** Makes a Map of the keys of an object. */
export type BuildMap = (call: Call, source: Bag) => Map<unknown, unknown>;

/**
 * Compiles what `plainToInstance` does with a plain object where a Map is declared. The library treats the keys as properties of
 * the class of the values: a name of `@Expose` renames the key, and a `@Transform` of a property runs for the key of its name.
 */
export function compileMap(type: Class, call: Call, convert: Convert): BuildMap {
  const { exposeDefaultValues, exposeUnsetFields } = call.options;
  const decisions = new TransformOperationExecutor(PLAIN_TO_CLASS, call.options) as unknown as Decisions;
  const known = new Map<string, Property>(
    namesOf(type).map((key) => [key, propertyOf(type, key, call, decisions)] as const),
  );
  return (current, source) => {
    const made = new Map<unknown, unknown>();
    for (const key of Object.keys(source)) {
      if (key === '__proto__' || key === 'constructor') continue;
      const property = known.get(key);
      const name = property?.name ?? key;
      const value = source[key];
      if (isTakenIn(Map.prototype, name) || (made as unknown as Bag)[name] instanceof Function) continue;
      let item: unknown;
      if (value === undefined && exposeDefaultValues) item = (made as unknown as Bag)[name];
      else {
        const arrayType: unknown = Array.isArray(value) ? property?.metadata?.reflectedType : undefined;
        item = convert(current, value, type, arrayType, value instanceof Map);
        if (property) item = applyTransforms(property.transforms, name, current, item, source);
      }
      if (item !== undefined || exposeUnsetFields) made.set(name, item);
    }
    return made;
  };
}
