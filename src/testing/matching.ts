/** Compares received events with the expectation of a test. */
import { isDeepStrictEqual } from 'node:util';

/** The matchers of jest and vitest: `expect.any(…)`, `expect.objectContaining(…)` and the like. */
interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean;
}

/**
 * Each expected value stands for the argument at its place: an equal one, a function that says whether it fits, or a
 * matcher of jest or vitest, at any depth. Without any, all arguments fit.
 */
export function matchesAll(expected: readonly unknown[], actual: readonly unknown[]): boolean {
  if (expected.length === 0) return true;
  return expected.length === actual.length && expected.every((each, index) => matches(each, actual[index]));
}

function matches(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'function') return Boolean((expected as (actual: unknown) => unknown)(actual));
  return fits(expected, actual);
}

function fits(expected: unknown, actual: unknown): boolean {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual);
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      expected.length === actual.length &&
      expected.every((each, index) => fits(each, actual[index]))
    );
  }
  if (!isPlain(expected) || !isPlain(actual)) return isDeepStrictEqual(expected, actual);
  const keys = Object.keys(expected);
  return (
    keys.length === Object.keys(actual).length &&
    keys.every((key) => Object.hasOwn(actual, key) && fits(expected[key], actual[key]))
  );
}

function isMatcher(value: unknown): value is AsymmetricMatcher {
  return (
    typeof value === 'object' &&
    value !== null &&
    'asymmetricMatch' in value &&
    typeof value.asymmetricMatch === 'function'
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
