/** `colloquy schemas`: the JSON Schemas of the DTOs. */
import { closest } from '../../base/boot/unknown-option.js';
import type { Contract, JsonSchema } from '../../contract/contract.js';
import { schemaDocument } from '../../contract/schema/references.js';
import { CommandError, type Command } from '../command.js';
import { outputOption, writeResult } from '../output/file.js';
import { contractFrom, sourceOperand } from '../program/contract-source.js';
import { programOptions } from '../program/inspect.js';

export const schemas: Command = {
  name: 'schemas',
  summary: 'writes the JSON Schema 2020-12 of each DTO',
  about:
    'One document, the DTOs by their names under `$defs`. With --only, the document is the schema of that DTO.\n' +
    'A rule that JSON Schema cannot say is named in `x-rules`.',
  operands: [sourceOperand],
  options: {
    only: { type: 'string', value: 'name', help: 'the DTO whose schema is wanted' },
    ...outputOption,
    ...programOptions,
  },
  examples: ['colloquy schemas > schemas.json', 'colloquy schemas src/main.ts --only Say'],
  failsIf: 'the program makes no application',
  async run(input, terminal) {
    const { contract } = await contractFrom(input.operands[0], input, terminal);
    const only = input.options['only'] as string | undefined;
    writeResult(
      JSON.stringify(only === undefined ? schemaDocument(contract) : one(contract, only), null, 2),
      input,
      terminal,
    );
    return 0;
  },
};

function one(contract: Contract, name: string): JsonSchema {
  const known = Object.keys(contract.schemas);
  if (known.includes(name)) return schemaDocument(contract, name);
  const meant = closest(name, known);
  const question = meant === undefined ? `; there are ${known.join(', ') || 'none'}.` : `; did you mean ${meant}?`;
  throw new CommandError(`The contract has no DTO ${name}${question}`, 2);
}
