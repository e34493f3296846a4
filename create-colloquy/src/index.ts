#!/usr/bin/env node
/** `npm create colloquy@latest`: reads flags or asks, writes a program, installs its packages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments, usage } from './arguments.js';
import { defaults, UsageError, type Wishes } from './choices.js';
import { install, packageManagerOf } from './package-manager.js';
import { ask, Cancelled } from './questions.js';
import { targetOf } from './target.js';
import { writeProgram } from './write-program.js';

const { argv, env, stdin, stdout } = process;
const cwd = process.cwd();

/** Returns the exit code. */
async function main(): Promise<number> {
  const { wishes, yes, install: installs, help, version } = readArguments(argv.slice(2), env);
  if (help) return say(usage);
  if (version) return say(ownVersion());
  if (wishes.folder !== undefined) targetOf(wishes.folder, cwd); // before anything is asked
  const { folder, template, runner } = yes || !stdin.isTTY ? { ...defaults, ...wishes } : await askAll(wishes);
  const target = targetOf(folder, cwd);
  writeProgram(target, template, runner);
  say(`${target.name}: the template ${template}, tests with ${runner}, is written to ${target.folder}\n`);

  const manager = packageManagerOf(env);
  const isInstalled = installs && (await install(manager, target.folder));
  if (installs && !isInstalled) console.error(`\n'${manager} install' failed. The files are written: install again.`);
  const steps = [
    ...(target.shown === '' ? [] : [`cd ${target.shown}`]),
    ...(isInstalled ? [] : [`${manager} install`]),
    `${manager} run dev      # serves http://localhost:5000`,
    `${manager} run test`,
  ];
  say(`\n${steps.map((step) => `  ${step}`).join('\n')}`);
  return installs && !isInstalled ? 1 : 0;
}

function askAll(wishes: Wishes): Promise<Required<Wishes>> {
  return ask(wishes, (folder) => void targetOf(folder, cwd), stdin, stdout);
}

function ownVersion(): string {
  const file = join(import.meta.dirname, '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function say(text: string): 0 {
  console.log(text);
  return 0;
}

/** The text for the user; a bug of ours is thrown. */
function explain(error: unknown): string {
  if (error instanceof Cancelled) return '\nCancelled. Nothing was written.';
  if (error instanceof UsageError) return error.message;
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) throw error;
  return `The files cannot be written: ${message}`;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
