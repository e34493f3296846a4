/** One thing that the doctor looked at. */

export interface Finding {
  /** `ok`, `advice`: right for some and wrong for others, `problem`: wrong for everybody. */
  readonly state: 'ok' | 'advice' | 'problem';
  /** A word that programs compare: `compiler_flags`. */
  readonly check: string;
  readonly message: string;
  /** The remedy; absent if all is well. */
  readonly remedy?: string;
}

export const ok = (check: string, message: string): Finding => ({ state: 'ok', check, message });
export const advice = (check: string, message: string, remedy: string): Finding => ({
  state: 'advice',
  check,
  message,
  remedy,
});
export const problem = (check: string, message: string, remedy: string): Finding => ({
  state: 'problem',
  check,
  message,
  remedy,
});
