import { defaults, type Settings } from '../server.js';
import type { Column, Measure, Sample, Seat } from './measure.js';

const variants: { tag: string; title: string; share: number; settings: Settings }[] = [
  { tag: 'handlers50', title: '50 handlers', share: 1, settings: defaults },
  { tag: 'handlers10', title: '10 handlers', share: 0.2, settings: { ...defaults, handlers: 10 } },
  { tag: 'handlers1000', title: '1,000 handlers', share: 0.2, settings: { ...defaults, handlers: 1000 } },
  { tag: 'namespaces5', title: '5 namespaces', share: 1, settings: { ...defaults, namespaces: 5 } },
];

/**
 * A server with a thousand listeners per socket runs out of memory with the whole crowd, so it meets a fifth of it;
 * so does the one with ten, which it is compared with, because the size of a crowd shows in the cost of each member.
 */
const crowdFor = ({ variant, scale }: Seat): number => scale.crowd * variants[variant]!.share;

/** Crowds of one server differ by a quarter, more than servers do. */
const SWEEPS = 5;

/**
 * How often a server was measured. To a new one three crowds come first: what is made only once is not counted. Before a later one
 * comes one: a server that waited for its turn, beside those of all other contenders, has lost pages of its memory.
 */
const taken = new WeakMap<Seat, number>();

/**
 * Connects a crowd, after those before it have gone. V8 throws compiled code away when garbage is collected by force, which has to be
 * done before and after a heap is read: so heaps are read at the end.
 */
async function sample(seat: Seat): Promise<Sample> {
  const { server, clients, settings, variant } = seat;
  const { tag } = variants[variant]!;
  const crowd = crowdFor(seat);
  const count = (taken.get(seat) ?? 0) + 1;
  taken.set(seat, count);
  const enter = (): Promise<void> => clients.connect(server.port, crowd, settings.namespaces);
  const leave = async (): Promise<void> => {
    await clients.close();
    await server.cpu();
  };
  for (let crowds = count === 1 ? 3 : 1; crowds > 0; crowds--) {
    await enter();
    await leave();
  }
  const cpu = await server.cpu();
  await enter();
  const values: Sample = { [`connection.cpu.${tag}`]: ((await server.cpu()) - cpu) / crowd };
  await leave();
  if (count < SWEEPS) return values;
  const grow = async (): Promise<number | undefined> => {
    const heap = await server.heap();
    await enter();
    const grown = await server.heap();
    await leave();
    return heap === undefined || grown === undefined ? undefined : (grown - heap) / crowd / 1000;
  };
  // The first reading throws compiled code away, 200 KB of it, which the second one need not do.
  await grow();
  const heap = await grow();
  if (heap !== undefined) values[`connection.heap.${tag}`] = heap;
  return values;
}

const column = (kind: 'cpu' | 'heap', unit: Column['unit'], prefix: string): Column[] =>
  variants.map(({ tag, title }) => ({ id: `connection.${kind}.${tag}`, title: `${prefix}, ${title}`, unit }));

export const connections: Measure = {
  id: 'connections',
  title: 'CPU and heap per connection',
  columns: [...column('cpu', 'µs', 'CPU'), ...column('heap', 'KB', 'heap')],
  settings: variants.map(({ settings }) => settings),
  clients: false,
  sweeps: SWEEPS,
  sample,
};
