/** `colloquy contract`: the contract as JSON. */
import type { Command } from '../command.js';
import { outputOption, writeResult } from '../output/file.js';
import { inspect, mainOperand, programOptions } from '../program/inspect.js';

export const contract: Command = {
  name: 'contract',
  summary: 'writes the contract as JSON, to be committed and compared',
  about:
    'The contract says what clients may send and what they receive. Commit it, and `colloquy diff` finds what breaks clients.',
  operands: [mainOperand],
  options: { ...outputOption, ...programOptions },
  examples: ['colloquy contract > contract.json', 'colloquy contract src/main.ts -o contract.json'],
  failsIf: 'the program makes no application',
  async run(input, terminal) {
    const { application } = await inspect(input.operands[0], input, terminal);
    writeResult(JSON.stringify(application.contract, null, 2), input, terminal);
    return 0;
  },
};
