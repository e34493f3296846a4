/** Serves the controller of the contract, for runtimes that are not this one. */
import 'reflect-metadata';
import { createApp } from '../../src/index.js';
import { ContractController } from '../support/contract.controller.js';

const app = await createApp({ controllers: [ContractController], logger: false });
const modes = app.table.flatMap(({ payloads }) => payloads.map(({ type, mode }) => `${type} ${mode}`));
console.log(`payloads: ${modes.join(', ')}`);
const { url } = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`open ${url}`);
