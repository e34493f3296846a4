/** The pages of the repository, and their links. */
import { execFileSync } from 'node:child_process';
import { posix } from 'node:path';

/** All pages that are committed, as paths from the root; without those of the benchmarks' contenders and templates. */
export function pagesOf(root) {
  const files = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).split('\n');
  return files.filter(
    (file) => file !== '' && !/^(bench\/contenders|create-colloquy\/templates|docs\/site)\//.test(file),
  );
}

/** Links to files that are no pages become text: the site has no sources. */
export function sourceLinks(text, page, pages) {
  const known = new Set([...pages, 'bench/chart.svg']);
  return text.replace(/\[([^\]]*)\]\((?!https?:|#|mailto:)([^)\s#]+)(#[^)]*)?\)/g, (link, label, path) => {
    const target = posix.normalize(posix.join(posix.dirname(page), path)).replace(/\/$/, '');
    if (known.has(target)) return link;
    return known.has(`${target}/README.md`) ? `[${label}](${path.replace(/\/$/, '')}/README.md)` : label;
  });
}
