import { say } from '../messages.js';
import { defaults } from '../server.js';
import { awaken, type Measure } from './measure.js';

/** From writing an event to reading its acknowledgement, as the load generator sees it. */
export const latency: Measure = {
  id: 'latency',
  title: 'Latency of validated messages at 1,000 per second',
  columns: [
    { id: 'latency.p50', title: 'p50', unit: 'µs' },
    { id: 'latency.p99', title: 'p99', unit: 'µs' },
  ],
  settings: [defaults],
  clients: true,
  sweeps: 3,
  sample: async (seat) => {
    await awaken(seat, { ...say, depth: 1 });
    const { clients, scale } = seat;
    const { p50, p99 } = await clients.fixedRate({ ...say, perSecond: 1000, ms: 10 * scale.ms });
    return { 'latency.p50': p50, 'latency.p99': p99 };
  },
};
