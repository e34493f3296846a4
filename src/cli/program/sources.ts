/** The source files of a program, found from its main file by reading their imports: what cannot be started can be read too. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { aliasesOf, type Alias } from './tsconfig.js';

const statement =
  /\b(?:import|export)\b[^'"`;()]*?['"]([^'"\n]+)['"]|\b(?:import|require)\(\s*['"]([^'"\n]+)['"]\s*\)/g;
const extensions = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx', '.json'];

/** Returns the files and all that they import, each once; what is in `node_modules` is left out. */
export function sourcesFrom(files: readonly string[]): string[] {
  const aliases = files[0] === undefined ? [] : aliasesOf(files[0]);
  const found = new Set<string>();
  const next = [...files];
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    if (found.has(file) || !existsSync(file)) continue;
    found.add(file);
    for (const name of file.endsWith('.json') ? [] : importsOf(textOf(file))) {
      const path = resolveImport(name, file, aliases);
      if (path !== undefined && !path.includes(`${sep}node_modules${sep}`)) next.push(path);
    }
  }
  return [...found];
}

/** The text of a file; nothing if it has gone meanwhile. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function importsOf(text: string): string[] {
  return [...text.matchAll(statement)].map(([, fixed, called]) => (fixed ?? called)!);
}

function resolveImport(name: string, from: string, aliases: readonly Alias[]): string | undefined {
  if (/^(node:|colloquy(\/|$))/.test(name)) return undefined;
  if (name.startsWith('.') || name.startsWith('/')) return fileOf(resolve(dirname(from), name));
  for (const { prefix, suffix, targets } of aliases) {
    if (!name.startsWith(prefix) || !name.endsWith(suffix)) continue;
    const middle = name.slice(prefix.length, name.length - suffix.length);
    const path = targets.map((each) => fileOf(each.replace('*', middle))).find((each) => each !== undefined);
    if (path !== undefined) return path;
  }
  return packageFile(name, from);
}

/** A package of the same workspace is linked to its sources. */
function packageFile(name: string, from: string): string | undefined {
  try {
    const path = createRequire(from).resolve(name);
    return path.startsWith(sep) || /^[A-Za-z]:/.test(path) ? realpathSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/** The file that a path without its right extension means: `./chat.js` is `./chat.ts` in TypeScript. */
function fileOf(path: string): string | undefined {
  const bare = path.replace(/\.([cm]?)jsx?$/, '');
  const [, kind = ''] = /\.([cm]?)jsx?$/.exec(path) ?? [];
  const typed = bare === path ? [] : [`${bare}.${kind}ts`, `${bare}.tsx`];
  // A program that is compiled beside its sources has both.
  const candidates = [
    ...typed,
    path,
    ...extensions.map((each) => path + each),
    ...extensions.map((each) => join(path, `index${each}`)),
  ];
  return candidates.find((each) => existsSync(each) && statSync(each).isFile());
}
