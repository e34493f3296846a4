/** What the inspected process tells the command: one JSON file. */
import type { Contract } from '../../contract/contract.js';
import type { PlanRow } from '../../controllers/plan/types.js';
import type { Settings } from './settings.js';

/** What the command tells the inspected process, in the environment variable {@link ORDER}. */
export interface Order {
  /** The file for the report. */
  readonly file: string;
  /** The name or number of the application that is wanted, if one is. */
  readonly wanted?: string;
}

export const ORDER = 'COLLOQUY_INSPECT';

export interface Report {
  readonly applications: readonly ApplicationReport[];
  /** The error that `createApp` or the program itself threw. */
  readonly failure?: FailureReport;
  /** The exit code, if the program ended itself. */
  readonly exitCode?: number;
}

export interface ApplicationReport {
  readonly name?: string;
  readonly contract: Contract;
  readonly rows: readonly PlanRow[];
  /** The path of Engine.IO. */
  readonly path: string;
  readonly settings: Settings;
  /** The globs of `controllers`, and the folder that they start from. */
  readonly globs: readonly string[];
  readonly cwd: string;
}

export interface FailureReport {
  /** Whether it is a SetupError: its message says all. */
  readonly isSetup: boolean;
  readonly message: string;
  readonly stack: string;
  readonly code?: string;
}

/** What became of the program. */
export interface ProgramRun {
  readonly report: Report | undefined;
  /** The end of what it printed. */
  readonly output: string;
  readonly isLate: boolean;
}
