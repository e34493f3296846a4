import type { Contender } from '../contenders.js';

import { busyOf, type Column, type Measure } from '../measures/measure.js';
import type { Failure } from '../rounds.js';
import { spread, type Samples } from '../samples.js';
import { digits, NONE, spreadText, type Table } from './table.js';
import { targets } from './targets.js';

const BASE = 'plain';
export const NOT_MEASURED = 'not measured';

/** Plain's numbers are absolute; everybody else's are ratios to them, or to the column's own base, or absolute where there is neither. */
function cell(samples: Samples, contender: Contender, { id, unit, base }: Column): string {
  if (base !== undefined) return spreadText(spread(samples.ratio(contender.name, id, contender.name, base)));
  const measuredPlain = samples.absolute(BASE, id).length > 0;
  if (contender.name === BASE || !measuredPlain) return spreadText(spread(samples.absolute(contender.name, id)), unit);
  return spreadText(spread(samples.ratio(contender.name, id, BASE)));
}

/** A contender's row, or those that its columns name. */
function rowsOf(samples: Samples, contender: Contender, columns: Column[], titles: string[]): string[][] {
  const names = [...new Set(columns.map(({ row }) => row))];
  return names.map((name) => {
    const own = columns.filter(({ row }) => row === name);
    const cells = titles.map((title) => {
      const column = own.find((each) => each.title === title);
      return column ? cell(samples, contender, column) : NONE;
    });
    return [name === undefined ? contender.label : `${contender.label}, ${name}`, ...cells];
  });
}

/** One table per measure: a row, or several, per contender that was measured. */
export function measureTables(samples: Samples, measures: Measure[], contenders: Contender[]): Table[] {
  return measures.map(({ title, columns }) => {
    const titles = [...new Set(columns.map((column) => column.title))];
    return {
      title,
      head: ['', ...titles],
      rows: contenders
        .flatMap((contender) => rowsOf(samples, contender, columns, titles))
        .filter((row) => row.slice(1).some((text) => text !== NONE)),
    };
  });
}

/** The promises beside what was measured, compared with two decimals as they are written; one that was not measured says so. */
export function targetTable(samples: Samples): Table {
  const rows = targets.map(({ claim, bound, limit, numbers, floor }) => {
    const measured = spread(numbers(samples));
    const median = measured && Number(measured.median.toFixed(2));
    const holds = median === undefined ? undefined : bound === 'at most' ? median <= limit : median >= limit;
    const verdict = holds === undefined ? NOT_MEASURED : holds ? 'holds' : 'DOES NOT HOLD';
    const least = floor && spread(floor(samples));
    return [
      claim,
      `${bound === 'at most' ? '≤' : '≥'} ${limit}`,
      spreadText(measured),
      least ? spreadText(least) : '',
      verdict,
    ];
  });
  return { title: 'Targets', head: ['Colloquy', 'target', 'measured', 'the floor', ''], rows };
}

/** Who is missing where, and why; empty when nobody is. */
export function failureTable(failures: Failure[]): Table | undefined {
  if (failures.length === 0) return undefined;
  const rows = failures.map(({ contender, what, reason }) => [contender, what, reason]);
  return { title: 'Not measured', head: ['contender', 'where', 'reason'], rows };
}

/** How much of its own core the load generator needed at most: well below 100 % means that it was not the limit. */
export function generatorLine(samples: Samples, measures: Measure[], contenders: Contender[]): string {
  const shares = measures.flatMap(({ columns }) =>
    columns.flatMap(({ id }) =>
      contenders.map(({ name, label }) => ({
        where: `${label}, ${id}`,
        share: spread(samples.absolute(name, busyOf(id)))?.median ?? 0,
      })),
    ),
  );
  const most = shares.toSorted((a, b) => b.share - a.share)[0];
  return most && most.share > 0
    ? `The load generator used at most ${digits(100 * most.share)} % of one core (median; ${most.where}).`
    : 'The load generator was not watched.';
}
