/** Checks the installation: the runtime, the compiler's flags, and the libraries that there may be only one of. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { compilerOptionsOf } from '../sources/tsconfig.js';
import { homeOf } from '../program/loader.js';
import { advice, ok, problem, type Finding } from './finding.js';

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** The libraries that keep what they know of a class in their own memory: a second copy knows nothing of it. */
const single = ['socket.io', 'class-transformer', 'class-validator', 'tsyringe', 'reflect-metadata'];

const own = createRequire(import.meta.url).resolve('colloquy/package.json');
const manifest = JSON.parse(readFileSync(own, 'utf8')) as Manifest;

export function checkInstallation(main: string, cwd: string): Finding[] {
  return [
    checkRuntime(process.versions),
    ...checkCompiler(main, cwd),
    ...single.map((name) => checkCopies(name, main)),
  ];
}

/** Exported for its test. */
export function checkRuntime({ node, bun, deno }: Readonly<Record<string, string | undefined>>): Finding {
  if (bun !== undefined) return ok('runtime', `Bun ${bun}`);
  if (deno !== undefined) return ok('runtime', `Deno ${deno}`);
  const range = manifest.engines.node;
  if (range.split('||').some((part) => satisfies(node!, part.trim()))) return ok('runtime', `Node.js ${node}`);
  return problem(
    'runtime',
    `Node.js ${node} is not one of ${range}`,
    'install the newest Node.js with long-term support.',
  );
}

/** `^20.19.0` and `>=24.0.0`, as package.json has them. */
function satisfies(version: string, range: string): boolean {
  const numbers = (text: string): number[] => text.replace(/^\D+/, '').split('.').map(Number);
  const [given, least] = [numbers(version), numbers(range)];
  const isNewer = given[0]! > least[0]! || (given[0] === least[0] && given[1]! >= least[1]!);
  return range.startsWith('^') ? isNewer && given[0] === least[0] : isNewer;
}

function checkCompiler(main: string, cwd: string): Finding[] {
  const found = compilerOptionsOf(main);
  const isTyped = /^\.[cm]?tsx?$/.test(extname(main));
  if (!found) {
    if (!isTyped) return [];
    return [problem('compiler_flags', 'there is no tsconfig.json above the main file', `write one with ${FLAGS}.`)];
  }
  const { options, file } = found;
  const missing = ['experimentalDecorators', 'emitDecoratorMetadata'].filter((flag) => options[flag] !== true);
  const name = relative(cwd, file);
  const flagsFinding =
    missing.length === 0
      ? ok('compiler_flags', `${name} has experimentalDecorators and emitDecoratorMetadata`)
      : problem('compiler_flags', `${name} does not set ${missing.join(' and ')}`, `set ${FLAGS} there.`);
  if (options['isolatedModules'] === true || options['verbatimModuleSyntax'] === true) return [flagsFinding];
  return [
    flagsFinding,
    advice(
      'type_imports',
      `${name} does not set isolatedModules`,
      'set "isolatedModules": true: the compiler then says where a parameter’s class is imported as a type only.',
    ),
  ];
}

const FLAGS = '"experimentalDecorators": true and "emitDecoratorMetadata": true';

function checkCopies(name: string, main: string): Finding {
  const users = homeOf(name, main);
  const ours = homeOf(name, own);
  if (users === undefined && ours === undefined) {
    return problem('library', `${name} is not installed`, `npm install ${name}@${manifest.peerDependencies[name]}`);
  }
  const homes = new Set(
    [users, ours, ...nested(name, main)].flatMap((home) => (home === undefined ? [] : [realpathSync(home)])),
  );
  const versions = [...homes].map((home) => `${versionOf(home)} in ${home}`);
  if (homes.size === 1) return ok('library', `one copy of ${name}: ${versionOf([...homes][0]!)}`);
  return problem(
    'library',
    `there are ${homes.size} copies of ${name}: ${versions.join(', ')}`,
    `what one copy records, the other does not see. Ask for one version everywhere, then npm dedupe; npm ls ${name} says who asks for which.`,
  );
}

/** A copy that one of the direct dependencies has for itself. */
function nested(name: string, main: string): string[] {
  const project = manifestFolder(main);
  if (project === undefined) return [];
  const { dependencies = {}, devDependencies = {} } = JSON.parse(
    readFileSync(join(project, 'package.json'), 'utf8'),
  ) as {
    readonly dependencies?: object;
    readonly devDependencies?: object;
  };
  return Object.keys({ ...dependencies, ...devDependencies })
    .map((each) => join(project, 'node_modules', each, 'node_modules', name))
    .filter((home) => existsSync(join(home, 'package.json')));
}

function manifestFolder(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function versionOf(home: string): string {
  return (JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Manifest).version;
}
