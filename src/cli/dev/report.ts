/** The report of a program that `colloquy dev` runs: one JSON file. */
import type { PlanRow } from '../../controllers/plan/types.js';

/** The environment variable with the path of the file. */
export const DEV = 'COLLOQUY_DEV';

export interface DevReport {
  /** Whether the tables are complete. */
  readonly isReady: boolean;
  readonly applications: readonly DevApplication[];
}

export interface DevApplication {
  /** The globs of `controllers`, and the folder that they start from. */
  readonly globs: readonly string[];
  readonly cwd: string;
  readonly rows: readonly PlanRow[];
}
