/** What of the pages' programs was never executed, by the coverage that Node.js writes when a program ends. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
    }[];
  }[];
}

/** The compiler's own helpers for decorators. */
const helpers = /^function \((decorators, target, key, desc|k, v|paramIndex, decorator|target, key)\)/;

/** The files that no program has run, and the functions in them that none has called, as `file: text`. */
export function unexecuted(coverage: string, files: readonly string[]): string[] {
  const counts = new Map(files.map((file) => [basename(file), 0]));
  for (const file of readdirSync(coverage)) {
    const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8')) as Coverage;
    for (const { url, functions } of result) {
      const path = url.startsWith('file:') ? fileURLToPath(url) : '';
      if (!files.includes(path)) continue;
      counts.set(basename(path), 1);
      const source = readFileSync(path, 'utf8');
      for (const { ranges } of functions) {
        const [{ startOffset, endOffset, count }] = ranges as [(typeof ranges)[0]];
        const text = source.slice(startOffset, endOffset);
        if (helpers.test(text)) continue;
        const key = `${basename(path)}: ${text}`;
        counts.set(key, (counts.get(key) ?? 0) + count);
      }
    }
  }
  return [...counts].filter(([, count]) => count === 0).map(([key]) => key);
}
