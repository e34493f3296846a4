/**
 * How many times faster a compiled payload plan is than `plainToInstance` and `validateSync`, beside 0, 100 and 300
 * other DTO classes, each in a process of its own. Both ways are measured in turns in one process; a figure is the median of the rounds.
 *
 *     npx tsc -p bench/payload && node .build/bench/payload/speed.js
 */
import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Invalid, planPayload } from '../../src/payload/index.js';
import { declareOthers, INVALID_CHAT, VALID } from './dtos.js';

const ROUNDS = 11;
const ROUND_MS = 30;

type Way = () => unknown;

/** CPU microseconds per call: what other processes do meanwhile does not count. */
function time(way: Way, calls: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < calls; i++) way();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

/** How often to call in one round, found when the code has been compiled by the engine. */
function callsPerRound(way: Way): number {
  const end = performance.now() + 10 * ROUND_MS;
  while (performance.now() < end) time(way, 50);
  return Math.ceil((ROUND_MS * 1000) / time(way, 5000));
}

/** The median times of two ways, measured in turns. */
function compare(first: Way, second: Way): readonly [number, number] {
  const calls = [first, second].map(callsPerRound);
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const index of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      times[index].push(time(index === 0 ? first : second, calls[index] as number));
    }
  }
  return [median(times[0]), median(times[1])];
}

/** Measures everything in this process, in which the other classes were used first: they stand before ours in every list. */
function measure(others: number): void {
  declareOthers(others);
  for (const [name, [type, payload]] of Object.entries(VALID)) {
    const plan = planPayload(type);
    if (plan.mode !== 'compiled' || plan.run(payload) instanceof Invalid) throw new Error(`${name} is not compiled`);
    report(name, type, payload, others, () => plan.run(payload));
    if (name !== 'chat') continue;
    report('chat, invalid', type, INVALID_CHAT, others, () => (plan.run(INVALID_CHAT) as Invalid).issues);
  }
}

function report(name: string, type: new () => object, payload: object, others: number, run: Way): void {
  const library = () => validateSync(plainToInstance(type, payload), { whitelist: true });
  const [slow, fast] = compare(library, run);
  const row = [name.padEnd(14), `beside ${others}:`, `${slow.toFixed(2)} µs ->`, `${fast.toFixed(2)} µs`];
  console.log(row.join(' ').padEnd(50), `${(slow / fast).toFixed(1)} times faster`);
}

const [others] = process.argv.slice(2);
if (others !== undefined) measure(Number(others));
else {
  for (const count of ['0', '100', '300']) {
    spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1), count], { stdio: 'inherit' });
  }
}
