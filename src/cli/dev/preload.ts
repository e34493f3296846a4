/**
 * Loaded into a program that `colloquy dev` runs: it writes into a file where the program's controllers are, and its table, and tells
 * `colloquy tail` what the program does.
 */
import { channel } from 'node:diagnostics_channel';
import { renameSync, writeFileSync } from 'node:fs';
import type { Announcement } from '../../app/inspection.js';
import type { App, AppOptions } from '../../app/options.js';
import { TAIL } from '../tail/place.js';
import { tellTo } from '../tail/teller.js';
import { endWithParent } from './end-with-parent.js';
import { DEV, type DevApplication, type DevReport } from './report.js';

/** Milliseconds after a step in which functions may be added. */
const PAUSE = 50;

class Reporter {
  /** Kept here, because Bun forgets the subscribers of a channel without references. */
  readonly #channel = channel('colloquy:app');
  readonly #started = new Map<object, App | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly file: string) {
    this.#channel.subscribe((message) => this.#hear(message as Announcement));
  }

  #hear({ step, options, app }: Announcement): void {
    this.#started.set(options, app as App | undefined);
    // The globs are needed even if what they match cannot be loaded.
    if (step === 'begin') return this.#write(false);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(true), PAUSE);
    this.#timer.unref?.();
  }

  #write(isReady: boolean): void {
    const applications = [...this.#started].map(([options, app]) => describe(options as AppOptions, app));
    const report: DevReport = { isReady, applications };
    writeFileSync(`${this.file}.new`, JSON.stringify(report));
    renameSync(`${this.file}.new`, this.file);
  }
}

function describe({ controllers, cwd = process.cwd() }: AppOptions, app: App | undefined): DevApplication {
  const globs = Array.isArray(controllers) ? controllers.filter((each) => typeof each === 'string') : [];
  return { globs, cwd, rows: app?.table ?? [] };
}

const file = process.env[DEV];
if (file !== undefined) {
  new Reporter(file);
  endWithParent();
}

const place = process.env[TAIL];
if (place !== undefined) tellTo(place);
