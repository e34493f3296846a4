/**
 * Builds the site of the documents into `.build/site`: the pages as they stand in the repository, and a reference made from the
 * types and their comments. TypeDoc needs the compiler API of TypeScript 6, so this folder has packages of its own.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'vitepress';
import { pagesOf, sourceLinks } from './pages.mjs';

const here = import.meta.dirname;
const root = join(here, '../..');
const site = join(root, '.build/site');
const stage = join(site, 'pages');

rmSync(site, { recursive: true, force: true });
const pages = pagesOf(root);
for (const page of pages) {
  const file = join(stage, page);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, sourceLinks(readFileSync(join(root, page), 'utf8'), page, pages));
}
cpSync(join(root, 'bench/chart.svg'), join(stage, 'bench/chart.svg'));

const entries = Object.values(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports)
  .flatMap(({ types }) => types ?? [])
  .map((types) => join(root, types.replace('./dist/', 'src/').replace('.d.ts', '.ts')));
const flags = ['--plugin', 'typedoc-plugin-markdown', '--entryPoints', ...entries, '--out', join(stage, 'api')];
const quiet = ['--readme', 'none', '--excludeInternal', '--excludePrivate', '--disableSources', '--logLevel', 'Error'];
const typedoc = join(here, 'node_modules/typedoc/bin/typedoc');
const tsconfig = ['--tsconfig', join(root, 'tsconfig.build.json'), '--basePath', join(root, 'src')];
const reference = spawnSync(process.execPath, [typedoc, ...tsconfig, ...flags, ...quiet], {
  cwd: root,
  stdio: 'inherit',
});
if (reference.status !== 0 || !existsSync(join(stage, 'api'))) process.exit(1);

process.env.COLLOQUY_PAGES = JSON.stringify(pages);
await build(here, { outDir: join(site, 'dist') });
console.log(`the site is in ${relative(process.cwd(), join(site, 'dist'))}: ${pages.length} pages and the reference`);
