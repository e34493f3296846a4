/**
 * One session of the measure without a kernel: a contender's own server, clients over memory in the same process, and
 * microseconds of CPU per answer, theirs included. For each line on its standard input it measures once, and prints one line.
 */
import { Server as HttpServer } from 'node:http';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { Exchange } from '../load/commands.js';
import { event } from '../load/packets.js';
import { echo, invalid, ordering, say } from '../messages.js';
import { MemoryClient } from './client.js';

const CLIENTS = 20;
/** Answers of one window. */
const WINDOW = 4_000;
/** Windows before the first measured one: about as many messages as other measures warm up with. */
const WARM_WINDOWS = 15;

type Pace = 'lock-step' | 'sliding';

interface Column {
  id: string;
  exchange: Exchange;
  depth: number;
  pace: Pace;
}

const [script, ...args] = process.argv.slice(2);
const { orders, rejection } = JSON.parse(process.env['BENCH_MEMORY'] ?? '{}') as {
  orders?: boolean;
  rejection?: string;
};

const rejected: Exchange = {
  ...say,
  payload: invalid,
  answer: rejection === 'event' ? 'event' : 'ack',
  expect: '',
};

const depths = (id: string, exchange: Exchange): Column[] =>
  [1, 16].map((depth) => ({ id: `${id}.${depth}`, exchange, depth, pace: 'lock-step' }));

const columns: Column[] = [
  ...depths('echo', echo),
  ...depths('say', say),
  ...(orders ? depths('order', ordering) : []),
  ...(orders ? [{ id: 'order.sliding', exchange: ordering, depth: 16, pace: 'sliding' } as const] : []),
  ...(rejection === 'none' ? [] : depths('invalid', rejected)),
];

/** The HTTP server that the contender would listen on. */
async function serverOf(file: string): Promise<HttpServer> {
  process.argv = [process.argv[0]!, file, ...args];
  const found = new Promise<HttpServer>((resolve) => {
    // oxlint-disable-next-line typescript/unbound-method -- it is called with its server below
    const { listen } = HttpServer.prototype;
    HttpServer.prototype.listen = function (this: HttpServer, ...values: unknown[]) {
      this.once('listening', () => resolve(this));
      return listen.apply(this, values as never);
    };
  });
  await import(pathToFileURL(file).href);
  return found;
}

/** Keeps `depth` events of each client in flight until `total` were answered; each client writes in a turn of its own. */
function exchange(clients: MemoryClient[], { exchange: what, depth, pace }: Column, total: number): Promise<void> {
  const ids = 64;
  const frames = Array.from({ length: ids + depth }, (_, i) => event(what, 10 + (i % ids)));
  const size = frames[0]!.length;
  const ring = Buffer.concat(frames);
  let unsent = total;
  let unanswered = total;
  return new Promise((resolve) => {
    for (const client of clients) {
      let due = 0;
      let next = 0;
      const send = (): void => {
        const count = Math.min(pace === 'sliding' ? 1 : due, unsent);
        due = pace === 'sliding' ? due - 1 : 0;
        if (count === 0) return;
        unsent -= count;
        client.write(Buffer.from(ring.subarray(next * size, (next + count) * size)));
        next = (next + count) % ids;
      };
      client.answerType = what.answer === 'ack' ? 0x33 : 0x32;
      const ask = (): void => {
        if (due++ === 0 || pace === 'sliding') setImmediate(send);
      };
      client.onAnswer = () => {
        if (--unanswered === 0) resolve();
        else ask();
      };
      for (let i = 0; i < depth; i++) ask();
    }
  });
}

async function perAnswer(clients: MemoryClient[], column: Column): Promise<number> {
  const before = process.cpuUsage();
  await exchange(clients, column, WINDOW);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / WINDOW;
}

const server = await serverOf(script!);
const clients = await Promise.all(Array.from({ length: CLIENTS }, () => MemoryClient.connect(server)));
for (const { id, exchange: what } of columns) {
  const answer = await clients[0]!.ask(event(what, 10));
  const expected = `${what.answer === 'ack' ? '43/bench,10' : '42/bench,'}[${what.expect}`;
  if (!answer.includes(expected)) throw new Error(`${id}: expected ${expected}, got ${answer}`);
}
for (const client of clients) client.log = undefined;
for (let window = 0; window < WARM_WINDOWS; window++) for (const column of columns) await perAnswer(clients, column);
let measured = Promise.resolve();
createInterface({ input: process.stdin }).on('line', () => {
  measured = measured.then(async () => {
    const sample: Record<string, number> = {};
    for (const column of columns) sample[`memory.${column.id}`] = await perAnswer(clients, column);
    process.stdout.write(`@memory ${JSON.stringify(sample)}\n`);
  });
});
process.stdout.write('@memory {}\n');
