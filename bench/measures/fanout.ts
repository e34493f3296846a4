import { defaults } from '../server.js';
import { busyOf, CLIENTS, type Measure, type Sample, type Seat } from './measure.js';

const bursts = [1, 16];

async function perDelivery({ server, clients, scale }: Seat, burst: number): Promise<Sample> {
  await clients.broadcast({ burst, ms: scale.ms / 2 });
  const before = await server.cpu();
  const { count, busy } = await clients.broadcast({ burst, ms: 2 * scale.ms });
  const id = `fanout.${burst}`;
  return { [id]: ((await server.cpu()) - before) / count, [busyOf(id)]: busy };
}

/** A client's event makes the server broadcast to all; the next one is asked for when all have got it. */
export const fanout: Measure = {
  id: 'fanout',
  title: 'CPU per delivery of a broadcast to 1,000 clients',
  columns: [
    { id: 'fanout.1', title: 'single broadcasts', unit: 'µs' },
    { id: 'fanout.16', title: 'bursts of 16', unit: 'µs' },
  ],
  settings: [defaults],
  clients: true,
  sweeps: 1,
  sample: async (seat) => {
    await seat.clients.connect(seat.server.port, seat.scale.crowd, 1);
    const values: Sample = {};
    for (const burst of bursts) Object.assign(values, await perDelivery(seat, burst));
    await seat.clients.close(CLIENTS);
    await seat.server.cpu();
    return values;
  },
};
