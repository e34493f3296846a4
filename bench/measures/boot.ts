import { defaults } from '../server.js';
import type { Measure } from './measure.js';

const counts = [10, 100, 1000];

/** CPU time from the start of the process (Node and all imports included) until it listens. */
export const boot: Measure = {
  id: 'boot',
  title: 'CPU time to boot, controllers of five handlers and one DTO class each',
  columns: counts.map((count) => ({
    id: `boot.${count}`,
    title: `${count.toLocaleString('en')} controllers`,
    unit: 'ms',
  })),
  settings: counts.map((controllers) => ({ ...defaults, controllers })),
  clients: false,
  sweeps: 1,
  takesPart: ({ controllers }) => controllers === true,
  sample: async ({ server, settings }) => ({ [`boot.${settings.controllers}`]: server.bootCpu / 1000 }),
};
