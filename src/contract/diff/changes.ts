/** One difference between two contracts, and whether it breaks clients that know the old one. */

/** `in`: what clients send; `out`: what they receive. */
export type Direction = 'in' | 'out';

export interface Change {
  /** A word that programs compare: `event_removed`, `required_added`. */
  readonly kind: string;
  /** The namespace, the event, and the value inside of it: `/chat say, argument 1: text`. */
  readonly where: string;
  readonly message: string;
  readonly breaking: boolean;
}

/** Adds one change to a list. */
export type Report = (kind: string, where: string, message: string, breaking: boolean) => void;

/** Writes changes down, those that break first. */
export function formatChanges(changes: readonly Change[], format: 'text' | 'json' | 'markdown' = 'text'): string {
  const sorted = changes.toSorted((a, b) => Number(b.breaking) - Number(a.breaking));
  if (format === 'json')
    return JSON.stringify({ breaking: changes.some(({ breaking }) => breaking), changes: sorted }, null, 2);
  if (sorted.length === 0) return 'The contract is the same.';
  if (format === 'text')
    return sorted
      .map(({ breaking, where, message }) => `${breaking ? 'breaks' : 'safe  '}  ${where}: ${message}`)
      .join('\n');
  const rows = sorted.map(
    ({ breaking, where, message }) => `| ${breaking ? '**breaks**' : 'safe'} | ${cell(where)} | ${cell(message)} |`,
  );
  return ['| | where | change |', '| --- | --- | --- |', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ');
}
