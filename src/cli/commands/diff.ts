/** `colloquy diff`: what changed between two contracts, and what of it breaks clients. */
import { formatChanges } from '../../contract/diff/changes.js';
import { diffContracts } from '../../contract/diff/diff.js';
import type { Command, Input } from '../command.js';
import { contractFrom, readContract, sourceOperand } from '../program/contract-source.js';
import { programOptions } from '../program/inspect.js';

type Format = 'text' | 'json' | 'markdown';

export const diff: Command = {
  name: 'diff',
  summary: 'says what changed since a contract, and what of it breaks clients',
  about:
    'Compares a contract that `colloquy contract` wrote with the program as it is now, or with another contract. What clients\n' +
    'send may only widen; what they receive may only narrow.',
  operands: [
    { name: 'before', help: 'the contract as it was: contract.json', required: true },
    { ...sourceOperand, name: 'after' },
  ],
  options: {
    format: {
      type: 'string',
      choices: ['text', 'json', 'markdown'],
      help: 'how the changes are written; text unless given',
    },
    json: { type: 'boolean', help: 'the same as --format json' },
    ...programOptions,
  },
  examples: [
    'colloquy diff contract.json src/main.ts',
    'colloquy diff contract.json --format markdown >> "$GITHUB_STEP_SUMMARY"',
  ],
  failsIf: 'a change breaks clients, or the program makes no application',
  async run(input, terminal) {
    const [before, after] = input.operands;
    const old = readContract(before!, terminal);
    const { contract: current } = await contractFrom(after, input, terminal);
    const changes = diffContracts(old, current);
    terminal.print(formatChanges(changes, formatOf(input)));
    return changes.some(({ breaking }) => breaking) ? 1 : 0;
  },
};

function formatOf({ options }: Input): Format {
  return options['json'] ? 'json' : ((options['format'] as Format | undefined) ?? 'text');
}
