/** The compiler options that lie above a file, `extends` included. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** `paths` of the compiler options: `@/*` with the places that it stands for. */
export interface Alias {
  readonly prefix: string;
  readonly suffix: string;
  /** Absolute, with the `*` in them. */
  readonly targets: readonly string[];
}

/** The compiler options that hold for a file. */
export interface CompilerOptions {
  readonly file: string;
  readonly options: Readonly<Record<string, unknown>>;
}

interface Config {
  readonly extends?: string | readonly string[];
  readonly compilerOptions?: Readonly<Record<string, unknown>>;
}

/** Returns the options of the nearest tsconfig.json, or `undefined` if there is none. */
export function compilerOptionsOf(file: string): CompilerOptions | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, 'tsconfig.json');
    if (existsSync(path)) return { file: path, options: optionsIn(path, []) };
    if (folder === dirname(folder)) return undefined;
  }
}

/** The aliases of imports that hold for a file. */
export function aliasesOf(file: string): Alias[] {
  const found = compilerOptionsOf(file);
  const { paths, baseUrl = '.' } = (found?.options ?? {}) as { paths?: Record<string, string[]>; baseUrl?: string };
  return Object.entries(paths ?? {}).map(([pattern, targets]) => {
    const [prefix = '', suffix] = pattern.split('*');
    // Without a star, nothing may stand between.
    return {
      prefix,
      suffix: suffix ?? '',
      targets: targets.map((each) => resolve(dirname(found!.file), baseUrl, each)),
    };
  });
}

function optionsIn(path: string, seen: readonly string[]): Record<string, unknown> {
  if (seen.includes(path)) return {};
  const config = parse(readFileSync(path, 'utf8'));
  const parents = [config.extends ?? []].flat();
  const inherited = parents.flatMap((each) => parentOf(each, path) ?? []);
  return Object.assign(
    {},
    ...inherited.map((each) => optionsIn(each, [...seen, path])),
    config.compilerOptions,
  ) as Record<string, unknown>;
}

function parentOf(name: string, from: string): string | undefined {
  const names = name.startsWith('.') ? [resolve(dirname(from), name)] : [name];
  for (const each of names.flatMap((base) => [base, `${base}.json`, `${base}/tsconfig.json`])) {
    try {
      return createRequire(from).resolve(each);
    } catch {
      continue;
    }
  }
  return undefined;
}

/** JSON with comments and commas at the end, as the compiler takes it. */
function parse(text: string): Config {
  const plain = text.replace(
    /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[^]*?\*\//g,
    (_match, string?: string) => string ?? '',
  );
  try {
    return JSON.parse(
      plain.replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_match, string?: string) => string ?? ''),
    ) as Config;
  } catch {
    return {};
  }
}
