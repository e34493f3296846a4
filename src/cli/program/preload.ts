/**
 * Loaded into the user's program before it starts. It hears of the applications that the program makes, writes a report, and
 * ends the process; no port opens meanwhile.
 */
import { channel } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import type { Announcement } from '../../app/inspection.js';
import type { App, AppOptions } from '../../app/options.js';
import { asWorker, openNoPorts } from './harmless.js';
import { ORDER, type ApplicationReport, type FailureReport, type Order, type Report } from './report.js';
import { settingsOf } from './settings.js';

/**
 * Milliseconds after the last step in which the program may make another application, or add functions to one. They pass only if
 * something keeps the process alive; else it ends by itself.
 */
const quiet = { begin: 0, failed: 1000, ready: 1000, serve: 300 } as const;

/** The same for a program that has not yet made the application that is wanted. */
const patience = 5000;

interface Heard {
  readonly app: App;
  readonly options: AppOptions;
}

class Inspection {
  readonly #applications: Heard[] = [];
  /** Kept here, because Bun forgets the subscribers of a channel that nobody holds. */
  readonly #channels = { app: channel('colloquy:app'), inspect: channel('colloquy:inspect') };
  #pending = 0;
  #failure: FailureReport | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWritten = false;

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
    clearTimeout(this.#timer);
    if (step === 'begin') this.#pending++;
    if (step === 'failed' || step === 'ready') this.#pending--;
    if (step === 'failed') this.#failure ??= failureOf(error);
    if (step === 'ready') this.#applications.push({ app: app as App, options: options as AppOptions });
    if (this.#applications.length === 0 || this.#pending > 0) return;
    this.#timer = setTimeout(() => this.#finish(), this.#isFound() ? quiet[step] : patience);
    this.#timer.unref?.();
  }

  #isFound(): boolean {
    const { wanted } = this.order;
    if (wanted === undefined) return true;
    return this.#applications.some(({ options }, index) => options.name === wanted || String(index + 1) === wanted);
  }

  #finish(): void {
    this.#write(undefined);
    process.exit(0);
  }

  #write(exitCode: number | undefined): void {
    if (this.#isWritten) return;
    this.#isWritten = true;
    const report: Report = {
      applications: this.#applications.map(describe),
      ...(this.#failure ? { failure: this.#failure } : {}),
      ...(exitCode === undefined ? {} : { exitCode }),
    };
    writeFileSync(this.order.file, JSON.stringify(report));
  }
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
