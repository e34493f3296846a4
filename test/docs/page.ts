/** The pages that set foreign code beside ours: their rows, and the programs that our side makes. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as colloquy from '../../src/index.js';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Row {
  readonly title: string;
  /** The code of the left column, theirs. */
  readonly theirs: string;
  /** The code of the right column, ours. */
  readonly ours: string;
}

/** What a row's code is: a program, statements of the first program, a controller's file, methods of a controller. */
export type RowKind = 'program' | 'statements' | 'controller' | 'methods';

const rowPattern =
  /<tr><td colspan="2"><b>(.+?)<\/b><\/td><\/tr>\n<tr><td>\n\n```\w+\n(.*?)\n```\n\n<\/td><td>\n\n```ts\n(.*?)\n```\n\n<\/td><\/tr>/gs;

/**
 * Reads `docs/<name>.md`.
 * @throws Error where code of ours stands outside of a row
 */
export function readRows(name: string): Row[] {
  const text = readFileSync(join(root, 'docs', `${name}.md`), 'utf8');
  const rows = [...text.matchAll(rowPattern)].map(([, title, theirs, ours]) => ({
    title: title!.replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
    theirs: theirs!,
    ours: ours!,
  }));
  const cells = text.match(/<\/td><td>/g)?.length ?? 0;
  const blocks = text.match(/^```ts$/gm)?.length ?? 0;
  if (rows.length === 0 || rows.length !== cells || blocks !== cells) {
    throw new Error(`${name}.md: ${rows.length} rows, ${cells} right cells, ${blocks} blocks of ours`);
  }
  return rows;
}

/** A row's name as a file and as a namespace. */
export function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

export function kindOf({ ours }: Row): RowKind {
  if (/\bcreate(App|TestApp|Emitter)\(/.test(ours)) return 'program';
  if (/^export class /m.test(ours)) return 'controller';
  return ours.startsWith('@') ? 'methods' : 'statements';
}

/** The imports that the pages leave out. */
const imports = `import 'reflect-metadata';
import { ${Object.keys(colloquy).join(', ')} } from 'colloquy';
import type { AckFunction, DisconnectReason, Middleware, MiddlewareObject, Next } from 'colloquy';
import { Namespace as IoNamespace, Server, Socket } from 'socket.io';
import { IsInt, IsString, Length } from 'class-validator';
import { injectable } from 'tsyringe';
import { loadavg } from 'node:os';
`;

/** The folder of a page's programs. */
export const folderOf = (name: string): string => join(root, '.build', 'pages', name);

/** Where a row's compiled code is. */
export function fileOf(name: string, row: Row): string {
  const folder = kindOf(row) === 'program' ? '' : 'controllers';
  return join(folderOf(name), folder, `${slugOf(row.title)}.js`);
}

/** The README's compiler options, as a newcomer would copy them. */
function readmeConfig(): string {
  const [, config] = /```jsonc\n\/\/ tsconfig.json\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))!;
  return config!;
}

/** A row's code as a file of its own. Programs take a free port, so that they may run side by side. */
function sourceOf(row: Row, statements: readonly Row[]): string {
  const { title, ours } = row;
  switch (kindOf(row)) {
    case 'program':
      return [ours.replaceAll('5000', '0'), ...statements.map((each) => each.ours)].join('\n\n');
    case 'methods':
      return `@Namespace('/${slugOf(title)}')\nexport class Methods {\n${ours}\n}`;
    default:
      return ours;
  }
}

function writePage(name: string): void {
  const rows = readRows(name);
  const statements = rows.filter((row) => kindOf(row) === 'statements');
  for (const row of rows) {
    if (statements.includes(row)) continue;
    const file = fileOf(name, row).replace(/js$/, 'ts');
    const source = sourceOf(row, row === rows[0] ? statements : []);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, /^import /m.test(source) ? `${source}\n` : `${imports}\n${source}\n`);
  }
}

/** Compiles all rows of some pages in one run; gives what the compiler says, nothing where all is well. */
export function compilePages(names: readonly string[]): string {
  const folder = folderOf('');
  rmSync(folder, { recursive: true, force: true });
  for (const name of names) writePage(name);
  writeFileSync(join(folder, 'tsconfig.json'), readmeConfig());
  const tsc = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--skipLibCheck'], { encoding: 'utf8' });
  return tsc.stdout + tsc.stderr;
}
