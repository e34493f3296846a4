/** Where the program goes: its folder, and its name for npm. */
import { readdirSync, statSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { UsageError } from './choices.js';

export interface Target {
  /** Absolute. */
  readonly folder: string;
  /** As `cd` takes it; empty for the current folder. */
  readonly shown: string;
  /** In package.json. */
  readonly name: string;
}

/**
 * Finds the folder and the name: `my-app`, `apps/my-app`, `.`, or `@me/my-app`, whose folder is `my-app`.
 * @throws UsageError if npm does not take the name, or if the folder is in use
 */
export function targetOf(given: string, cwd: string): Target {
  const isScoped = /^@[^/\\]+[/\\][^/\\]+$/.test(given);
  const folder = resolve(cwd, isScoped ? basename(given) : given);
  const name = isScoped ? given.replace('\\', '/') : basename(folder);
  checkName(name);
  checkFolder(folder);
  return { folder, shown: relative(cwd, folder), name };
}

const part = /^[a-z0-9][a-z0-9._-]*$/;
const taken = ['node_modules', 'favicon.ico'];

function checkName(name: string): void {
  const parts = name.startsWith('@') ? name.slice(1).split('/') : [name];
  if (parts.every((each) => part.test(each)) && name.length <= 214 && !taken.includes(name)) return;
  const better = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 214);
  const hint = part.test(better) && !taken.includes(better) ? ` For example: ${better}` : '';
  throw new UsageError(
    `'${name}' is not a name for a package: npm takes lower-case letters, digits, '-', '_' and '.', ` +
      `a letter or a digit first.${hint}`,
  );
}

/** A new repository is not in the way. */
const harmless = new Set(['.git', '.DS_Store']);

function checkFolder(folder: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat) return;
  if (!stat.isDirectory()) throw new UsageError(`${folder} is a file. Choose another name.`);
  const entries = readdirSync(folder).filter((entry) => !harmless.has(entry));
  if (entries.length === 0) return;
  const more = entries.length > 3 ? ' …' : '';
  throw new UsageError(
    `The folder ${folder} is not empty: ${entries.slice(0, 3).join(', ')}${more}. Choose another name, or empty it. Nothing was written.`,
  );
}
