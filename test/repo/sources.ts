/** The imports of the sources, read as text: what the layers are held against. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Import {
  /** The importing file, `connections/gate.ts`. */
  readonly from: string;
  /** The imported file of ours, or the name of a package. */
  readonly to: string;
  /** Whether it is gone at run time. */
  readonly typeOnly: boolean;
  readonly isPackage: boolean;
}

const statement = /^(import|export)\b([^'";]*?)\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;

/** All source files, as paths from `src/`. */
export function sourceFiles(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .toSorted();
}

/** All imports of all source files, those of Node.js itself left out. */
export function imports(): Import[] {
  return sourceFiles().flatMap((from) => {
    const text = readFileSync(join(root, 'src', from), 'utf8');
    return [...text.matchAll(statement)]
      .map(([, , names = '', named, bare, dynamic]) => ({ names, target: (named ?? bare ?? dynamic)! }))
      .filter(({ target }) => !target.startsWith('node:'))
      .map(({ names, target }) => {
        const isPackage = !target.startsWith('.');
        const to = isPackage ? target : normalize(join(dirname(from), target)).replace(/\.js$/, '.ts');
        return { from, to, isPackage, typeOnly: names.trimStart().startsWith('type ') };
      });
  });
}
