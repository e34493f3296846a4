/** `colloquy types`: the contract as a TypeScript file for clients. */
import { dirname, extname, relative, resolve, sep } from 'node:path';
import { existsSync } from 'node:fs';
import { writeTypes, type ImportedClass } from '../../contract/types/write-types.js';
import type { Command, Input, Terminal } from '../command.js';
import { outputOption, writeResult } from '../output/file.js';
import { Classes, type ClassPlace } from '../sources/classes.js';
import { contractFrom, sourceOperand } from '../program/contract-source.js';
import { globbed } from '../sources/globbed.js';
import { programOptions, type Inspected } from '../program/inspect.js';
import { sourcesFrom } from '../sources/imports.js';

export const types: Command = {
  name: 'types',
  summary: 'writes the types of the contract for clients in TypeScript',
  about:
    'For `connect<Contract["/chat"]>(io(…))` of colloquy/client. The file names the classes of the server, so that a changed class\n' +
    "changes the client's types at once; a client that has not the server's sources takes --standalone, or names a contract.json.",
  operands: [sourceOperand],
  options: {
    standalone: { type: 'boolean', help: 'writes interfaces, and no import' },
    ...outputOption,
    ...programOptions,
  },
  examples: [
    'colloquy types src/main.ts -o client/contract.ts',
    'colloquy types --standalone -o ../web/src/contract.ts',
  ],
  failsIf: 'the program makes no application',
  async run(input, terminal) {
    const { contract, program } = await contractFrom(input.operands[0], input, terminal);
    const isAlone = input.options['standalone'] === true || !program;
    const importOf = isAlone ? undefined : await importsFor(program, input, terminal);
    writeResult(writeTypes(contract, importOf ? { importOf } : {}), input, terminal);
    return 0;
  },
};

async function importsFor(
  { main, application }: Inspected,
  { options }: Input,
  { cwd, remark }: Terminal,
): Promise<(name: string) => ImportedClass | undefined> {
  const folder = dirname(resolve(cwd, (options['output'] as string | undefined) ?? 'contract.ts'));
  const classes = new Classes(sourcesFrom([main, ...(await globbed(application))]));
  const told = new Set<string>();
  return (name) => {
    const places = classes.find(name);
    if (places.length === 1) return imported(places[0]!, folder);
    if (places.length > 1 && !told.has(name)) {
      remark(`There are several classes ${name}, so the types have an interface of their own for it.`);
    }
    told.add(name);
    return undefined;
  };
}

function imported({ file, exportedAs }: ClassPlace, folder: string): ImportedClass | undefined {
  const extension = extname(file);
  if (exportedAs === undefined) return undefined;
  const isTyped = /^\.[cm]?tsx?$/.test(extension) || existsSync(file.replace(/\.([cm]?)js$/, '.d.$1ts'));
  if (!isTyped) return undefined;
  const path = relative(folder, file)
    .split(sep)
    .join('/')
    .replace(/\.([cm]?)[jt]sx?$/, '.$1js');
  return { from: path.startsWith('.') ? path : `./${path}`, name: exportedAs };
}
