/** Watches the sources of a program: its main file, all that it imports, and the files that its globs match, new ones too. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, watch, type FSWatcher } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { globbed } from '../sources/globbed.js';
import { sourcesFrom } from '../sources/imports.js';
import { compilerOptionsOf } from '../sources/tsconfig.js';

/** Globs, and the folder that they start from. */
export interface Globs {
  readonly globs: readonly string[];
  readonly cwd: string;
}

/** Milliseconds in which an editor may write several files. */
const PAUSE = 60;

/** Milliseconds between two looks at the times of files: some drives, those of containers among them, tell nothing of changes. */
export const ROUND = 1000;

/** Files by their paths, each with a hash of its content. */
type Snapshot = ReadonlyMap<string, string>;

export class SourcesWatch {
  readonly #watchers = new Map<string, FSWatcher>();
  #globs: readonly Globs[] = [];
  #known: Snapshot = new Map();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The times of files and folders at the last look. */
  #times = '';
  #round: ReturnType<typeof setInterval> | undefined;
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param onChange is given the files that changed, came or went */
  constructor(
    private readonly main: string,
    private readonly onChange: (files: readonly string[]) => void,
  ) {}

  /** Begins to watch; what was changed before counts as known. */
  async begin(): Promise<void> {
    this.#known = await this.#snapshot();
    if (this.#watchFolders()) this.#compare(() => true);
    this.#round = setInterval(() => this.#look(), ROUND);
  }

  /**
   * Watches what these globs match too, from now on.
   * @param since when the program that has them began: what was written later is a change
   */
  setGlobs(globs: readonly Globs[], since: number): void {
    if (JSON.stringify(globs) === JSON.stringify(this.#globs)) return;
    this.#globs = globs;
    this.#compare((file) => this.#known.has(file) || writtenAt(file) > since);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#round);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  async #snapshot(): Promise<Snapshot> {
    const matched = (await Promise.all(this.#globs.map(globbed))).flat();
    const config = compilerOptionsOf(this.main)?.file;
    const files = [...sourcesFrom([this.main, ...matched]), ...(config === undefined ? [] : [config])];
    return new Map(files.map((file) => [file, hashOf(file)]));
  }

  /** A folder is watched, and not its files: editors replace them. Returns whether there are new ones. */
  #watchFolders(): boolean {
    const folders = new Set([...this.#known.keys()].map((file) => dirname(file)));
    for (const { globs, cwd } of this.#globs) {
      for (const glob of globs) for (const folder of foldersBelow(baseOf(glob, cwd))) folders.add(folder);
    }
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    const fresh = [...folders].filter((folder) => !this.#watchers.has(folder) && existsSync(folder));
    for (const folder of fresh) this.#watch(folder);
    return fresh.length > 0;
  }

  #watch(folder: string): void {
    const watcher = watch(folder, () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#compare(() => true), PAUSE);
    });
    // A folder that is gone is found by the comparison.
    watcher.on('error', () => this.#watchers.delete(folder));
    this.#watchers.set(folder, watcher);
  }

  /** What no event has told of has another time. */
  #look(): void {
    const times = [...this.#known.keys(), ...this.#watchers.keys()].map(writtenAt).join();
    if (times === this.#times) return;
    this.#times = times;
    this.#compare(() => true);
  }

  /** Looks for changes, one time after the other; only those of files that count are reported. */
  #compare(counts: (file: string) => boolean): void {
    this.#work = this.#work.then(async () => {
      const now = await this.#snapshot();
      if (this.#isClosed) return;
      const before = this.#known;
      const files = [...new Set([...before.keys(), ...now.keys()])].filter(counts);
      this.#known = now;
      // What was written between the look and the watch is found by another look.
      if (this.#watchFolders()) this.#compare(() => true);
      const changed = files.filter((file) => before.get(file) !== now.get(file));
      if (changed.length > 0) this.onChange(changed);
    });
  }
}

/** Milliseconds since 1970. */
function writtenAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function hashOf(file: string): string {
  try {
    return createHash('sha1').update(readFileSync(file)).digest('hex');
  } catch {
    return '';
  }
}

/** The folder that a glob cannot match anything outside of. */
function baseOf(glob: string, cwd: string): string {
  const parts = glob.split('/');
  const magic = parts.findIndex((part) => /[*?[\]{}()!]/.test(part));
  return resolve(cwd, parts.slice(0, magic < 0 ? -1 : magic).join('/') || (glob.startsWith('/') ? '/' : '.'));
}

function foldersBelow(base: string): string[] {
  if (!existsSync(base)) return [];
  const inner = readdirSync(base, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'),
  );
  return [base, ...inner.flatMap(({ name }) => foldersBelow(join(base, name)))];
}
