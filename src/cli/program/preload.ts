/**
 * Loaded into the user's program before it starts. It hears of the applications that the program makes, writes a report, and
 * ends the process; no port opens meanwhile.
 */
import { channel } from 'node:diagnostics_channel';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Announcement } from '../../app/inspection.js';
import type { App, AppOptions } from '../../app/options.js';
import { asWorker, openNoPorts } from './harmless.js';
import type { Replay } from '../../telemetry/recorder/replay.js';
import type { AddedFunction } from './replay.js';
import {
  ORDER,
  type ApplicationReport,
  type FailureReport,
  type Order,
  type ReplayOrder,
  type Report,
} from './report.js';
import { settingsOf } from './settings.js';

/**
 * Milliseconds after the last step in which the program may make another application, or add functions to one. They pass only if
 * something keeps the process alive; else it ends by itself.
 */
const quiet = { begin: 0, failed: 1000, ready: 1000, serve: 300 } as const;

/** The same for a program that has not yet made the application that is wanted. */
const PATIENCE = 5000;

interface Heard {
  readonly app: App;
  readonly options: AppOptions;
  /** The functions that the program adds by `app.on`. */
  readonly functions: AddedFunction[];
}

class Inspection {
  readonly #applications: Heard[] = [];
  /** Kept here, because Bun forgets the subscribers of a channel without references. */
  readonly #channels = { app: channel('colloquy:app'), inspect: channel('colloquy:inspect') };
  #pending = 0;
  #failure: FailureReport | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWritten = false;
  #isReplaying = false;

  constructor(private readonly order: Order) {}

  begin(): void {
    this.#channels.inspect.subscribe(() => undefined);
    this.#channels.app.subscribe((message) => this.#hear(message as Announcement));
    openNoPorts();
    asWorker();
    process.on('uncaughtExceptionMonitor', (error) => (this.#failure ??= failureOf(error)));
    process.once('beforeExit', () => this.#finish());
    process.on('exit', (exitCode) => this.#write(exitCode));
  }

  #hear({ step, app, options, error }: Announcement): void {
    if (this.#isReplaying) return;
    clearTimeout(this.#timer);
    if (step === 'begin') this.#pending++;
    if (step === 'failed' || step === 'ready') this.#pending--;
    if (step === 'failed') this.#failure ??= failureOf(error);
    if (step === 'ready') this.#applications.push(follow(app as App, options as AppOptions));
    if (this.#applications.length === 0 || this.#pending > 0) return;
    this.#timer = setTimeout(() => this.#finish(), this.#isFound() ? quiet[step] : PATIENCE);
    this.#timer.unref?.();
  }

  #isFound(): boolean {
    const { wanted } = this.order;
    if (wanted === undefined) return true;
    return this.#applications.some(({ options }, index) => options.name === wanted || String(index + 1) === wanted);
  }

  #finish(): void {
    const { replay } = this.order;
    if (this.#isReplaying) return;
    const end = (replay?: Replay): void => {
      this.#write(undefined, replay);
      process.exit(0);
    };
    if (replay === undefined || this.#applications.length === 0) return end();
    this.#isReplaying = true;
    void this.#replay(replay).then(end, (error: unknown) => {
      this.#failure = failureOf(error);
      end();
    });
  }

  /** Sends a recording to an application of the same options. The test kit is loaded for those who ask. */
  async #replay(file: string): Promise<Replay> {
    const { dump, socket } = JSON.parse(readFileSync(file, 'utf8')) as ReplayOrder;
    const { wanted } = this.order;
    const found = this.#applications.find(
      ({ options }, index) => wanted === undefined || options.name === wanted || String(index + 1) === wanted,
    );
    const { options, functions } = found ?? this.#applications[0]!;
    const { replayTo } = await import('./replay.js');
    return replayTo(options, functions, dump, socket === undefined ? {} : { socket });
  }

  #write(exitCode: number | undefined, replay?: Replay): void {
    if (this.#isWritten) return;
    this.#isWritten = true;
    const report: Report = {
      ...(replay ? { replay } : {}),
      applications: this.#applications.map(describe),
      ...(this.#failure ? { failure: this.#failure } : {}),
      ...(exitCode === undefined ? {} : { exitCode }),
    };
    writeFileSync(this.order.file, JSON.stringify(report));
  }
}

/** Notes what is added to an application from now on. */
function follow(app: App, options: AppOptions): Heard {
  const functions: AddedFunction[] = [];
  const on = app.on.bind(app) as (...words: AddedFunction) => App;
  app.on = ((...words: AddedFunction) => {
    functions.push(words);
    return on(...words);
  }) as App['on'];
  return { app, options, functions };
}

function describe({ app, options }: Heard): ApplicationReport {
  const { name, controllers, cwd = process.cwd() } = options;
  return {
    ...(name === undefined ? {} : { name }),
    contract: app.contract(),
    rows: app.table,
    path: app.io.path(),
    settings: settingsOf(options),
    globs: controllers.filter((each) => typeof each === 'string'),
    cwd,
  };
}

function failureOf(error: unknown): FailureReport {
  if (!(error instanceof Error)) return { isSetup: false, message: String(error), stack: String(error) };
  const { name, message, stack = message } = error;
  const { code } = error as NodeJS.ErrnoException;
  return { isSetup: name === 'SetupError', message, stack, ...(typeof code === 'string' ? { code } : {}) };
}

const order = process.env[ORDER];
if (order !== undefined) {
  // Processes that the program starts are none of ours.
  delete process.env[ORDER];
  new Inspection(JSON.parse(order) as Order).begin();
}
