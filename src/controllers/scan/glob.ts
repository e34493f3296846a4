/** Globs as people write them: with backslashes, as `file:` addresses, with `!`, below folders that have glob characters in their names. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether a pattern leaves files out: `!src/legacy/**`. `!(a|b)` is a pattern of its own. */
export function isExclusion(pattern: string): boolean {
  return /^!(?!\()/.test(pattern);
}

/** Returns the files that patterns match, without those that their exclusions match. */
export async function filesOfAll(patterns: readonly string[], cwd: string): Promise<string[]> {
  const exclusions = patterns.filter(isExclusion);
  const found = patterns.filter((each) => !isExclusion(each)).map((each) => filesOf(each, cwd, exclusions));
  return (await Promise.all(found)).flat();
}

/** Returns the files that a pattern matches in order; declarations and source maps are left out. */
export async function filesOf(pattern: string, cwd: string, exclusions: readonly string[]): Promise<string[]> {
  const { escapePath, glob } = await import('tinyglobby');
  const readings = (text: string): string[] => readingsOf(pathOf(text), cwd, escapePath);
  const ignore = [...exclusions.flatMap((each) => readings(each.slice(1))), '**/*.d.{ts,mts,cts}', '**/*.map'];
  for (const each of readings(pattern)) {
    const files = await glob(each, { cwd, absolute: true, ignore });
    if (files.length > 0) return files.toSorted();
  }
  return [];
}

/** The path of a `file:` address; what a URL takes for a query is part of the glob. */
function pathOf(text: string): string {
  if (!text.startsWith('file:')) return text;
  const { host, pathname, search, hash } = new URL(text);
  return fileURLToPath(`file://${host}${pathname}`) + decodeURIComponent(search + hash);
}

/**
 * The ways to read a pattern, the first that finds files counts: as it is, with backslashes for slashes, and with brackets and
 * parentheses that are letters of names.
 */
function readingsOf(pattern: string, cwd: string, escape: (path: string) => string): string[] {
  const slashed = pattern.replaceAll('\\', '/');
  const all = [pattern, slashed].map((each) => withFolders(each, cwd, escape));
  return [...new Set([...all, slashed.replaceAll(/[()[\]]/g, '\\$&')])];
}

/** Escapes the folders at the beginning of a pattern that are there under that very name: `/srv/app (copy)/src`. */
function withFolders(pattern: string, cwd: string, escape: (path: string) => string): string {
  const parts = pattern.split('/');
  const read: string[] = [];
  for (const part of parts) {
    const path = [...parts.slice(0, read.length), part].join('/');
    const isName = part === '' || existsSync(isAbsolute(pattern) ? path : join(cwd, path));
    if (!isName) break;
    read.push(escape(part));
  }
  return [...read, ...parts.slice(read.length)].join('/');
}
