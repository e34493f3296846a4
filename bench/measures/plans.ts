import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaults } from '../server.js';
import type { Column, Measure } from './measure.js';

const run = promisify(execFile);
const speed = join(import.meta.dirname, '../payload/speed.js');

const payloads = { flat: '3 fields', rejected: '3 broken rules', nested: '20 nested items' } as const;
type Payload = keyof typeof payloads;
const names = Object.keys(payloads) as Payload[];

const counts = [0, 100, 300];

/** The contenders that are measured, and which way of `payload/speed.ts` is theirs. */
const ways: Readonly<Record<string, string>> = { colloquy: 'plans', 'plain-class-validator': 'libraries' };

const column = (payload: Payload, count: number): Column => ({
  id: `plans.${payload}.${count}`,
  title: `${payloads[payload]}, ${count === 0 ? 'alone' : `beside ${count}`}`,
  unit: 'µs',
});

/** What a payload costs by itself. The contender's server is not asked: each number comes from a process of its own. */
export const plans: Measure = {
  id: 'plans',
  title: 'CPU per payload transformed and validated, without a network, alone and beside other DTO classes',
  columns: names.flatMap((payload) => counts.map((count) => column(payload, count))),
  settings: [defaults],
  clients: false,
  sweeps: 1,
  takesPart: ({ name }) => name in ways,
  sample: async ({ contender }) => {
    const samples: [id: string, µs: number][] = [];
    for (const count of counts) {
      const { stdout } = await run(process.execPath, [speed, ways[contender.name]!, String(count)]);
      const times = JSON.parse(stdout) as Record<Payload, number>;
      for (const payload of names) samples.push([column(payload, count).id, times[payload]]);
    }
    return Object.fromEntries(samples);
  },
};
