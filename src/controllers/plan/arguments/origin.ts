/** The part of a message that a parameter takes, as plain facts for views of the plan. */
import type { PayloadOptions } from '../../../payload/index.js';
import type { ParamKind } from '../../metadata/types.js';
import type { ParamFacts } from '../../scan/facts.js';

/** From where a parameter gets its value, and of which type it is. */
export interface ArgumentOrigin {
  /** The index of the parameter. */
  readonly parameter: number;
  readonly kind: ParamKind;
  /** The position of the argument of the event, if it is one. */
  readonly position: number;
  /** The name of the property, header, cookie or path parameter; all of them unless given. */
  readonly key: string | undefined;
  /** The class, a constructor such as `String`, or `Object` for anything. */
  readonly type: unknown;
  readonly each: boolean;
  readonly optional: boolean;
  readonly options: PayloadOptions;
}

/** @param position of the argument that is taken unless the decorator names another one */
export function originOf(
  { index, metadata, type, hasDefault = false, isRest = false }: ParamFacts,
  position: number,
  options: PayloadOptions,
): ArgumentOrigin {
  const { each, type: stated, optional = false } = metadata?.options ?? {};
  const key = metadata?.key;
  const taken = typeof key === 'number' ? key : position;
  return {
    parameter: index,
    kind: isRest ? 'args' : (metadata?.kind ?? 'payload'),
    position: typeof key === 'string' ? 0 : taken,
    key: typeof key === 'string' ? key : undefined,
    type: each ?? stated ?? type,
    each: each !== undefined,
    optional: optional || hasDefault,
    options,
  };
}
