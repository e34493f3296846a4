/** The server process that is measured: an application with 50 handlers and rooms; its adapter is its first argument. */
import 'reflect-metadata';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { createApp, type AppOptions } from '../../src/index.js';

/** What a node is asked to do, and how. */
export interface Order {
  readonly job: keyof typeof jobs;
  /** How many messages. */
  readonly count?: number;
  /** How many of them at once. */
  readonly burst?: number;
  /** Milliseconds from one burst to the next; 0 for the next turn of the event loop. */
  readonly pause?: number;
}
type Steps = Required<Omit<Order, 'job'>>;

const [url, prefix = 'scaling'] = process.argv.slice(2);
const adapter: Pick<AppOptions, 'adapter'> = url ? { adapter: { url, prefix } } : {};
const app = await createApp({ controllers: [], logger: false, transports: ['websocket'], ...adapter });
for (let n = 0; n < 48; n++) app.on('/bench', `event ${n}`, () => n);
const namespace = app.io.of('/bench');
const text = 'x'.repeat(100);
app.on('/bench', 'join', ({ socket }, room: string) => socket.join(room));
app.on('/bench', 'say', (_context, room: string, n: number) => {
  namespace.to(room).emit('said', n, text);
  return n;
});
const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ port });

async function inSteps({ count, burst, pause }: Steps, work: (n: number) => void): Promise<void> {
  for (let n = 0; n < count; n++) {
    work(n);
    if (n % burst === burst - 1) await (pause > 0 ? setTimeout(pause) : setImmediate());
  }
}

const jobs = {
  nodes: () => app.health().adapter?.nodes ?? 1,
  received: () => app.health().adapter?.received ?? 0,
  cpu: () => process.cpuUsage().user + process.cpuUsage().system,
  memory: () => {
    global.gc?.();
    return process.memoryUsage();
  },
  idle: (steps: Steps) => inSteps(steps, () => {}),
  broadcast: (steps: Steps) => inSteps(steps, (n) => namespace.emit('news', { n, text })),
};
process.on('message', ({ job, count = 0, burst = 1, pause = 0 }: Order) => {
  void Promise.resolve(jobs[job]({ count, burst, pause })).then((result) => process.send?.({ result }));
});
