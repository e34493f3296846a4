/** What can be chosen. */

export const templates = {
  minimal: 'one event, its page and its test',
  chat: 'a chat with a service, declared events, a typed client and tests',
} as const;

/** The runners, each with the module that `test` is imported from. */
export const runners = { node: 'node:test', vitest: 'vitest', jest: '@jest/globals' } as const;

export type Template = keyof typeof templates;
export type Runner = keyof typeof runners;

/** What the program is, as asked for on the command line; what is missing is asked, or takes its default. */
export interface Wishes {
  readonly folder?: string;
  readonly template?: Template;
  readonly runner?: Runner;
}

export const defaults = { folder: 'my-app', template: 'chat', runner: 'node' } as const satisfies Wishes;

/** A mistake of the user: shown without a stack. */
export class UsageError extends Error {}

/** Returns the value if it is one of the choices. @throws UsageError with the choice that was probably meant */
export function choose<Choice extends string>(
  name: string,
  value: string,
  choices: Readonly<Record<Choice, string>>,
): Choice {
  const known = Object.keys(choices) as Choice[];
  const found = known.find((each) => each === value);
  if (found) return found;
  throw new UsageError(`${name} '${value}' does not exist: use ${known.join(', ')}.${didYouMean(value, known)}`);
}

/** ` Did you mean 'chat'?` if a known word differs by few letters, else nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const [best] = known
    .map((each) => ({ each, distance: distanceOf(word.toLowerCase(), each) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? ` Did you mean '${best.each}'?` : '';
}

/** Letters to add, to remove or to change: Levenshtein's distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
