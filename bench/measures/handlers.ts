import { echo } from '../messages.js';
import { defaults } from '../server.js';
import { perMessage, type Measure } from './measure.js';

const counts = [10, 10_000];

/** Whether a message costs more where more handlers are registered. */
export const handlers: Measure = {
  id: 'handlers',
  title: 'CPU per acknowledged message by number of handlers, 1 in flight',
  columns: counts.map((count) => ({
    id: `handlers.${count}`,
    title: `${count.toLocaleString('en')} handlers`,
    unit: 'µs',
  })),
  settings: counts.map((count) => ({ ...defaults, handlers: count })),
  clients: true,
  sweeps: 7,
  takesPart: ({ name }) => name === 'plain' || name === 'colloquy',
  sample: async (seat) => ({
    [`handlers.${seat.settings.handlers}`]: (await perMessage(seat, { ...echo, depth: 1 })).cpu,
  }),
};
