/** What the pages of all samples load beside their own `public/` folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';

/**
 * Makes an Express application that serves the samples' style sheet and scripts under `/shared`, and Colloquy's client
 * helper under `/colloquy`. It is the `http` option of a sample; routes and folders may be added to it.
 *
 * @param main the address of the sample's program, `import.meta.url`: its controllers are shown beside the demo
 */
export function sampleAssets(main: string): Express {
  const folder = dirname(fileURLToPath(main));
  return express()
    .disable('x-powered-by')
    .get('/source', (_request, response) => void response.json(sourcesOf(folder)))
    .use('/shared', express.static(fileURLToPath(new URL('./public', import.meta.url))))
    .use('/colloquy', express.static(folderOf(import.meta.resolve('colloquy/client'))));
}

/** The folder of what `import.meta.resolve` found: installed packages reach browsers from here, not from other hosts. */
export function folderOf(address: string): string {
  return dirname(fileURLToPath(address));
}

/** The controllers of a sample, as its page shows them. */
function sourcesOf(folder: string): { readonly name: string; readonly text: string }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.controller.ts'))
    .map((file) => ({
      name: `samples/${basename(folder)}/${file}`,
      text: readFileSync(join(folder, file), 'utf8'),
    }));
}
