/** The findings of boot: mistakes keep the application from starting, warnings are logged. */
import { switchableChecks, type BootErrorCode, type SwitchableCheck } from '../boot-errors.js';
import { describeProblems, SetupError, type SetupProblem } from '../errors.js';

/** What becomes of a finding: `refuse` does not start, `warn` logs it once, `off` says nothing. */
export type CheckLevel = 'refuse' | 'warn' | 'off';

/** The levels of single checks, by their codes. */
export type CheckLevels = { readonly [Code in SwitchableCheck]?: CheckLevel };

/** Where checks write what they find; a list can be one. */
export interface Problems {
  push(...found: readonly SetupProblem[]): unknown;
  /** The number of mistakes. */
  readonly length: number;
  some(test: (problem: SetupProblem) => boolean): boolean;
}

/** A step of boot: yields the mistakes that it finds, and returns what it concludes. */
export type Step<T> = Generator<SetupProblem, T, void>;

/** Takes a step, and writes down what it finds. */
export function take<T>(step: Step<T>, problems: Problems): T {
  for (;;) {
    const next = step.next();
    if (next.done) return next.value;
    problems.push(next.value);
  }
}

/** The same step, but what it finds several times is yielded once. */
export function* once<T>(step: Step<T>): Step<T> {
  const found = new Set<string>();
  for (;;) {
    const next = step.next();
    if (next.done) return next.value;
    const { where, what } = next.value;
    if (!found.has(`${where} ${what}`)) yield next.value;
    found.add(`${where} ${what}`);
  }
}

/** Sorts what checks find by the level of their code. */
export class BootReport implements Problems {
  readonly #mistakes: SetupProblem[] = [];
  readonly #warnings: SetupProblem[] = [];

  constructor(private readonly levels: CheckLevels = {}) {}

  push(...found: readonly SetupProblem[]): void {
    for (const problem of found) {
      const level = this.#levelOf(problem.code);
      if (level === 'refuse') this.#mistakes.push(problem);
      else if (level === 'warn') this.#warnings.push(problem);
    }
  }

  get length(): number {
    return this.#mistakes.length;
  }

  some(test: (problem: SetupProblem) => boolean): boolean {
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
