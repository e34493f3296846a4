/** A command of `colloquy`, as data: what it takes, what its help says, and what it does. */

/** An option of a command. */
export interface OptionSpec {
  readonly type: 'boolean' | 'string' | 'number';
  /** One letter. */
  readonly short?: string;
  /** The word for its value in the help. */
  readonly value?: string;
  /** The values that it may have. */
  readonly choices?: readonly string[];
  readonly help: string;
}

/** The arguments behind a command's name, in order. */
export interface OperandSpec {
  /** As the help shows it: `main`. */
  readonly name: string;
  readonly help: string;
  readonly required: boolean;
  /** Whether there may be any number of the last one. */
  readonly many?: boolean;
}

/** A command line that fits its command. */
export interface Input {
  /** The options that were given, by name. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly operands: readonly string[];
  /** The arguments behind `--`. */
  readonly rest: readonly string[];
}

/** The streams that a command reads and writes. */
export interface Terminal {
  readonly cwd: string;
  /** Writes a result to standard output; a line break is added. */
  readonly print: (text: string) => void;
  /** Writes a remark to standard error; a line break is added. */
  readonly remark: (text: string) => void;
}

/** One command. */
export interface Command {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** More lines, for its own help. */
  readonly about: string;
  readonly operands: readonly OperandSpec[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /** When it ends with 1, as the help says it. */
  readonly failsIf: string;
  /** Whether arguments may follow `--`. */
  readonly takesRest?: boolean;
  /** Returns the exit code. */
  readonly run: (input: Input, terminal: Terminal) => Promise<number>;
}

/** An error that is printed as one message, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  /** @param exitCode 1: what was asked for failed; 2: it was asked for wrongly */
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}
