/** The file that starts the user's program. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { closest } from '../../base/boot/unknown-option.js';
import { CommandError } from '../command.js';

/** Where a program usually begins, the likeliest first. */
const usual = ['main', 'index', 'server', 'app'].flatMap((name) =>
  ['ts', 'mts', 'js', 'mjs'].flatMap((ext) => [`src/${name}.${ext}`, `${name}.${ext}`]),
);

/**
 * Returns the path of the file that was named, or of the usual one.
 * @throws CommandError with exit code 2 if there is none
 */
export function findMain(named: string | undefined, cwd: string): string {
  if (named !== undefined) return namedMain(named, cwd);
  const found = usualMain(cwd);
  if (found !== undefined) return found;
  throw new CommandError(
    'No file was named, and there is neither src/main.ts nor another usual one here.\n' +
      'Name the file that calls createApp: colloquy <command> src/server.ts',
    2,
  );
}

function usualMain(folder: string): string | undefined {
  return usual.map((each) => join(folder, each)).find((each) => existsSync(each));
}

function namedMain(named: string, cwd: string): string {
  const path = resolve(cwd, named);
  if (!existsSync(path)) throw missing(named, path, cwd);
  if (!statSync(path).isDirectory()) return path;
  const found = usualMain(path);
  if (found !== undefined) return found;
  throw new CommandError(`${named} is a folder, and none of its files is a usual main file. Name the file itself.`, 2);
}

/**
 * Checks that a file is there, and returns its path.
 * @throws CommandError with exit code 2 if it is not
 */
export function existing(named: string, cwd: string): string {
  const path = resolve(cwd, named);
  if (existsSync(path)) return path;
  throw missing(named, path, cwd);
}

function missing(named: string, path: string, cwd: string): CommandError {
  const folder = dirname(path);
  const there = existsSync(folder) ? readdirSync(folder) : [];
  const sibling = there.find((each) => each.replace(/\.\w+$/, '') === basename(path).replace(/\.\w+$/, ''));
  const meant = sibling ?? closest(basename(path), there);
  const question = meant === undefined ? '' : ` Did you mean ${relative(cwd, join(folder, meant))}?`;
  return new CommandError(`There is no file ${named}.${question}`, 2);
}
