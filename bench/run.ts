/** `npm run bench`: checks the contenders, measures them in rounds, prints the tables. */
import type { Contender } from './contenders.js';
import { readOptions, type Options } from './options.js';
import { prepare } from './prepare.js';
import { describeRun, loadRun, printRun, renewRun, saveRun, writeRun, type Run } from './report/results.js';
import { allMeasures } from './measures/all.js';
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

/** Measures, and hands over what there is after every round. */
async function measure({ contenders, measures, rounds, quick }: Options, save: (run: Run) => void): Promise<Run> {
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
      save({ ...bench.outcome, facts });
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
  const last = options.again || options.renew ? loadRun() : undefined;
  const whole = (run: Run): Run => (last && options.renew ? renewRun(last, run, options.measures) : run);
  const run = options.again ? last! : whole(await measure(options, (each) => saveRun(whole(each))));
  const shown = options.renew ? allMeasures : options.measures;
  printRun(run, shown, options.contenders);
  if (options.write) writeRun(run, shown, options.contenders);
}
