import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chart } from './chart.js';
import { benchFolder, type Contender } from '../contenders.js';
import { describeMachine, stackDifferences, versionsOf } from './machine.js';
import { busyOf, type Measure } from '../measures/measure.js';
import { failureTable, generatorLine, measureTables, NOT_MEASURED, targetTable } from './tables.js';
import type { Failure, Outcome } from '../rounds.js';
import { Samples } from '../samples.js';
import { toMarkdown, toText } from './table.js';

/** Everything that a run leaves behind; `facts` are lines about machine and settings. */
export interface Run extends Outcome {
  facts: string[];
}

const file = join(benchFolder, '.build/last-run.json');

export function saveRun(run: Run): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(run));
}

export function loadRun(): Run {
  const saved = JSON.parse(readFileSync(file, 'utf8')) as { samples: unknown; failures: Failure[]; facts: string[] };
  return { ...saved, samples: Samples.fromJSON(saved.samples) };
}

/** The last run with some measures of a later one; what is said of it says which. */
export function renewRun(last: Run, later: Run, measures: Measure[]): Run {
  const ids = measures.map(({ id }) => id);
  const columns = measures.flatMap((measure) => measure.columns.flatMap(({ id }) => [id, busyOf(id)]));
  const rounds = later.facts.filter((fact) => /^(Date|Commit|Rounds):/.test(fact)).join(', ');
  return {
    samples: last.samples.renewedBy(later.samples, new Set(columns)),
    failures: [...last.failures.filter(({ what }) => !ids.includes(what)), ...later.failures],
    facts: [...last.facts, `Measured later: ${ids.join(', ')} (${rounds})`],
  };
}

/** What stands above the tables of a run. */
export function describeRun(contenders: Contender[], rounds: number, quick: boolean): string[] {
  const reference = contenders[0]!;
  const stacks = contenders.flatMap((contender) => {
    const different = stackDifferences(contender, reference);
    return different.length > 0 ? [`${contender.label} (${different.join(', ')})`] : [];
  });
  const versions = contenders.flatMap((contender) => versionsOf(contender));
  return [
    ...describeMachine(),
    `Versions: ${[...new Set(versions)].join(', ')}`,
    stacks.length > 0
      ? `Socket.IO's own packages differ from plain's in: ${stacks.join('; ')}`
      : "Socket.IO's own packages (socket.io, engine.io, socket.io-adapter, socket.io-parser, ws) are of the same versions in every Node contender",
    `Rounds: ${rounds}${quick ? ', quick: short windows and small crowds, not to be quoted' : ''}`,
  ];
}

/** The tables on the terminal. */
export function printRun({ samples, failures, facts }: Run, measures: Measure[], contenders: Contender[]): void {
  const promised = targetTable(samples);
  const measured = { ...promised, rows: promised.rows.filter((row) => row.at(-1) !== NOT_MEASURED) };
  const tables = [...measureTables(samples, measures, contenders), measured, failureTable(failures)];
  const shown = tables.filter((table) => table !== undefined && table.rows.length > 0);
  console.log(['', ...facts, generatorLine(samples, measures, contenders), ''].join('\n'));
  console.log(shown.map((table) => toText(table!)).join('\n'));
}

const READING = `Server CPU time (user and system, all threads) per message and per connection, in interleaved rounds with fresh servers.
The first row of a table is plain Socket.IO with hand-written checks, absolute; the others are **ratios to it**, taken within
a round: median (range of the middle half of the rounds). Lower is better. What cannot be compared has no number.
A server that is watched is compared with the same contender's that is not.
[README.md](README.md) says what is measured and how.`;

/** RESULTS.md and chart.svg. */
export function writeRun({ samples, failures, facts }: Run, measures: Measure[], contenders: Contender[]): void {
  const tables = [targetTable(samples), ...measureTables(samples, measures, contenders), failureTable(failures)];
  const notes = contenders.flatMap(({ label, note }) => (note ? [`- ${label}: ${note}`] : []));
  const text = [
    '# Results of the benchmark',
    '',
    READING,
    '',
    ...facts.map((fact) => `- ${fact}`),
    `- ${generatorLine(samples, measures, contenders)}`,
    '',
    '![CPU per validated message](chart.svg)',
    '',
    ...tables.filter((table) => table !== undefined && table.rows.length > 0).map((table) => toMarkdown(table!)),
    '## Notes',
    '',
    ...notes,
    '',
  ].join('\n');
  writeFileSync(join(benchFolder, 'RESULTS.md'), text);
  writeFileSync(join(benchFolder, 'chart.svg'), chart(samples, contenders));
}
