/** The words of a command line → what a command takes, or an error that says what was probably meant. */
import { parseArgs } from 'node:util';
import { closest } from '../base/boot/unknown-option.js';
import { CommandError, type Command, type Input, type OptionSpec } from './command.js';

/**
 * Reads the words behind a command's name.
 * @throws CommandError with exit code 2 for a word that the command does not take
 */
export function parse(command: Command, words: readonly string[]): Input {
  const end = words.indexOf('--');
  const rest = end < 0 ? [] : words.slice(end + 1);
  if (rest.length > 0 && !command.takesRest) throw wrong(command, `it takes nothing behind \`--\``);
  const specs = command.options;
  const { tokens } = parseArgs({
    args: [...(end < 0 ? words : words.slice(0, end))],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(specs).map(([name, { type, short }]) => [
        name,
        { type: type === 'boolean' ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) } as const,
      ]),
    ),
  });
  const options: Record<string, string | boolean> = {};
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind === 'option') options[token.name] = valueOf(command, token);
  }
  checkOperands(command, operands);
  return { options, operands, rest };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
}

function valueOf(command: Command, { name, rawName, value }: OptionToken): string | boolean {
  const spec = Object.hasOwn(command.options, name) ? command.options[name] : undefined;
  if (!spec) throw wrong(command, `there is no option ${rawName}`, closestOption(command, name));
  if (spec.type === 'boolean') {
    if (value === undefined) return true;
    throw wrong(command, `${rawName} takes no value`);
  }
  if (value === undefined || value === '')
    throw wrong(command, `${rawName} needs a value: ${rawName} <${wordOf(spec)}>`);
  if (spec.type === 'number' && !(Number(value) > 0)) throw wrong(command, `${rawName} must be a number > 0`);
  if (spec.choices && !spec.choices.includes(value)) {
    const meant = closest(value, spec.choices);
    throw wrong(command, `${rawName} must be one of ${spec.choices.join(', ')}`, meant && `${rawName} ${meant}`);
  }
  return value;
}

/** The word for an option's value. */
export function wordOf({ value, choices, type }: OptionSpec): string {
  return choices?.join('|') ?? value ?? type;
}

function closestOption({ options }: Command, name: string): string | undefined {
  const meant = closest(name, Object.keys(options));
  return meant && `--${meant}`;
}

function checkOperands(command: Command, given: readonly string[]): void {
  const { operands } = command;
  const missing = operands.slice(given.length).find(({ required }) => required);
  if (missing) throw wrong(command, `<${missing.name}> is missing: ${missing.help}`);
  const extra = given[operands.length];
  if (extra !== undefined && !operands.at(-1)?.many) throw wrong(command, `it takes no further word: '${extra}'`);
}

function wrong({ name }: Command, what: string, meant?: string): CommandError {
  const question = meant === undefined ? '' : `; did you mean ${meant}?`;
  return new CommandError(`colloquy ${name}: ${what}${question || '.'}\nSee colloquy ${name} --help.`, 2);
}
