import type { Spread } from '../samples.js';

/** Rows of cells under a head; the first column names the row. */
export interface Table {
  title: string;
  head: string[];
  rows: string[][];
}

/** A number with about three digits that mean something. */
export function digits(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

/** Stands where there is no number. */
export const NONE = '–';

/** The median, and in brackets the range of the middle half of the rounds. */
export function spreadText(spread: Spread | undefined, unit = ''): string {
  if (!spread) return NONE;
  const { median, low, high } = spread;
  return `${digits(median)}${unit && ` ${unit}`} (${digits(low)}–${digits(high)})`;
}

/** For a terminal: columns padded to the same width. */
export function toText({ title, head, rows }: Table): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('   ');
  return [title, '', line(head), widths.map((width) => '-'.repeat(width)).join('   '), ...rows.map(line), ''].join(
    '\n',
  );
}

/** For RESULTS.md. */
export function toMarkdown({ title, head, rows }: Table): string {
  const line = (row: string[]): string => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    line(head),
    line(head.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...rows.map(line),
    '',
  ].join('\n');
}
