/** `colloquy asyncapi`: the contract as an AsyncAPI document. */
import { join } from 'node:path';
import { asyncapiOf, type AsyncapiOptions } from '../../contract/asyncapi.js';
import type { Command, Input, Terminal } from '../command.js';
import { outputOption, writeResult } from '../output/file.js';
import { yaml } from '../output/yaml.js';
import { contractFrom, sourceOperand, type ContractSource } from '../program/contract-source.js';
import { programOptions } from '../program/inspect.js';
import { manifestOf } from '../program/loader.js';

export const asyncapi: Command = {
  name: 'asyncapi',
  summary: 'writes the contract as an AsyncAPI 3.1 document',
  about:
    'A channel for each namespace, an operation for each event. Title and version are those of package.json unless given.',
  operands: [sourceOperand],
  options: {
    json: { type: 'boolean', help: 'writes JSON; YAML unless given' },
    title: { type: 'string', value: 'text', help: 'the title of the document' },
    host: { type: 'string', value: 'host:port', help: 'the address of the server; localhost unless given' },
    secure: { type: 'boolean', help: 'the server is served over TLS' },
    ...outputOption,
    ...programOptions,
  },
  examples: [
    'colloquy asyncapi > asyncapi.yaml',
    'colloquy asyncapi src/main.ts --json --host chat.example.com --secure',
  ],
  failsIf: 'the program makes no application',
  async run(input, terminal) {
    const source = await contractFrom(input.operands[0], input, terminal);
    const document = asyncapiOf(source.contract, describe(source, input, terminal));
    writeResult(input.options['json'] ? JSON.stringify(document, null, 2) : yaml(document), input, terminal);
    return 0;
  },
};

function describe({ program }: ContractSource, { options }: Input, { cwd }: Terminal): AsyncapiOptions {
  const { title, host, secure } = options;
  const { name, version } = manifestOf(program?.main ?? join(cwd, 'package.json')) ?? {};
  const texts = { title: title ?? program?.application.name ?? name, version, host, path: program?.application.path };
  const given = Object.entries(texts).filter(([, value]) => typeof value === 'string');
  return { ...Object.fromEntries(given), secure: secure === true };
}
