import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The folder `bench/` itself (this file runs from `bench/.build`). */
export const benchFolder: string = join(import.meta.dirname, '..');

/** Socket.IO's own stack: these versions should be the same in every contender. */
export const stack = ['socket.io', 'engine.io', 'socket.io-adapter', 'socket.io-parser', 'ws'] as const;

/** One framework under test, as its `contender.json` describes it. */
export interface Contender {
  /** The folder's name, as `--contenders` takes it. */
  name: string;
  /** What the tables call it. */
  label: string;
  folder: string;
  order: number;
  /** The packages whose versions RESULTS.md names. */
  versions: string[];
  /** There to show the noise of the measurement: in the tables, not in the chart. */
  control?: boolean;
  /** What a reader of its numbers should know. */
  note?: string;
  /** How to start it where it is not `server.ts`; `node` is the Node that runs the benchmark. */
  command?: [program: string, ...args: string[]];
  /** Prints the versions of a contender whose packages are not npm's. */
  versionCommand?: [program: string, ...args: string[]];
  /** Understands `settings.dtoClasses`, because its cost may depend on them. */
  dtoClasses?: boolean;
  /** Handles the event `order`, the contract's second payload. */
  orders?: boolean;
  /** `false` where it cannot be measured without a kernel. */
  memory?: boolean;
  /** Understands `settings.controllers`. */
  controllers?: boolean;
  /** The values of `settings.watch` that it understands beside `nothing`. */
  watches?: string[];
}

/** All folders of `bench/contenders` that hold a `contender.json`, in the order in which tables show them. */
export function allContenders(): Contender[] {
  const root = join(benchFolder, 'contenders');
  return readdirSync(root)
    .filter((name) => existsSync(join(root, name, 'contender.json')))
    .map((name) => {
      const folder = join(root, name);
      const described = JSON.parse(readFileSync(join(folder, 'contender.json'), 'utf8')) as Omit<
        Contender,
        'name' | 'folder'
      >;
      return { ...described, name, folder };
    })
    .sort((a, b) => a.order - b.order);
}

/** The version of a package as the contender's server would load it; `undefined` when it has none. */
export function versionOf(contender: Contender, dependency: string): string | undefined {
  const folders = createRequire(join(contender.folder, 'server.js')).resolve.paths(dependency) ?? [];
  const file = folders.map((folder) => join(folder, dependency, 'package.json')).find(existsSync);
  return file && (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
