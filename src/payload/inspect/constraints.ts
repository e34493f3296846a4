/** The constraint classes that users wrote: `@ValidatorConstraint`. */
import { getFromContainer } from 'class-validator';
import { isWrapper } from '../compiled/validate/wrapper.js';
import { RuleSelection } from '../compiled/selection.js';
import { validationTables } from '../compiled/storages.js';
import type { Class, PayloadOptions } from '../payload-options.js';
import { withNested } from './inspect.js';

/** Returns the constraint classes of a class and of all classes nested in it. */
export function constraintClasses(type: Class, options: PayloadOptions = {}): readonly Function[] {
  const found = new Set<Function>();
  const selection = new RuleSelection(options.validator ?? {});
  for (const next of withNested(type, options)) {
    for (const { constraintCls } of selection.of(next)) {
      if (validationTables().constraintMetadatas.has(constraintCls) && !isWrapper(constraintCls))
        found.add(constraintCls);
    }
  }
  return [...found];
}

/** Builds a constraint as class-validator does: by its own container, or the one of `useContainer`. Throws what that throws. */
export function libraryConstraint(type: Function): object {
  return getFromContainer(type as new () => object);
}
