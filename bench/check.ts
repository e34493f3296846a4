import type { Contender } from './contenders.js';
import type { Asked } from './load/commands.js';
import type { Loader } from './loader.js';
import { invalid, order, valid } from './messages.js';
import { defaults, Server } from './server.js';

/** How a contender tells a client that its payload was rejected: an acknowledgement, an `exception` event, or not at all. */
export type Rejection = Asked['by'];

const right = (asked: Asked, json: string): boolean => asked.by === 'ack' && asked.packets === 1 && asked.json === json;

/** Starts a contender and sees that it keeps the contract; throws naming what it does instead. */
export async function check(contender: Contender, loader: Loader, group: number): Promise<Rejection> {
  const server = await Server.start(contender, { ...defaults, namespaces: 2 });
  const clients = loader.clients(group);
  const expect = async (event: string, payload: unknown, json: string): Promise<void> => {
    const asked = await clients.ask(event, payload);
    if (!right(asked, json)) throw new Error(`${event}: expected one ack ${json}, got ${JSON.stringify(asked)}`);
  };
  try {
    await clients.connect(server.port, 2, 2);
    await expect('echo', valid, JSON.stringify([valid]));
    await expect('say', valid, JSON.stringify([{ ok: true, n: valid.n }]));
    if (contender.orders) await expect('order', order, JSON.stringify([{ ok: true, count: order.count }]));
    await expect('other49', valid, JSON.stringify([valid]));
    const news = await clients.broadcast({ burst: 3, ms: 0 });
    if (news.count !== 6) throw new Error(`broadcast: expected 6 deliveries, got ${news.count}`);
    const rejected = await clients.ask('say', invalid);
    if (rejected.packets > 1) throw new Error(`say, invalid: ${rejected.packets} packets instead of one`);
    if (rejected.json.includes('"ok":true')) throw new Error('say: an invalid payload was accepted');
    return rejected.by;
  } finally {
    await clients.close();
    server.stop();
  }
}
