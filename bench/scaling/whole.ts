/**
 * Starts whole clusters on this machine, lets their clients talk, and prints what that costs as the content of
 * measured.ts, and beside it what arithmetic and simulation say with the costs of costs.ts. Measure those in the same
 * hour: the company of a machine changes what a turn costs.
 *
 *     npx tsc -p bench/scaling && node .build/bench/scaling/whole.js [engine …]
 */
import type { EngineName } from './costs.js';
import type { Measured, Spread } from './measured.js';
import type { Scenario } from './scenario.js';
import { delaysTable, wholeTable, written } from './tables.js';
import { attempt, type Plan, type Trial } from './trial.js';

const plan: Plan = { seconds: 5, runs: 3, warmUp: 4000 };

/** 20 rooms on few nodes; no more messages than leave both cores of a small machine half idle. */
const scenario = (engine: EngineName, nodes: number, messages: number): Scenario => ({
  engine,
  nodes,
  connections: 400,
  room: 20,
  messages,
});
const scenarios = [
  scenario('redis', 2, 100),
  scenario('redis', 2, 400),
  scenario('redis', 4, 400),
  scenario('redis', 6, 400),
  scenario('redis', 2, 1200),
  scenario('local', 4, 400),
  scenario('nats', 4, 400),
  scenario('rabbitmq', 4, 400),
  scenario('postgres', 4, 400),
];

/** Four digits behind the point are a hundredth of a percent, and more than there is to know. */
function spread(trials: readonly Trial[], of: 'node' | 'broker' | 'half' | 'most'): Spread {
  const sorted = trials.map((trial) => Number(trial[of].toFixed(4))).sort((a, b) => a - b);
  return [sorted[0]!, sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!];
}

const wanted = process.argv.slice(2);
const measured: Measured[] = [];
for (const each of scenarios.filter(({ engine }) => wanted.length === 0 || wanted.includes(engine))) {
  const trials = await attempt(each, plan);
  measured.push({
    scenario: each,
    node: spread(trials, 'node'),
    broker: spread(trials, 'broker'),
    half: spread(trials, 'half'),
    most: spread(trials, 'most'),
  });
  console.log(`${JSON.stringify(measured.at(-1))},`);
}
console.log(written('whole', wholeTable(measured)));
console.log(written('delays', delaysTable(measured)));
