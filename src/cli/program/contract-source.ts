/** A contract as a command is given it: a file that `colloquy contract` wrote, or the program that it is the contract of. */
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Contract } from '../../contract/contract.js';
import { CommandError, type Input, type Terminal } from '../command.js';
import { existing } from './find-main.js';
import { inspect, mainOperand, type Inspected } from './inspect.js';

/** The operand of commands that take either. */
export const sourceOperand = { ...mainOperand, help: `${mainOperand.help}; or a contract.json` } as const;

export interface ContractSource {
  readonly contract: Contract;
  /** The program, unless the contract was read from a file. */
  readonly program?: Inspected;
}

/**
 * Returns the contract of a file, or of a program.
 * @throws CommandError if it is neither
 */
export async function contractFrom(
  named: string | undefined,
  input: Input,
  terminal: Terminal,
): Promise<ContractSource> {
  if (named !== undefined && extname(named) === '.json') return { contract: readContract(named, terminal) };
  const program = await inspect(named, input, terminal);
  return { contract: program.application.contract, program };
}

/**
 * Reads a contract.
 * @throws CommandError with exit code 2 if the file is something else
 */
export function readContract(named: string, { cwd }: Pick<Terminal, 'cwd'>): Contract {
  const path = existing(named, cwd);
  let contract: unknown;
  try {
    contract = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw notContract(named, (error as Error).message);
  }
  if ((contract as Partial<Contract> | null)?.colloquy === 1) return contract as Contract;
  throw notContract(named, 'it has no `"colloquy": 1`');
}

function notContract(named: string, why: string): CommandError {
  return new CommandError(`${named} is no contract: ${why}.\nWrite one with colloquy contract > contract.json`, 2);
}
