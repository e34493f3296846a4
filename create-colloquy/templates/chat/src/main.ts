import 'reflect-metadata';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from 'colloquy';
import { options } from './options.js';

const app = await createApp({
  ...options,
  static: {
    '/': join(import.meta.dirname, '../public'),
    '/colloquy': dirname(fileURLToPath(import.meta.resolve('colloquy/client'))), // the page imports it
  },
});
const { url } = await app.listen(Number(process.env['PORT'] ?? 5000));
console.log(`open ${url}`);
