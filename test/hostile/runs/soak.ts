/**
 * Honest and hostile clients together: every message is numbered, and what was sent is set beside what was acknowledged or announced as
 * failed. `npm run soak -- --minutes 30`. Exit code 1 if anything of an honest client is lost, or the server ends.
 */
import { connect as connectTcp } from 'node:net';
import { parseArgs } from 'node:util';
import { io, type Socket } from 'socket.io-client';
import { Random } from './random.js';
import { Target } from './target-process.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    clients: { type: 'string', default: '50' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  console.log(
    'npm run soak -- [--minutes N] [--clients N]\n\nHonest and hostile clients together for N minutes (1), with N honest ones (50).',
  );
  process.exit(0);
}
const minutes = Number(values.minutes);
const honest = Number(values.clients);
if (!(minutes > 0) || !(honest > 0)) {
  console.error('--minutes and --clients must be numbers > 0');
  process.exit(2);
}

const random = new Random(20261127);
const target = await Target.start();
const url = `http://127.0.0.1:${target.ports[0]}`;
const end = Date.now() + minutes * 60_000;
const total = { sent: 0, acknowledged: 0, refused: 0, lost: 0, wrong: 0 };
const waits: number[] = [];

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Sends ten numbered calls a second, in bursts of one to five, and counts what comes back. */
async function beHonest(index: number): Promise<void> {
  const socket: Socket = io(url, { forceNew: true, transports: index % 5 === 0 ? ['polling'] : ['websocket'] });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  let number = 0;
  while (Date.now() < end) {
    const burst = 1 + (number % 5);
    await Promise.all(
      Array.from({ length: burst }, async () => {
        const n = ++number;
        total.sent++;
        const started = performance.now();
        try {
          const event = n % 3 === 0 ? 'slow' : n % 3 === 1 ? 'echo' : 'say';
          const answer: unknown = await socket
            .timeout(20_000)
            .emitWithAck(event, event === 'say' ? { text: 'x', n } : n);
          const value = event === 'say' ? (answer as { n?: number }).n : answer;
          if (value === n) total.acknowledged++;
          else if (Object(answer) === answer && 'error' in (answer as object)) total.refused++;
          else total.wrong++;
        } catch {
          total.lost++;
        }
        waits.push(performance.now() - started);
      }),
    );
    await pause(burst * 100);
  }
  socket.disconnect();
}

/** Floods, garbage, connects without end, half requests: each for a moment, then the next. */
async function beHostile(): Promise<void> {
  while (Date.now() < end) {
    switch (random.int(4)) {
      case 0: {
        const socket = io(url, { forceNew: true, transports: ['websocket'], reconnection: false });
        for (let n = 0; n < 1_000; n++) socket.emit(random.pick(['echo', 'slow', 'nobody', 'say']), random.json());
        await pause(500);
        socket.disconnect();
        break;
      }
      case 1: {
        const socket = connectTcp(target.ports[0], '127.0.0.1', () => socket.write(random.bytes(2_000)));
        socket.on('error', () => {});
        await pause(50);
        socket.destroy();
        break;
      }
      case 2: {
        const socket = io(`${url}/guarded/${random.int(1_000)}`, {
          forceNew: true,
          transports: ['websocket'],
          reconnection: false,
        });
        for (let n = 0; n < 20; n++) socket.connect();
        await pause(100);
        socket.disconnect();
        break;
      }
      default: {
        const socket = io(url, { forceNew: true, transports: ['websocket'], reconnection: false });
        socket.on('question', (answer: (value: unknown) => void) => answer(null));
        for (let n = 0; n < 20; n++) socket.emit('ask');
        socket.emit('echo', 'x'.repeat(200_000));
        await pause(100);
        socket.disconnect();
      }
    }
  }
}

const before = await target.state();
console.log(`${honest} honest clients and 10 hostile ones, ${minutes} minutes`);
await Promise.all([...Array.from({ length: honest }, (_, n) => beHonest(n)), ...Array.from({ length: 10 }, beHostile)]);
// Long enough for what is kept for clients that might have come back.
await pause(8_000);
if (target.ended) {
  console.error(`the server ended: ${target.ended}`);
  process.exit(1);
}
const after = await target.state();
await target.stop();
waits.sort((a, b) => a - b);
const at = (part: number): string => `${waits[Math.floor(waits.length * part)]?.toFixed(1)} ms`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
console.log(
  `sent ${total.sent}, acknowledged ${total.acknowledged}, refused ${total.refused}, wrong ${total.wrong}, lost ${total.lost}`,
);
console.log(`waits of honest clients: median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(0.999999)}`);
console.log(
  `heap ${megabytes(before.heapUsed)} before, ${megabytes(after.heapUsed)} after; clients left ${after.health.clients}`,
);
console.log(`server ${JSON.stringify(after.health.counts)}`);
process.exit(total.lost + total.wrong + total.refused === 0 ? 0 : 1);
