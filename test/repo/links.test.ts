/** Links between the pages of the repository: their files and their headings are there. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { root } from './sources.js';

const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((page) => page !== '' && existsSync(join(root, page)));

const fenced = /^( *)(`{3,}|~{3,})[^]*?^\1\2 *$/gm;
const text = (page: string): string => readFileSync(join(root, page), 'utf8').replaceAll(fenced, '');

/** The anchors of a page's headings, as GitHub names them. */
function anchorsOf(page: string): Set<string> {
  const counts = new Map<string, number>();
  const anchors = [...text(page).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading]) => {
    const slug = heading!
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
  return new Set(anchors);
}

interface Link {
  readonly page: string;
  readonly file: string;
  readonly anchor: string | undefined;
}

function linksOf(page: string): Link[] {
  const prose = text(page).replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, path, anchor]) => ({
    page,
    file: path === '' ? page : join(dirname(page), decodeURIComponent(path!)),
    anchor,
  }));
}

test('every link of a page leads to a file, and to a heading of it', () => {
  const links = pages.flatMap(linksOf);
  assert.ok(links.length > 150, 'the links were read');
  const broken = links.filter(({ file, anchor }) => {
    if (!existsSync(join(root, file))) return true;
    return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
  });
  assert.deepEqual(broken, []);
});

test('every page of docs is linked from README.md or from another page', () => {
  const linked = new Set(
    pages
      .flatMap(linksOf)
      .filter(({ page, file }) => page !== file)
      .map(({ file }) => file),
  );
  const alone = pages.filter((page) => page.startsWith('docs/') && !linked.has(page));
  assert.deepEqual(alone, []);
});
