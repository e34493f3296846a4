/** The option `recorder`, checked. */
import type { Step } from '../../base/boot/report.js';
import type { SetupProblem } from '../../base/errors.js';

/** The options of the flight recorder. */
export interface RecorderOptions {
  /** Bytes that it keeps; 1 MiB unless given. The oldest calls leave first. */
  readonly size?: number;
  /**
   * The names of properties whose values are recorded, at any depth; `say.0` is the first argument of the event `say` if it is no
   * object, `say.answer` its answer. Unless given, no payload is recorded: only kinds and lengths.
   */
  readonly fields?: readonly string[];
  /** Writes a dump on this signal, `SIGUSR2`; none unless given. */
  readonly signal?: NodeJS.Signals;
  /** Writes a dump when an error ends the process; `true` unless given. */
  readonly crash?: boolean;
  /** The folder of dumps that are written; the working directory unless given. */
  readonly folder?: string;
}

/** The options with their defaults. */
export type RecorderSettings = Required<Omit<RecorderOptions, 'signal'>> & Pick<RecorderOptions, 'signal'>;

const SMALLEST = 1_024;

/** Returns the option with its defaults; yields what is wrong with it. */
export function* resolveRecorder(options: RecorderOptions | undefined): Step<RecorderSettings | undefined> {
  if (options === undefined) return undefined;
  const { size = 1_048_576, fields = [], signal, crash = true, folder = process.cwd() } = options;
  if (!(Number.isSafeInteger(size) && size >= SMALLEST))
    yield wrong(`size: ${String(size)} is not a number of bytes, at least ${SMALLEST}.`, 'write size: 1_048_576.');
  if (!Array.isArray(fields) || !fields.every((each) => typeof each === 'string'))
    yield wrong('`fields` is not a list of names.', "write fields: ['room', 'text'].");
  if (signal !== undefined && !/^SIG(USR1|USR2|HUP)$/.test(signal))
    yield wrong(`signal: ${JSON.stringify(signal)} is not known.`, "write signal: 'SIGUSR2'.");
  return { size, fields, crash, folder, ...(signal === undefined ? {} : { signal }) };
}

function wrong(what: string, fix: string): SetupProblem {
  return { code: 'recorder_option', where: 'recorder', what, fix };
}
