/**
 * Prints the tables of docs/scaling.md.
 *
 *     npx tsc -p bench/scaling && node .build/bench/scaling/run.js
 */
import { tables } from './tables.js';

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
for (const [name, make] of Object.entries(tables)) {
  const { head, rows } = make();
  console.log([`<!-- table: ${name} -->`, line(head), line(head.map(() => '---:')), ...rows.map(line), ''].join('\n'));
}
