/** The server process that is measured: an application with 50 handlers; its adapter is its first argument. */
import 'reflect-metadata';
import { createApp, type AppOptions } from '../../src/index.js';

const [url, prefix = 'scaling'] = process.argv.slice(2);
const adapter: Pick<AppOptions, 'adapter'> = url ? { adapter: { url, prefix } } : {};
const app = await createApp({ controllers: [], logger: false, transports: ['websocket'], ...adapter });
for (let n = 0; n < 50; n++) app.on('/bench', `event ${n}`, () => n);
const namespace = app.io.of('/bench');
const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ port });

const text = 'x'.repeat(100);
const jobs: Readonly<Record<string, (count: number) => unknown>> = {
  nodes: () => app.health().adapter?.nodes ?? 1,
  received: () => app.health().adapter?.received ?? 0,
  cpu: () => process.cpuUsage().user + process.cpuUsage().system,
  memory: () => {
    global.gc?.();
    return process.memoryUsage();
  },
  broadcast: async (count) => {
    for (let n = 0; n < count; n++) {
      namespace.emit('news', { n, text });
      if (n % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
    }
  },
};
process.on('message', ({ job, count }: { job: string; count: number }) => {
  void Promise.resolve(jobs[job]?.(count)).then((result) => process.send?.({ result }));
});
