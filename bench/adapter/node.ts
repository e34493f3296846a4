/** One server process of the adapter bench; its adapter option is its first argument ("none": in-memory). */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { openAdapter } from '../../src/cluster/index.js';

const option = process.argv[2] ?? 'none';
const link = option === 'none' ? null : openAdapter({ url: option, prefix: 'bench' });
const http = createServer();
const io = new Server(http, { transports: ['websocket'], ...(link ? { adapter: link.factory } : {}) });
io.on('connection', (socket) => void socket.join('room'));
await link?.ready();
http.listen(0, '127.0.0.1', () => process.send?.({ port: (http.address() as AddressInfo).port }));

const jobs: Record<string, (count: number) => unknown> = {
  nodes: () => link?.health().nodes ?? 1,
  broadcast: async (count) => {
    const text = 'x'.repeat(100);
    for (let n = 0; n < count; n++) {
      io.to('room').emit('n', { n, text, of: count });
      if (n % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
    }
  },
  fetch: async (count) => {
    const start = performance.now();
    for (let n = 0; n < count; n++) await io.in('room').fetchSockets();
    return performance.now() - start;
  },
  cpu: () => process.cpuUsage().user + process.cpuUsage().system,
};
process.on('message', ({ job, count }: { job: string; count: number }) => {
  void Promise.resolve(jobs[job]?.(count)).then((result) => process.send?.({ result }));
});
