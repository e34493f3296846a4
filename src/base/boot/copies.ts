/**
 * Copies of a library: each has classes and tables of its own, so what the program says to one is not known to the other. They
 * are found among the modules that Node.js has loaded; nothing is imported for it.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { PlacelessProblem } from './report.js';

/** A loaded copy: its folder, and what the asked file of it exports. */
export interface Copy {
  readonly folder: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

type Modules = Readonly<Record<string, { readonly exports: unknown } | undefined>>;

/** The modules that `require` has loaded, by their paths. */
const modules: Modules = createRequire(import.meta.url).cache;

const found = new Map<string, { readonly modules: number; readonly copies: readonly Copy[] }>();

let counted: number | undefined;

/** Returns how many modules are loaded; it counts once for all classes that are looked at in one turn. */
function countModules(): number {
  if (counted === undefined) {
    counted = Object.keys(modules).length;
    queueMicrotask(() => (counted = undefined));
  }
  return counted;
}

/** Returns the copies of a library that are loaded, by one of its files: `dist/index.js`. */
export function copiesOf(library: string, file: string): readonly Copy[] {
  const count = countModules();
  const known = found.get(library);
  if (known?.modules === count) return known.copies;
  const copies = search(library, file);
  found.set(library, { modules: count, copies });
  return copies;
}

function search(library: string, file: string): Copy[] {
  const end = `/${library}/${file}`;
  return Object.entries(modules).flatMap(([path, module]) => {
    if (!path.replaceAll('\\', '/').endsWith(end) || !module) return [];
    const folder = file.split('/').reduce((at) => dirname(at), path);
    return [{ folder, exports: Object(module.exports) as Copy['exports'] }];
  });
}

/** Says that something is of another copy than the one that is used here. */
export function copyProblem(
  library: string,
  what: string,
  own: Copy | undefined,
  other: Copy | undefined,
): PlacelessProblem {
  const paths = [other, own].map((copy) => copy?.folder ?? 'one without a folder (in a bundle, or an ES module)');
  return {
    code: 'library_copies',
    what: `${library} is installed twice: ${what}.\nThe program uses ${paths[0]}, Colloquy ${paths[1]}.`,
    fix: `install one copy: \`npm ls ${library}\` shows who brings the other, \`npm dedupe\` or "overrides" in package.json removes it; a bundler needs it once, as external or by an alias.`,
  };
}
