/** The findings of boot: mistakes keep the application from starting, warnings are logged. */
import { switchableChecks, type BootErrorCode, type SwitchableCheck } from '../boot-errors.js';
import { describeProblems, SetupError, type SetupProblem } from '../errors.js';

/** The effect of a finding: `refuse` does not start, `warn` logs it once, `off` says nothing. */
export type CheckLevel = 'refuse' | 'warn' | 'off';

/** The levels of single checks, by their codes. */
export type CheckLevels = { readonly [Code in SwitchableCheck]?: CheckLevel };

/**
 * A step of boot: yields the mistakes that it finds, and returns what it concludes. Each `yield` returns whether that mistake keeps
 * the application from starting.
 */
export type Step<T, Found = SetupProblem> = Generator<Found, T, boolean>;

/** A step that waits for something. */
export type AsyncStep<T> = AsyncGenerator<SetupProblem, T, boolean>;

/** A mistake whose place its caller knows. */
export type PlacelessProblem = Omit<SetupProblem, 'where'>;

/** The same step at a place. */
export function* at<T>(where: string, step: Step<T, PlacelessProblem>): Step<T> {
  let next = step.next(false);
  while (!next.done) next = step.next(yield { where, ...next.value });
  return next.value;
}

/** The same step for each of them. */
export function* eachOf<Item, T>(items: Iterable<Item>, step: (item: Item) => Step<T>): Step<T[]> {
  const results: T[] = [];
  for (const item of items) results.push(yield* step(item));
  return results;
}

/** The same step, but what it finds several times is yielded once. */
export function* once<T>(step: Step<T>): Step<T> {
  const found = new Set<string>();
  let next = step.next(false);
  while (!next.done) {
    const key = `${next.value.where} ${next.value.what}`;
    const isNew = !found.has(key);
    found.add(key);
    next = step.next(isNew ? yield next.value : false);
  }
  return next.value;
}

/** The same step; returns `undefined` if it finds what keeps the application from starting. */
export function* unlessFaulty<T>(step: Step<T>): Step<T | undefined> {
  let isFaulty = false;
  let next = step.next(false);
  while (!next.done) {
    const isMistake = yield next.value;
    isFaulty ||= isMistake;
    next = step.next(isMistake);
  }
  return isFaulty ? undefined : next.value;
}

/** Takes a step to its end; returns what it found and what it concludes. */
export function collect<T>(step: Step<T>): { readonly problems: readonly SetupProblem[]; readonly result: T } {
  const problems: SetupProblem[] = [];
  let next = step.next(true);
  for (; !next.done; next = step.next(true)) problems.push(next.value);
  return { problems, result: next.value };
}

/** The mistakes that were found so far, as a step may ask for them. */
export interface KnownMistakes {
  hasMistake(test: (problem: SetupProblem) => boolean): boolean;
}

/** Sorts what steps find by the level of their code. */
export class BootReport implements KnownMistakes {
  readonly #mistakes: SetupProblem[] = [];
  readonly #warnings: SetupProblem[] = [];

  constructor(private readonly levels: CheckLevels = {}) {}

  /** Takes a step to its end, and writes down what it finds. */
  take<T>(step: Step<T>): T {
    let next = step.next(false);
    while (!next.done) next = step.next(this.add(next.value));
    return next.value;
  }

  async takeAsync<T>(step: AsyncStep<T>): Promise<T> {
    let next = await step.next(false);
    while (!next.done) next = await step.next(this.add(next.value));
    return next.value;
  }

  /** Returns whether the problem keeps the application from starting. */
  add(problem: SetupProblem): boolean {
    const level = this.#levelOf(problem.code);
    if (level === 'refuse') this.#mistakes.push(problem);
    else if (level === 'warn') this.#warnings.push(problem);
    return level === 'refuse';
  }

  get hasMistakes(): boolean {
    return this.#mistakes.length > 0;
  }

  hasMistake(test: (problem: SetupProblem) => boolean): boolean {
    return this.#mistakes.some(test);
  }

  /**
   * Empties the report.
   * @param warn is called with all warnings in one text, if there are any
   * @throws SetupError with the mistakes
   */
  conclude(warn: (text: string) => void): void {
    const mistakes = this.#mistakes.splice(0);
    const warnings = this.#warnings.splice(0);
    if (mistakes.length > 0) throw new SetupError(mistakes);
    if (warnings.length > 0) warn(describeWarnings(warnings));
  }

  #levelOf(code: BootErrorCode): CheckLevel {
    return isSwitchable(code) ? (this.levels[code] ?? switchableChecks[code]) : 'refuse';
  }
}

/** Whether an option can switch the check of this code. */
export function isSwitchable(code: string): code is SwitchableCheck {
  return Object.hasOwn(switchableChecks, code);
}

/** Warnings that say the same of several places are one. */
function describeWarnings(warnings: readonly SetupProblem[]): string {
  const groups = new Map<string, SetupProblem>();
  for (const warning of warnings) {
    const key = `${warning.code} ${warning.what} ${warning.fix}`;
    const known = groups.get(key);
    groups.set(key, known ? { ...known, where: `${known.where}; ${warning.where}` } : warning);
  }
  const all = [...groups.values()];
  return describeProblems(`Startup: ${all.length === 1 ? '1 warning' : `${all.length} warnings`}`, all);
}
