import 'reflect-metadata';
import { join } from 'node:path';
import { createApp } from 'colloquy';
import { options } from './options.js';

const app = await createApp({ ...options, static: join(import.meta.dirname, '../public') });
const { url } = await app.listen(Number(process.env['PORT'] ?? 5000));
console.log(`open ${url}`);
