/** `npm run bench`: checks the contenders, measures them in rounds, prints the tables. */
import type { Contender } from './contenders.js';
import { readOptions, type Options } from './options.js';
import { prepare } from './prepare.js';
import { describeRun, loadRun, printRun, saveRun, writeRun, type Run } from './report/results.js';
import { fullScale, quickScale } from './measures/measure.js';
import { Rounds, words, type Failure } from './rounds.js';

/** One line that is written over on a terminal, and nothing in a log but the ends of rounds. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
}

async function prepareAll(contenders: Contender[]): Promise<{ ready: Contender[]; failures: Failure[] }> {
  const ready: Contender[] = [];
  const failures: Failure[] = [];
  for (const contender of contenders) {
    try {
      await prepare(contender, (what) => progress(`${what} ${contender.name}`));
      ready.push(contender);
    } catch (error) {
      failures.push({ contender: contender.name, what: 'install', reason: words(error) });
    }
  }
  return { ready, failures };
}

async function measure({ contenders, measures, rounds, quick }: Options): Promise<Run> {
  const { ready, failures } = await prepareAll(contenders);
  const facts = describeRun(ready, rounds, quick);
  const bench = new Rounds(quick ? quickScale : fullScale, progress);
  bench.outcome.failures.push(...failures);
  try {
    const entrants = await bench.check(ready);
    for (const { contender, what, reason } of bench.outcome.failures)
      console.error(`skipped: ${contender} (${what}): ${reason}`);
    for (let round = 1; round <= rounds; round++) {
      const start = performance.now();
      await bench.run(round, measures, entrants);
      saveRun({ ...bench.outcome, facts });
      progress('');
      console.error(`round ${round} of ${rounds}: ${Math.round((performance.now() - start) / 1000)} s`);
    }
  } finally {
    bench.stop();
  }
  return { ...bench.outcome, facts };
}

const options = readOptions(process.argv.slice(2));
if (options) {
  const run = options.again ? loadRun() : await measure(options);
  printRun(run, options.measures, options.contenders);
  if (options.write) writeRun(run, options.measures, options.contenders);
}
