import type { Contender } from '../contenders.js';
import { spread, type Samples } from '../samples.js';
import { digits } from './table.js';

const WIDTH = 760;
const LABEL = 230;
const ROW = 44;
const BAR = 14;
const TOP = 64;
/** Room for a bar's number at its right end. */
const NUMBER = 90;

/** Middle tones that can be read on a light page and on a dark one. */
const INK = '#7a828c';
const series = [
  { column: 'say.1', name: '1 in flight', own: '#2f81f7', other: '#8b949e' },
  { column: 'say.16', name: '16 in flight', own: '#79b8ff', other: '#b7bdc4' },
] as const;

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${x}" y="${y}" ${more}>${escape(content)}</text>`;

interface Row {
  label: string;
  own: boolean;
  values: (number | undefined)[];
}

const rect = (x: number, y: number, width: number, fill: string): string =>
  `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${fill}"/>`;

/** A bar as long as its value; one that would dwarf the others is broken before its end and says its number. */
function bar(value: number, scale: number, y: number, fill: string): string {
  const room = WIDTH - LABEL - NUMBER;
  const length = Math.min(value * scale, room);
  const drawn =
    value * scale > room
      ? rect(LABEL, y, room - 22, fill) + rect(LABEL + room - 16, y, 16, fill)
      : rect(LABEL, y, length, fill);
  return drawn + text(LABEL + Math.round(length) + 6, y + BAR - 3, `${digits(value)} µs`);
}

function legend(): string {
  return series
    .map(({ name, other }, i) => {
      const x = LABEL + i * 120;
      return `<rect x="${x}" y="38" width="10" height="10" rx="2" fill="${other}"/>${text(x + 16, 47, name)}`;
    })
    .join('');
}

/** CPU per validated message by framework, cheapest first, as an SVG of its own. */
export function chart(samples: Samples, contenders: Contender[]): string {
  const rows: Row[] = contenders
    .filter(({ control }) => control !== true)
    .map(({ name, label }) => ({
      label,
      own: name === 'colloquy',
      values: series.map(({ column }) => spread(samples.absolute(name, column))?.median),
    }))
    .filter(({ values }) => values[0] !== undefined)
    .toSorted((a, b) => a.values[0]! - b.values[0]!);
  /** The scale fits all but the slowest fifth, so that one framework does not press the others together. */
  const typical = rows.map(({ values }) => values[0]!)[Math.floor(0.8 * (rows.length - 1))] ?? 1;
  const scale = (WIDTH - LABEL - NUMBER) / (typical * 1.1);
  const bars = rows.map(({ label, own, values }, i) => {
    const y = TOP + i * ROW;
    const drawn = values.map((value, s) =>
      value === undefined ? '' : bar(value, scale, y + s * (BAR + 2), own ? series[s]!.own : series[s]!.other),
    );
    const weight = own ? 'font-weight="700"' : '';
    return text(LABEL - 10, y + BAR + 5, label, `text-anchor="end" ${weight}`) + drawn.join('');
  });
  const height = TOP + rows.length * ROW + 6;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Server CPU per validated message by framework" font-family="system-ui, sans-serif" font-size="12" fill="${INK}">`,
    text(LABEL, 20, 'Server CPU per validated message (lower is better)', 'font-size="14" font-weight="700"'),
    legend(),
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}
