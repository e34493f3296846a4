/** The command `colloquy`: finds the command that is named, and runs it. */
import { createRequire } from 'node:module';
import { closest } from '../base/boot/unknown-option.js';
import { CommandError, type Command, type Terminal } from './command.js';
import { commands } from './commands/index.js';
import { helpOf, overview } from './help.js';
import { parse } from './parse.js';

/** Runs a command line, and returns the exit code. */
export async function runCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    terminal.remark(error.message);
    return error.exitCode;
  }
}

async function dispatch([name, ...words]: readonly string[], terminal: Terminal): Promise<number> {
  if (name === undefined) throw new CommandError(overview(commands), 2);
  if (name === '--version' || name === '-v') return say(terminal, version());
  if (isHelp(name)) return say(terminal, words[0] === undefined ? overview(commands) : helpOf(find(words[0])));
  const command = find(name);
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  if (own.some((word) => word === '--help' || word === '-h')) return say(terminal, helpOf(command));
  return command.run(parse(command, words), terminal);
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h' || word === 'help';
}

function say(terminal: Terminal, text: string): number {
  terminal.print(text);
  return 0;
}

function find(name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command) return command;
  const meant = closest(
    name,
    commands.map((each) => each.name),
  );
  const kind = name.startsWith('-') ? 'option' : 'command';
  const question = meant && kind === 'command' ? `; did you mean colloquy ${meant}?` : '.';
  throw new CommandError(`colloquy: there is no ${kind} ${name}${question}\nSee colloquy --help.`, 2);
}

function version(): string {
  const manifest = createRequire(import.meta.url)('colloquy/package.json') as { readonly version: string };
  return manifest.version;
}

/** Runs the command line of this process. */
export async function main(): Promise<void> {
  // A reader that wants no more, `colloquy routes | head`, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await runCommand(process.argv.slice(2), {
    cwd: process.cwd(),
    print: (text) => void process.stdout.write(`${text}\n`),
    remark: (text) => void process.stderr.write(`${text}\n`),
  });
  // What a stopped command leaves, a connection that is being made, does not keep the process.
  process.stdout.write('', () => process.exit());
}
