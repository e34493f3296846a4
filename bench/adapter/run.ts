/**
 * Broadcasts (with the CPU of both nodes) and fetchSockets per engine beside in-memory, in one run: two server processes with one client each (in
 * memory: one process with both), rounds of all engines one after the other, the median of the rounds.
 *
 *     npx tsc -p bench/adapter && node .build/bench/adapter/run.js [rounds] [messages]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { io as connect, type Socket as Client } from 'socket.io-client';

const ENGINES: Readonly<Record<string, string>> = {
  'in-memory': 'none',
  local: 'local:',
  redis: 'redis://127.0.0.1:6379',
  'redis-streams': 'redis+streams://127.0.0.1:6379',
  nats: 'nats://127.0.0.1:4222',
  rabbitmq: 'amqp://guest:guest@127.0.0.1:5672',
  postgres: 'postgres://postgres@127.0.0.1:5432/test',
};
const FETCHES = 500;

interface Figures {
  /** Broadcasts per second until both clients have all. */
  readonly broadcasts: number;
  /** Microseconds of the sending process per broadcast, and of the receiving one; in memory they are one. */
  readonly sender: number;
  readonly receiver: number;
  readonly fetches: number;
}

async function start(option: string): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(fileURLToPath(new URL('./node.js', import.meta.url)), [option]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port };
}

async function ask(child: ChildProcess, job: string, count = 0): Promise<number> {
  child.send({ job, count });
  const [{ result }] = (await once(child, 'message')) as [{ result: number }];
  return result;
}

async function open(port: number): Promise<Client> {
  const client = connect(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve) => client.once('connect', resolve));
  return client;
}

function receivedAll(client: Client, count: number): Promise<void> {
  let got = 0;
  return new Promise((resolve) => {
    client.on('n', () => {
      if (++got < count) return;
      client.off('n');
      resolve();
    });
  });
}

async function measure(option: string, messages: number): Promise<Figures> {
  const nodes = await Promise.all((option === 'none' ? [option] : [option, option]).map(start));
  const [first] = nodes;
  if (!first) throw new Error('no node');
  while ((await ask(first.child, 'nodes')) < nodes.length) await new Promise((resolve) => setTimeout(resolve, 20));
  const clients = await Promise.all([nodes[0], nodes.at(-1)].map((node) => open(node?.port ?? 0)));
  const broadcast = async (count: number): Promise<number> => {
    const all = Promise.all(clients.map((client) => receivedAll(client, count)));
    const start = performance.now();
    await ask(first.child, 'broadcast', count);
    await all;
    return performance.now() - start;
  };
  await broadcast(Math.ceil(messages / 5));
  const cpus = (): Promise<number[]> => Promise.all(nodes.map(({ child }) => ask(child, 'cpu')));
  const before = await cpus();
  const ms = await broadcast(messages);
  const [sender = 0, receiver = 0] = (await cpus()).map((cpu, at) => (cpu - before[at]!) / messages);
  const fetched = await ask(first.child, 'fetch', FETCHES);
  for (const client of clients) client.disconnect();
  for (const { child } of nodes) child.kill('SIGKILL');
  return { broadcasts: (messages / ms) * 1000, sender, receiver, fetches: (FETCHES / fetched) * 1000 };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const rounds = Number(process.argv[2] ?? 3);
const messages = Number(process.argv[3] ?? 20_000);
const figures = new Map<string, Figures[]>(Object.keys(ENGINES).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, option] of Object.entries(ENGINES)) figures.get(name)?.push(await measure(option, messages));
}
console.log(
  `${rounds} rounds of ${messages} broadcasts to two clients, and ${FETCHES} fetchSockets one after the other`,
);
const columns = ['broadcasts/s', 'beside memory', 'µs of sender', 'of receiver', 'fetches/s'];
console.log('engine'.padEnd(14), ...columns.map((name) => name.padStart(14)));
let inMemory = 0;
for (const [name, all] of figures) {
  const middle = (part: keyof Figures): number => median(all.map((each) => each[part]));
  const broadcasts = middle('broadcasts');
  inMemory ||= broadcasts;
  const row = [
    broadcasts.toFixed(0),
    (broadcasts / inMemory).toFixed(2),
    middle('sender').toFixed(1),
    middle('receiver').toFixed(1),
    middle('fetches').toFixed(0),
  ];
  console.log(name.padEnd(14), ...row.map((value) => value.padStart(14)));
}
