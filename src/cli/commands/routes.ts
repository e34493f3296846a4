/** `colloquy routes`: the dispatch table. */
import { printTable } from '../../controllers/plan/table.js';
import type { Command } from '../command.js';
import { inspect, mainOperand, programOptions } from '../program/inspect.js';

export const routes: Command = {
  name: 'routes',
  summary: 'lists the events, with their handlers, arguments and middleware',
  about: 'Prints the dispatch table: what a program logs when it starts, without starting it.',
  operands: [mainOperand],
  options: { json: { type: 'boolean', help: 'prints the rows as JSON' }, ...programOptions },
  examples: ['colloquy routes', 'colloquy routes src/main.ts --json'],
  failsIf: 'the program makes no application',
  async run(input, terminal) {
    const { application } = await inspect(input.operands[0], input, terminal);
    const { rows } = application;
    if (input.options['json']) terminal.print(JSON.stringify(rows, null, 2));
    else terminal.print(rows.length === 0 ? 'The application handles no event.' : printTable(rows));
    return 0;
  },
};
