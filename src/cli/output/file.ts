/** The result of a command: on standard output, or in a file. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { CommandError, type Input, type OptionSpec, type Terminal } from '../command.js';

/** The option of commands whose result is a file. */
export const outputOption = {
  output: { type: 'string', short: 'o', value: 'file', help: 'writes the file, instead of standard output' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Writes the result where `--output` says. A file that is the same already is not touched, so nothing that watches it wakes. */
export function writeResult(text: string, { options }: Input, { cwd, print, remark }: Terminal): void {
  const named = options['output'] as string | undefined;
  if (named === undefined) return print(text.trimEnd());
  const path = resolve(cwd, named);
  const content = `${text.trimEnd()}\n`;
  const isSame = existsSync(path) && readFileSync(path, 'utf8') === content;
  if (!isSame) write(path, named, content);
  remark(`${relative(cwd, path)} ${isSame ? 'is the same as before' : 'was written'}`);
}

function write(path: string, named: string, content: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  } catch (error) {
    throw new CommandError(`${named} cannot be written: ${(error as Error).message}`);
  }
}
