/** How this runtime starts a program, with another file loaded before it: TypeScript through the loader that is there. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CommandError } from '../command.js';

/** The words behind the runtime's own name. */
export interface Start {
  readonly words: readonly string[];
  /** The loader, for messages. */
  readonly loader: string;
  readonly warning?: string;
}

export interface StartOptions {
  /** Loaded first. */
  readonly preload: URL;
  /** A module for `--import` that the user names. */
  readonly loader?: string | undefined;
  /** The options of this process: a loader in `NODE_OPTIONS` holds for the program too. */
  readonly nodeOptions?: string | undefined;
  readonly cwd: string;
}

interface Loader {
  /** The name of its package. */
  readonly name: string;
  /** The file inside of its package. */
  readonly file: string;
  /** Whether the file has hooks of ESM, which a module of its own must register. */
  readonly isHooks?: boolean;
  /** The file for programs in CommonJS, if that is another one. */
  readonly required?: string;
  readonly warning?: string;
}

/** The best first: those that write the types of parameters, which decorators need. */
const loaders: readonly Loader[] = [
  { name: '@oxc-node/core', file: 'register.mjs' },
  { name: '@swc-node/register', file: 'esm/esm-register.mjs', required: 'index.js' },
  { name: 'ts-node', file: 'esm.mjs', isHooks: true, required: 'register/index.js' },
  {
    name: 'tsx',
    file: 'dist/loader.mjs',
    warning:
      'tsx writes no types of parameters, so handlers with payload classes cannot be read. Install a loader that does: npm install --save-dev @oxc-node/core',
  },
];

function wordsOf(home: string, { file, isHooks, required }: Loader, main: string): string[] {
  if (required !== undefined && !isModule(main)) return ['--require', join(home, required)];
  const { href } = pathToFileURL(join(home, file));
  return ['--import', isHooks ? registering(href) : href];
}

/** Node.js wants hooks of ESM registered by a module of their own. */
function registering(href: string): string {
  const code = `import { register } from 'node:module'; register(${JSON.stringify(href)});`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/**
 * Returns how to start a program.
 * @throws CommandError if it is TypeScript and nothing here runs it
 */
export function startOf(main: string, options: StartOptions): Start {
  const { preload, loader } = options;
  const { bun, deno } = process.versions as Readonly<Record<string, string | undefined>>;
  if (bun !== undefined) return { words: ['--preload', fileURLToPath(preload), main], loader: 'Bun' };
  if (deno !== undefined) return { words: ['run', '-A', '--preload', preload.href, main], loader: 'Deno' };
  const { words, ...rest } = loader === undefined ? loaderOf(main, options) : named(loader);
  // It comes first: what a loader makes of other files is not to be made of it.
  return { words: ['--enable-source-maps', '--require', fileURLToPath(preload), ...words, main], ...rest };
}

function named(loader: string): Start {
  return { words: ['--import', loader], loader };
}

function loaderOf(main: string, { nodeOptions = '', cwd }: StartOptions): Start {
  const own = [...process.execArgv, nodeOptions].join(' ');
  if (/(--import|--require|-r|--loader|--experimental-loader)\b/.test(own)) {
    return { words: process.execArgv, loader: 'your NODE_OPTIONS' };
  }
  if (!/^\.[cm]?tsx?$/.test(extname(main))) return { words: [], loader: 'Node.js' };
  for (const loader of loaders) {
    const { name, warning } = loader;
    const home = homeOf(name, main);
    if (home === undefined) continue;
    return { words: wordsOf(home, loader, main), loader: name, ...(warning === undefined ? {} : { warning }) };
  }
  if (stripsTypes()) return { words: [], loader: 'the type stripping of Node.js' };
  throw new CommandError(
    `${relative(cwd, main)} is TypeScript, and no loader for it is installed here.\n` +
      'Install one: npm install --save-dev @oxc-node/core (or @swc-node/register, ts-node),\n' +
      'or name another with --loader <module>, or name the compiled file: colloquy <command> dist/main.js',
  );
}

function stripsTypes(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript);
}

/** The folder of a package, as Node.js finds it from a file. */
export function homeOf(name: string, from: string): string | undefined {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const home = join(folder, 'node_modules', name);
    if (existsSync(join(home, 'package.json'))) return home;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Whether Node.js takes a file for a module, and not for CommonJS. */
function isModule(main: string): boolean {
  const extension = extname(main);
  return extension === '.mts' || (extension !== '.cts' && manifestOf(main)?.['type'] === 'module');
}

/** The nearest package.json above a file. */
export function manifestOf(file: string): Readonly<Record<string, unknown>> | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    if (folder === dirname(folder)) return undefined;
  }
}
