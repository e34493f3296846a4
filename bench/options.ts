import { parseArgs } from 'node:util';
import { allContenders, type Contender } from './contenders.js';
import { allMeasures } from './measures/all.js';
import type { Measure } from './measures/measure.js';

export interface Options {
  measures: Measure[];
  contenders: Contender[];
  rounds: number;
  quick: boolean;
  /** Whether the run is whole enough for RESULTS.md and the chart. */
  write: boolean;
  /** Show the last run again instead of measuring. */
  again: boolean;
  /** Measure only the measures named, and put them in the place of the last run's. */
  renew: boolean;
}

const help = (): string => `npm run bench -- [options]

  --only a,b         measures: ${allMeasures.map(({ id, aside }) => (aside ? `${id} (only if named)` : id)).join(', ')}
  --contenders a,b   contenders: ${allContenders()
    .map(({ name }) => name)
    .join(', ')}
                     (plain is always among them: ratios are taken to it)
  --rounds N         rounds (default 7, with --quick 3)
  --quick            short windows and small crowds: to try things out, not to quote
  --write            write RESULTS.md and chart.svg though the run is not a whole one
  --renew            with --only: the rest of the tables from the last run
  --again            measure nothing; print the last run's tables once more
  --help             this`;

/** Picks the named ones, in the order of `all`; throws when a name is unknown. */
function pick<T>(all: T[], nameOf: (item: T) => string, names: string | undefined): T[] {
  if (names === undefined) return all;
  const wanted = names.split(',').filter(Boolean);
  const unknown = wanted.filter((name) => !all.some((item) => nameOf(item) === name));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; see --help`);
  return all.filter((item) => wanted.includes(nameOf(item)));
}

/** Reads the command line; `undefined` when it asked for help, which has then been printed. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      contenders: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      renew: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help());
    return undefined;
  }
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 7));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1');
  const whole = values.only === undefined && values.contenders === undefined && !values.quick;
  const choice = allMeasures.filter(({ aside }) => !aside || values.only !== undefined || values.again);
  return {
    measures: pick(choice, ({ id }) => id, values.only),
    contenders: pick(allContenders(), ({ name }) => name, values.contenders && `plain,${values.contenders}`),
    rounds,
    quick: values.quick,
    write: values.write || (whole && !values.again),
    again: values.again,
    renew: values.renew,
  };
}
