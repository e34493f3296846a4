/** Runs the user's program until it has made its application, and returns what that is. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { CommandError, type Input, type OptionSpec, type Terminal } from '../command.js';
import { Signals } from '../signals.js';
import { choose } from './choose.js';
import { explainFailure } from './failures.js';
import { findMain } from './find-main.js';
import { startOf } from './loader.js';
import type { Replay } from '../../telemetry/recorder/replay.js';
import { ORDER, type ApplicationReport, type Order, type ProgramRun, type ReplayOrder, type Report } from './report.js';

/** The options of every command that looks at a program. */
export const programOptions = {
  app: { type: 'string', value: 'name|number', help: 'the application, if the program makes several' },
  loader: { type: 'string', value: 'module', help: 'what runs TypeScript: a module for --import of Node.js' },
  timeout: {
    type: 'number',
    value: 'seconds',
    help: 'how long the program may take to call createApp; 30 unless given',
  },
  verbose: { type: 'boolean', help: 'shows what the program prints' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The operand of every command that looks at a program. */
export const mainOperand = {
  name: 'main',
  help: 'the file that calls createApp; src/main.ts or another usual one unless given',
  required: false,
} as const;

/** The program, and the application in it that is meant. */
export interface Inspected {
  /** The path of the main file. */
  readonly main: string;
  readonly application: ApplicationReport;
  /** The outcome of the recording, if one was to be replayed. */
  readonly replay?: Replay;
}

/**
 * Inspects the application of a program.
 * @throws CommandError with the next step, if there is none
 */
export async function inspect(
  named: string | undefined,
  input: Input,
  terminal: Terminal,
  replay?: ReplayOrder,
): Promise<Inspected> {
  const { app: wanted, loader, timeout = '30', verbose } = input.options as Readonly<Record<string, string>>;
  const main = findMain(named, terminal.cwd);
  const start = startOf(main, {
    preload: new URL('preload.js', import.meta.url),
    loader,
    nodeOptions: process.env['NODE_OPTIONS'],
    cwd: terminal.cwd,
  });
  const run = await runProgram(start.words, {
    cwd: terminal.cwd,
    wanted,
    milliseconds: Number(timeout) * 1000,
    replay,
  });
  if (verbose && run.output) terminal.remark(run.output);
  if (start.warning !== undefined) terminal.remark(`Warning: ${start.warning}`);
  const name = relative(terminal.cwd, main);
  const { report } = run;
  if (!report || report.applications.length === 0) {
    throw new CommandError(explainFailure({ ...run, main: name, loader: start.loader, timeout }));
  }
  const application = choose(report.applications, wanted, name);
  if (report.failure) terminal.remark(`Warning: ${name} failed later: ${report.failure.message}`);
  return { main, application, ...(report.replay ? { replay: report.replay } : {}) };
}

interface RunOptions {
  readonly cwd: string;
  readonly wanted: string | undefined;
  readonly milliseconds: number;
  readonly replay: ReplayOrder | undefined;
}

/** Characters of the program's output that are kept. */
const KEPT = 64 * 1024;

async function runProgram(
  words: readonly string[],
  { cwd, wanted, milliseconds, replay }: RunOptions,
): Promise<ProgramRun> {
  const signals = new Signals();
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-'));
  const recording = replay && join(folder, 'recording.json');
  if (recording) writeFileSync(recording, JSON.stringify(replay));
  const order: Order = {
    file: join(folder, 'report.json'),
    ...(wanted === undefined ? {} : { wanted }),
    ...(recording === undefined ? {} : { replay: recording }),
  };
  const env = { ...process.env, NO_COLOR: '1', [ORDER]: JSON.stringify(order) };
  const child = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-KEPT)));
  }
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, milliseconds);
  let stopped: NodeJS.Signals | undefined;
  void signals.first.then((signal) => {
    stopped = signal;
    child.kill('SIGKILL');
  });
  try {
    await new Promise<void>((resolve, reject) => child.once('error', reject).once('close', () => resolve()));
    const report = existsSync(order.file) ? (JSON.parse(readFileSync(order.file, 'utf8')) as Report) : undefined;
    return { report, output: output.trim(), isLate };
  } finally {
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
    signals.close();
    // Nothing is left behind; what started the command is to see that a signal ended it.
    if (stopped !== undefined) process.kill(process.pid, stopped);
  }
}
