import { echo, say } from '../messages.js';
import { defaults } from '../server.js';
import { busyOf, CLIENTS, perMessage, type Column, type Measure, type Sample, type Seat } from './measure.js';

/** What watches a server, and how that is told. */
interface Kind {
  /** Its part of the columns' ids. */
  tag: string;
  watch: string;
  row: string;
  /** Whether its spans are counted. */
  spans?: boolean;
}

const nothing: Kind = { tag: 'nothing', watch: 'nothing', row: 'not watched' };
const again: Kind = { tag: 'again', watch: 'nothing', row: 'not watched, again (the noise)' };

const loops = Object.entries({ echo, say }).flatMap(([event, exchange]) =>
  [1, 16].map((depth) => ({ id: `${event}.${depth}`, title: `${event}, ${depth} in flight`, ...exchange, depth })),
);

/** Servers of each kind: two processes of one program differ by several per cent for as long as they live. */
const COPIES = 2;

function columns(id: string, { tag, row, spans }: Kind): Column[] {
  const times = loops.map((loop): Column => {
    const column = { id: `${id}.${tag}.${loop.id}`, title: loop.title, unit: 'µs' as const, row };
    return tag === nothing.tag ? column : { ...column, base: `${id}.${nothing.tag}.${loop.id}` };
  });
  return spans ? [...times, { id: `${id}.${tag}.spans`, title: 'spans per message', unit: '', row }] : times;
}

/**
 * Connects the clients, and lets them speak until the SDK's code is compiled, which takes longer than anything else where one call in
 * a hundred is recorded; twice each, for what is compiled anew when an event comes again or a question is asked. Returns the spans of a message.
 */
async function warm({ server, clients, scale }: Seat, { spans }: Kind): Promise<number> {
  await clients.connect(server.port, CLIENTS, 1);
  const before = spans ? await server.spans() : 0;
  let messages = 0;
  for (const loop of [...loops, ...loops]) {
    const { count } = await clients.closedLoop({ ...loop, ms: loop.depth === 1 ? scale.ms / 4 : scale.ms });
    messages += count;
    await server.cpu();
  }
  return spans ? ((await server.spans()) - before) / messages : 0;
}

const warmed = new WeakSet<Seat>();

async function sample(id: string, kind: Kind, seat: Seat): Promise<Sample> {
  const values: Sample = {};
  if (!warmed.has(seat)) {
    warmed.add(seat);
    const spans = await warm(seat, kind);
    if (kind.spans) values[`${id}.${kind.tag}.spans`] = spans;
  }
  const brief: Seat = { ...seat, scale: { ...seat.scale, ms: seat.scale.ms / 4 } };
  for (const loop of loops) {
    const column = `${id}.${kind.tag}.${loop.id}`;
    const { cpu, busy } = await perMessage(brief, loop);
    values[column] = cpu;
    values[busyOf(column)] = busy;
  }
  return values;
}

function measure(id: string, title: string, watchers: Kind[]): Measure {
  const kinds = [nothing, again, ...watchers];
  return {
    id,
    title,
    columns: kinds.flatMap((kind) => columns(id, kind)),
    settings: Array.from({ length: COPIES }, () => kinds.map(({ watch }) => ({ ...defaults, watch }))).flat(),
    clients: false,
    sweeps: 3,
    takesPart: ({ watches }, { watch }) => watches !== undefined && [nothing.watch, ...watches].includes(watch),
    sample: (seat) => sample(id, kinds[seat.variant % kinds.length]!, seat),
  };
}

/** What OpenTelemetry and the flight recorder cost, of each contender beside itself. */
export const watched: Measure = measure('watched', 'CPU per acknowledged message of a server that is watched', [
  { tag: 'share-1', watch: 'share-1', row: 'recordShare(0.01)', spans: true },
  { tag: 'sampler-1', watch: 'sampler-1', row: "the SDK's sampler for 1 %", spans: true },
  { tag: 'spans', watch: 'spans', row: 'every span recorded', spans: true },
  { tag: 'recorder', watch: 'recorder', row: 'the flight recorder' },
]);

/** The same of what that is made of. */
export const watchedParts: Measure = {
  ...measure('watched-parts', 'CPU per acknowledged message of a server that is watched, in parts', [
    { tag: 'storage', watch: 'storage', row: 'an AsyncLocalStorage' },
    { tag: 'subscriber', watch: 'subscriber', row: 'a subscriber that does nothing' },
    { tag: 'share-0', watch: 'share-0', row: 'recordShare(0)', spans: true },
  ]),
  aside: true,
};
