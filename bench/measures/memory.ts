import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { defaults, programOf } from '../server.js';
import type { Column, Measure, Sample, Seat } from './measure.js';

const script = join(import.meta.dirname, '../memory/session.js');

const SWEEPS = 5;

const names = { echo: 'echo', say: 'say', order: 'order', invalid: 'rejected' } as const;

const columns: Column[] = [
  ...Object.entries(names).flatMap(([id, title]) =>
    [1, 16].map((depth): Column => ({ id: `memory.${id}.${depth}`, title: `${title}, ${depth}`, unit: 'µs' })),
  ),
  { id: 'memory.order.sliding', title: 'order, 16 sliding', unit: 'µs' },
];

interface Session {
  measure(): Promise<Sample>;
  stop(): void;
}

/** A process with the contender's server and its clients, warm. */
async function open({ contender, settings, rejection }: Seat): Promise<Session> {
  const { args } = programOf(contender);
  const child = spawn(process.execPath, [script, ...args.filter((arg) => !arg.startsWith('--'))], {
    cwd: contender.folder,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      BENCH_SETTINGS: JSON.stringify(settings),
      BENCH_MEMORY: JSON.stringify({ orders: contender.orders, rejection }),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let noise = '';
  child.stderr.on('data', (chunk: Buffer) => (noise += String(chunk)));
  const ended = once(child, 'exit').then(() => {
    throw new Error(noise.split('\n').find((line) => /error/i.test(line)) ?? 'the session ended');
  });
  ended.catch(() => {});
  let heard: (sample: Sample) => void;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('@memory ')) heard(JSON.parse(line.slice('@memory '.length)) as Sample);
  });
  const next = (): Promise<Sample> => Promise.race([new Promise<Sample>((resolve) => (heard = resolve)), ended]);
  await next();
  return {
    measure() {
      const sample = next();
      child.stdin.write('measure\n');
      return sample;
    },
    stop: () => void child.kill(),
  };
}

const sessions = new WeakMap<Seat, { session: Session; left: number }>();

async function sample(seat: Seat): Promise<Sample> {
  let entry = sessions.get(seat);
  if (!entry) sessions.set(seat, (entry = { session: await open(seat), left: SWEEPS }));
  const values = await entry.session.measure();
  if (--entry.left === 0) entry.session.stop();
  return values;
}

/** The contender's server with clients in its own process: no system calls, so little noise. */
export const memory: Measure = {
  id: 'memory',
  title: "CPU per acknowledged message without a kernel: connections are streams in the server's process",
  columns,
  settings: [defaults],
  clients: false,
  sweeps: SWEEPS,
  takesPart: (contender) => contender.orders === true && contender.memory !== false,
  sample,
};
