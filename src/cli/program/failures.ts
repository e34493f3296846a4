/** Why a program made no application, and the next step. */
import type { ProgramRun } from './report.js';

export interface FailedRun extends ProgramRun {
  /** The main file, as the user writes it. */
  readonly main: string;
  /** The program that runs TypeScript. */
  readonly loader: string;
  /** Seconds that the program had. */
  readonly timeout: string;
}

/** Explains it in words of the user's program. */
export function explainFailure(run: FailedRun): string {
  const { main, report, isLate, timeout } = run;
  if (isLate) {
    return withOutput(
      run,
      `${main} did not call createApp within ${timeout} seconds.\n` +
        'It may wait for a database or another server: start that, or give more time with --timeout <seconds>.',
    );
  }
  if (!report) return withOutput(run, `${main} could not be started.\n${startRemedy(run)}`);
  const { failure, exitCode = 0 } = report;
  if (failure?.isSetup) return `${main}: ${failure.message.trim()}`;
  if (failure)
    return `${main} failed before it had made an application:\n\n${failure.stack}\n\n${thrownRemedy(run, failure)}`;
  if (exitCode !== 0) {
    return withOutput(run, `${main} ended itself with exit code ${exitCode} before it had made an application.`);
  }
  return withOutput(
    run,
    `${main} never calls createApp.\n` +
      'Name the file that does: colloquy <command> src/server.ts. If it does, it and this command use different versions of colloquy.',
  );
}

/** The output of the program, as a reason. */
function withOutput({ output }: FailedRun, text: string): string {
  return output === '' ? text : `${text}\n\nIt printed:\n${output.split('\n').slice(-15).join('\n')}`;
}

function startRemedy({ loader }: FailedRun): string {
  return `It was run with ${loader}; the reason is below. Another loader can be named with --loader <module>.`;
}

function thrownRemedy(
  { main, loader }: FailedRun,
  { code, message }: { readonly code?: string; readonly message: string },
): string {
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return 'Next: install what is missing (npm install), or correct the import.';
  }
  if (isUncompiled(code, message)) {
    return `Next: ${loader} does not run TypeScript with decorators. npm install --save-dev @oxc-node/core`;
  }
  return (
    `Next: mend it, and run ${main} by itself. What stands before createApp really runs here: a database or variables of the ` +
    'environment that it needs must be there, or createApp must stand in a file of its own.'
  );
}

function isUncompiled(code: string | undefined, message: string): boolean {
  return (
    code === 'ERR_UNKNOWN_FILE_EXTENSION' ||
    code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' ||
    message === 'Invalid or unexpected token'
  );
}
