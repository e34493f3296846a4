/** The constraint classes that users wrote: `@ValidatorConstraint`. */
import { getFromContainer } from 'class-validator';
import { isWrapper } from '../compiled/validate/wrapper.js';
import { validationTables } from '../compiled/storages.js';
import type { Inspection } from './inspect.js';

/** Returns the constraint classes of a class and of all classes nested in it. */
export function constraintClasses({ rules }: Inspection): readonly Function[] {
  const { constraintMetadatas: known } = validationTables();
  const found = new Set<Function>();
  for (const own of rules.values()) {
    for (const { constraintCls: type } of own) if (known.has(type) && !isWrapper(type)) found.add(type);
  }
  return [...found];
}

/** Builds a constraint as class-validator does: by its own container, or the one of `useContainer`. Throws what that throws. */
export function libraryConstraint(type: Function): object {
  return getFromContainer(type as new () => object);
}
