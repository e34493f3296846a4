/**
 * `node speed.js WAY OTHERS`: CPU time per payload, transformed and validated by a compiled plan (`plans`) or by
 * `plainToInstance` and `validateSync` (`libraries`), in a process where OTHERS other DTO classes were used first: they
 * stand before ours in every list of the libraries. What breaks rules is told as JSON. Prints µs by the payload's name, as JSON.
 */
import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { join } from 'node:path';
import { benchFolder } from '../contenders.js';
import { declareOthers, payloads, type Dto } from './dtos.js';

const WARM_MS = 300;
const WINDOW_MS = 30;
const WINDOWS = 7;

/** Returns the instance, or the text of what is wrong. */
type Way = (payload: object) => unknown;

const { Invalid, planPayload } = (await import(
  join(benchFolder, '../dist/payload/index.js')
)) as typeof import('../../dist/payload/index.js');

const ways: Readonly<Record<string, (type: Dto) => Way>> = {
  plans: (type) => {
    const plan = planPayload(type);
    if (plan.mode !== 'compiled') throw new Error(`${type.name} is not compiled: ${plan.reasons.join(', ')}`);
    return (payload) => {
      const made = plan.run(payload);
      return made instanceof Invalid ? JSON.stringify(made.issues) : made;
    };
  },
  libraries: (type) => (payload) => {
    const made = plainToInstance(type, payload);
    const errors = validateSync(made, { whitelist: true });
    return errors.length === 0 ? made : JSON.stringify(issuesOf(errors));
  },
};

/** What a program by hand would tell of flat payloads. */
function issuesOf(errors: readonly ValidationError[]): object[] {
  return errors.flatMap(({ property, constraints }) =>
    Object.entries(constraints ?? {}).map(([rule, message]) => ({ path: property, rule, message })),
  );
}

/** CPU microseconds per call: what other processes do meanwhile does not count. */
function time(run: () => unknown, calls: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < calls; i++) run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}

/** The median of some windows, when the engine has compiled the code. */
function measure(run: () => unknown): number {
  const end = performance.now() + WARM_MS;
  while (performance.now() < end) time(run, 50);
  const calls = Math.ceil((WINDOW_MS * 1000) / time(run, 1000));
  const windows = Array.from({ length: WINDOWS }, () => time(run, calls));
  return windows.toSorted((a, b) => a - b)[WINDOWS >> 1]!;
}

const [way, others] = process.argv.slice(2);
declareOthers(Number(others));
const times = Object.entries(payloads).map(([name, { type, payload, isValid }]) => {
  const run = ways[way!]!(type);
  if (run(payload) instanceof type !== isValid) throw new Error(`${name} is not judged rightly`);
  return [name, measure(() => run(payload))] as const;
});
console.log(JSON.stringify(Object.fromEntries(times)));
