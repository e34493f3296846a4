/** Runs a program, starts it again when its sources change, and says what changed in its table. */
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { PlanRow } from '../../controllers/plan/types.js';
import { Signals } from '../signals.js';
import { TailHub } from '../tail/hub.js';
import { placeOf, TAIL } from '../tail/place.js';
import { Program } from './program.js';
import { DEV, type DevReport } from './report.js';
import { ROUND, SourcesWatch } from './sources-watch.js';
import { tableChanges } from './table-changes.js';

export interface SupervisorOptions {
  readonly main: string;
  /** The main file as the user writes it. */
  readonly name: string;
  readonly cwd: string;
  readonly words: readonly string[];
  readonly say: (text: string) => void;
}

export class Supervisor {
  readonly #folder = mkdtempSync(join(tmpdir(), 'colloquy-dev-'));
  readonly #report = join(this.#folder, 'report.json');
  readonly #program: Program;
  readonly #sources: SourcesWatch;
  readonly #tail: TailHub;
  /** The last complete table. */
  #rows: readonly PlanRow[] | undefined;
  /** The restarts, one behind the other. */
  #work: Promise<void> = Promise.resolve();
  #startedAt = 0;
  #isWaiting = false;
  #isEnding = false;

  constructor(private readonly options: SupervisorOptions) {
    const { main, name, cwd, words, say } = options;
    const place = placeOf(main);
    this.#tail = new TailHub(place);
    const env = { ...process.env, [DEV]: this.#report, [TAIL]: place };
    const onEnd = (how: string): void => say(`${name} ended (${how}); it starts again when a file changes`);
    this.#program = new Program({ words, cwd, env, onEnd });
    this.#sources = new SourcesWatch(main, (files) => this.#restart(files));
  }

  /** Runs until a signal comes, and returns the exit code. */
  async run(): Promise<number> {
    const signals = new Signals();
    const reports = watch(this.#folder, () => this.#read());
    // What no event tells of: without the report, the program's controllers are not watched.
    const round = setInterval(() => this.#read(), ROUND);
    try {
      await this.#openTail();
      await this.#sources.begin();
      this.#start();
      const signal = await signals.first;
      this.#isEnding = true;
      this.#sources.close();
      await this.#work;
      // Ctrl-C in a terminal reaches the program too, and a second signal would end it at once.
      return await this.#program.stop(signal === 'SIGINT' && process.stdin.isTTY ? undefined : signal);
    } finally {
      signals.close();
      reports.close();
      clearInterval(round);
      this.#tail.close();
      this.#sources.close();
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  /** Without it, all else works. What clients send is nobody's business in production. */
  async #openTail(): Promise<void> {
    if (process.env['NODE_ENV'] === 'production') return;
    try {
      await this.#tail.open();
    } catch (error) {
      this.options.say(`colloquy tail cannot follow this program: ${(error as Error).message}`);
    }
  }

  #start(): void {
    this.#startedAt = Date.now();
    this.#program.start();
  }

  #restart(files: readonly string[]): void {
    const { name, cwd, say } = this.options;
    const names = files.slice(0, 3).map((file) => relative(cwd, file));
    const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
    say(`${names.join(', ')}${more} changed: ${name} starts again`);
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#work = this.#work.then(async () => {
      await this.#program.stop('SIGTERM');
      this.#isWaiting = false;
      if (!this.#isEnding) this.#start();
    });
  }

  #read(): void {
    if (!existsSync(this.#report)) return;
    const { isReady, applications } = JSON.parse(readFileSync(this.#report, 'utf8')) as DevReport;
    const globs = applications
      .map(({ globs: list, cwd }) => ({ globs: list, cwd }))
      .filter((each) => each.globs.length > 0);
    this.#sources.setGlobs(globs, this.#startedAt);
    const rows = applications.flatMap((each) => each.rows);
    // A table that could not be made is no change: the last one stays until the next.
    if (!isReady || rows.length === 0) return;
    for (const line of this.#rows ? tableChanges(this.#rows, rows) : []) this.options.say(line);
    this.#rows = rows;
  }
}
