/** What the pages of all samples load beside their own `public/` folder. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';

/**
 * Makes an Express application that serves the samples' style sheet and scripts under `/shared`, and Colloquy's client
 * helper under `/colloquy`. It is the `http` option of a sample; routes and folders may be added to it.
 */
export function sampleAssets(): Express {
  return express()
    .disable('x-powered-by')
    .use('/shared', express.static(fileURLToPath(new URL('./public', import.meta.url))))
    .use('/colloquy', express.static(folderOf(import.meta.resolve('colloquy/client'))));
}

/** The folder of what `import.meta.resolve` found: installed packages reach browsers from here, not from other hosts. */
export function folderOf(address: string): string {
  return dirname(fileURLToPath(address));
}
