/** Options that do not exist, with the name that was probably meant. */
import type { SetupProblem } from '../errors.js';

/** Says that an option of this name does not exist. */
export function unknownOption(name: string, known: readonly string[], kind = 'option'): SetupProblem {
  const meant = closest(name, known);
  return {
    code: 'unknown_option',
    where: name,
    what: `there is no such ${kind}, so it would be ignored.`,
    fix: meant
      ? `did you mean \`${meant}\`?`
      : `take it out; docs/${kind === 'check' ? 'boot-errors' : 'options'}.md lists the ${kind}s.`,
  };
}

/** The known name that differs by few letters, if one does. */
export function closest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((each) => ({ each, distance: distanceOf(name.toLowerCase(), each.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best && best.distance <= Math.max(2, Math.floor(name.length / 3)) ? best.each : undefined;
}

/** Letters to add, to take or to change: Levenshtein's distance. */
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
