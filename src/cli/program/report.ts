/** The report of the inspected process to the command: one JSON file. */
import type { Contract } from '../../contract/contract.js';
import type { PlanRow } from '../../controllers/plan/types.js';
import type { Dump } from '../../telemetry/recorder/dump.js';
import type { Replay } from '../../telemetry/recorder/replay.js';
import type { Settings } from './settings.js';

/** The order of the command to the inspected process, in the environment variable {@link ORDER}. */
export interface Order {
  /** The file for the report. */
  readonly file: string;
  /** The name or number of the application that is wanted, if one is. */
  readonly wanted?: string;
  /** The file with a {@link ReplayOrder}, if a recording is to be replayed. */
  readonly replay?: string;
}

/** A recording that is to be sent to the application. */
export interface ReplayOrder {
  readonly dump: Dump;
  /** The id of one recorded socket. */
  readonly socket?: string;
}

export const ORDER = 'COLLOQUY_INSPECT';

export interface Report {
  readonly applications: readonly ApplicationReport[];
  /** The error that `createApp` or the program itself threw. */
  readonly failure?: FailureReport;
  /** The exit code, if the program ended itself. */
  readonly exitCode?: number;
  readonly replay?: Replay;
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

/** The outcome of the program. */
export interface ProgramRun {
  readonly report: Report | undefined;
  /** The end of what it printed. */
  readonly output: string;
  readonly isLate: boolean;
}
