/** Copies values that a plan would change. */
import { isPlainObject } from '../../depth.js';

/** The arrays and plain objects of a value made anew; what else is in it stays the same. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}
