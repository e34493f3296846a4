import { echo, invalid, ordering, say } from '../messages.js';
import type { Exchange } from '../load/commands.js';
import { defaults, type Settings } from '../server.js';
import { busyOf, perMessage, type Column, type Measure, type Sample, type Seat } from './measure.js';

const depths = [1, 16];

const columns = (id: string): Column[] =>
  depths.map((depth) => ({ id: `${id}.${depth}`, title: `${depth} in flight`, unit: 'µs' }));

async function sample(id: string, seat: Seat, exchange: Exchange): Promise<Sample> {
  const values: Sample = {};
  for (const depth of depths) {
    const { cpu, busy } = await perMessage(seat, { ...exchange, depth });
    values[`${id}.${depth}`] = cpu;
    values[busyOf(`${id}.${depth}`)] = busy;
  }
  return values;
}

const messages = (id: string, title: string, exchange: Exchange, settings: Settings = defaults): Measure => ({
  id,
  title,
  columns: columns(id),
  settings: [settings],
  clients: true,
  sweeps: 3,
  sample: (seat) => sample(id, seat, exchange),
});

export const echoes: Measure = messages('echo', 'CPU per acknowledged message, no validation', echo);
export const says: Measure = messages('say', 'CPU per acknowledged message, three fields validated', say);

/** The contract's second payload, for those who handle it. */
export const orders: Measure = {
  ...messages('order', 'CPU per acknowledged message, a second payload: five fields validated', ordering),
  takesPart: (contender) => contender.orders === true,
};

const slidden = { echo, say, order: ordering };

/** The same with 16 in flight when each answer is followed by the next event, instead of all answers of a chunk by as many events. */
export const sliding: Measure = {
  ...messages('sliding', 'CPU per acknowledged message, a sliding window of 16 instead of lock-step', echo),
  columns: Object.keys(slidden).map((id) => ({ id: `sliding.${id}`, title: id, unit: 'µs' })),
  takesPart: (contender) => contender.orders === true,
  sample: async (seat) => {
    const values: Sample = {};
    for (const [id, exchange] of Object.entries(slidden)) {
      const { cpu, busy } = await perMessage(seat, { ...exchange, depth: 16, sliding: true });
      values[`sliding.${id}`] = cpu;
      values[busyOf(`sliding.${id}`)] = busy;
    }
    return values;
  },
};

/** What a contender's rejection of an invalid payload looks like. */
export const rejected = ({ rejection }: Seat): Exchange => ({
  ...say,
  payload: invalid,
  answer: rejection === 'event' ? 'event' : 'ack',
  expect: rejection === 'event' ? '"exception"' : '',
});

export const rejections: Measure = {
  ...messages('invalid', 'CPU per rejected message', say),
  sample: (seat) => {
    if (seat.rejection === 'none') throw new Error('does not answer an invalid payload');
    return sample('invalid', seat, rejected(seat));
  },
};

export const besideDtos: Measure = {
  ...messages('dtos', 'CPU per validated message beside 100 other DTO classes', say, { ...defaults, dtoClasses: 100 }),
  takesPart: ({ dtoClasses }) => dtoClasses === true,
};
