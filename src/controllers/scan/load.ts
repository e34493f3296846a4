/** Finds controller classes: given ones stay, globs are loaded. */
import { pathToFileURL } from 'node:url';
import { filesOf, isExclusion } from './glob.js';
import type { AsyncStep } from '../../base/boot/report.js';
import type { SetupProblem } from '../../base/errors.js';
import { ownMetadata } from '../metadata/store.js';
import type { Class } from '../../base/reflect.js';
import { notAClass } from './check-inputs.js';

/** A controller class, or a glob of files that export some; a glob that begins with `!` leaves files out. */
export type ControllerSource = Class | string;

export interface LoadOptions {
  /** The folder that relative globs start from. */
  readonly cwd: string;
  /** Imports a file by its `file:` address; a test runner that transforms files may need its own. */
  readonly importer: (url: string) => Promise<unknown>;
}

/** Returns the classes, each once, in order. Yields what goes wrong. */
export async function* loadControllers(sources: readonly ControllerSource[], options: LoadOptions): AsyncStep<Class[]> {
  const exclusions = sources.filter((source) => typeof source === 'string').filter(isExclusion);
  const found = new Set<Class>();
  for (const [index, source] of sources.entries()) {
    if (typeof source === 'string') {
      if (isExclusion(source)) continue;
      for (const each of yield* loadGlob(source, exclusions, options)) found.add(each);
    } else if (isClass(source)) found.add(source);
    else yield notAClass(`controllers[${index}]`, source);
  }
  if (exclusions.length > 0 && exclusions.length === sources.length) yield onlyExclusions(exclusions);
  return [...found];
}

/** An arrow function has no prototype. */
function isClass(source: unknown): boolean {
  return typeof source === 'function' && source.prototype !== undefined;
}

function onlyExclusions(patterns: readonly string[]): SetupProblem {
  return {
    code: 'empty_glob',
    where: `controllers: '${patterns.join("', '")}'`,
    what: 'all patterns only leave files out.',
    fix: "name the files that controllers are in, too: 'src/**/*.controller.ts'.",
  };
}

async function* loadGlob(pattern: string, exclusions: readonly string[], options: LoadOptions): AsyncStep<Class[]> {
  const files = await filesOf(pattern, options.cwd, exclusions);
  const classes: Class[] = [];
  let failed = false;
  for (const file of files) {
    try {
      classes.push(...exportedControllers(await options.importer(pathToFileURL(file).href)));
    } catch (error) {
      failed = true;
      yield importProblem(file, error);
    }
  }
  if (classes.length === 0 && !failed) yield emptyGlob(pattern, files.length, options.cwd);
  return classes;
}

function emptyGlob(pattern: string, files: number, cwd: string): SetupProblem {
  return {
    code: 'empty_glob',
    where: `controllers: '${pattern}'`,
    what:
      files === 0
        ? `the glob matches no file in ${cwd}.`
        : `the glob matches ${files} file(s) in ${cwd}, but none exports a class with @Namespace.`,
    fix: 'correct the glob, set the option `cwd` to the folder that it starts from, or list the classes themselves. A compiled program has .js files.',
  };
}

function exportedControllers(module: unknown): Class[] {
  const exports = module as Record<string, unknown>;
  const inner = exports['default'];
  const values = [...Object.values(exports), ...(isRecord(inner) ? Object.values(inner) : [])];
  return values.filter((value): value is Class => typeof value === 'function' && saysNamespace(value as never));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function saysNamespace(type: Class): boolean {
  return (ownMetadata(type)?.namespaces.length ?? 0) > 0;
}

function importProblem(file: string, cause: unknown): SetupProblem {
  const message = cause instanceof Error ? cause.message : String(cause);
  const fix = isUncompiled(file, cause, message) ? COMPILE_REMEDY : importRemedy(message);
  return { code: 'import_failed', where: file, what: `the file cannot be loaded: ${message}`, fix, cause };
}

const COMPILE_REMEDY =
  'node cannot load this file as it is: run the compiled program, start with --import @oxc-node/core/register, or give the option `importer` (in vitest: (url) => import(url)).';

/** Whether node was given TypeScript to run: it does not know the extension, or strips types and stops at a decorator. */
function isUncompiled(file: string, cause: unknown, message: string): boolean {
  if (message.includes('Unknown file extension')) return true;
  const { code } = Object(cause) as NodeJS.ErrnoException;
  const isStripped = code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' || message === 'Invalid or unexpected token';
  return isStripped && /\.[cm]?ts$/.test(file);
}

function importRemedy(message: string): string {
  if (/Cannot access .* before initialization/.test(message)) {
    return 'break the import cycle, or move the class above its first use in the file.';
  }
  if (message.includes('does not provide an export named')) {
    return 'an interface or a type is imported as a value: write `import type`, and set "isolatedModules": true so that the compiler says where.';
  }
  return 'fix the file; the reason above is its own.';
}
