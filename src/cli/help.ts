/** The help of the command, written from what its commands say of themselves. */
import type { Command, OptionSpec } from './command.js';
import { wordOf } from './parse.js';

/** The list of commands. */
export function overview(commands: readonly Command[]): string {
  return [
    'colloquy: looks at Socket.IO applications made with createApp',
    '',
    'Usage: colloquy <command> [words] [options]',
    '',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'colloquy <command> --help says all of a command; colloquy --version says the version.',
    'Exit codes: 0 all is well; 1 something is wrong; 2 the command line is wrong.',
  ].join('\n');
}

/** The help of one command. */
export function helpOf(command: Command): string {
  const { name, summary, about, operands, options, examples, failsIf, takesRest } = command;
  const words = operands.map(({ name: word, required, many }) => {
    const shown = many ? `${word} ...` : word;
    return required ? `<${shown}>` : `[${shown}]`;
  });
  return [
    `colloquy ${name}: ${summary}`,
    '',
    `Usage: ${['colloquy', name, ...words, '[options]', ...(takesRest ? ['[-- arguments]'] : [])].join(' ')}`,
    '',
    about,
    '',
    ...section('Words', columns(operands.map((each) => [each.name, each.help]))),
    ...section('Options', columns([...Object.entries(options).map(optionRow), ['--help, -h', 'shows this']])),
    ...section(
      'Examples',
      examples.map((each) => `  ${each}`),
    ),
    `Exit codes: 0 all is well; 1 ${failsIf}; 2 the command line is wrong.`,
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines, ''];
}

function optionRow([name, spec]: readonly [string, OptionSpec]): readonly [string, string] {
  const value = spec.type === 'boolean' ? '' : ` <${wordOf(spec)}>`;
  return [`--${name}${spec.short === undefined ? '' : `, -${spec.short}`}${value}`, spec.help];
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
