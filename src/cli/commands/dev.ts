/** `colloquy dev`: the program, started again whenever its sources change. */
import { relative } from 'node:path';
import type { Command } from '../command.js';
import { Supervisor } from '../dev/supervisor.js';
import { findMain } from '../program/find-main.js';
import { mainOperand, programOptions } from '../program/inspect.js';
import { startOf } from '../program/loader.js';

export const dev: Command = {
  name: 'dev',
  summary: 'runs the program, and starts it again when its sources change',
  about:
    'It watches the main file, all that it imports, and the folders of globs, new files in them too. It says what changed in the\n' +
    'dispatch table: `+ /chat say` is new, `- /chat shout` is gone, `~ /chat join` is another. A program that fails starts again with\n' +
    'the next change.',
  operands: [mainOperand],
  options: { loader: programOptions.loader },
  examples: ['colloquy dev', 'colloquy dev src/main.ts -- --port 4000'],
  failsIf: 'the program could not close in time when it was told to',
  takesRest: true,
  async run(input, { cwd, remark }) {
    const main = findMain(input.operands[0], cwd);
    const start = startOf(main, {
      preload: new URL('../dev/preload.js', import.meta.url),
      loader: input.options['loader'] as string | undefined,
      nodeOptions: process.env['NODE_OPTIONS'],
      cwd,
    });
    if (start.warning !== undefined) remark(`Warning: ${start.warning}`);
    const words = [...start.words, ...input.rest];
    const say = (text: string): void => remark(`[colloquy] ${text}`);
    return new Supervisor({ main, name: relative(cwd, main), cwd, words, say }).run();
  },
};
