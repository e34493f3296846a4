import { setTimeout as sleep } from 'node:timers/promises';
import { Packet, type Client } from './client.js';
import type { Asked } from './commands.js';
import { BRACKET, event } from './packets.js';

/** Sends one event from the first client and collects what it gets for it. */
export async function ask(clients: Client[], name: string, payload: unknown): Promise<Asked> {
  const client = clients[0]!;
  const asked: Asked = { by: 'none', json: '', packets: 0 };
  let first: () => void;
  const answered = new Promise<void>((resolve) => (first = resolve));
  client.onPacket = (type, data, start, end) => {
    asked.packets++;
    if (asked.packets > 1) return;
    asked.by = type === Packet.ack ? 'ack' : 'event';
    asked.json = data.toString('utf8', data.indexOf(BRACKET, start), end);
    first();
  };
  client.write(event({ event: name, payload }, 7));
  await Promise.race([answered, sleep(1000)]);
  await sleep(50);
  client.onPacket = () => {};
  return asked;
}
