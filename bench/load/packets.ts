import { Packet } from './client.js';
import type { Exchange } from './commands.js';
import { frame } from './frames.js';

/** The byte that a packet's JSON begins with, behind the acknowledgement's id. */
export const BRACKET = 0x5b;

/** The frame of an event to `/bench` that asks for the acknowledgement `id`. */
export const event = ({ event: name, payload }: Pick<Exchange, 'event' | 'payload'>, id: number): Buffer =>
  frame(`42/bench,${id}${JSON.stringify([name, payload])}`);

/** Says whether a packet answers the exchange, and throws when it is an answer of the wrong kind. */
export function reader(exchange: Exchange): (type: number, data: Buffer, start: number, end: number) => boolean {
  const answerType = exchange.answer === 'ack' ? Packet.ack : Packet.event;
  const expected = Buffer.from(exchange.expect);
  return (type, data, start, end) => {
    if (type !== answerType) return false;
    const body = data.indexOf(BRACKET, start) + 1;
    if (data.compare(expected, 0, expected.length, body, body + expected.length) !== 0)
      throw new Error(`unexpected answer to ${exchange.event}: ${data.toString('utf8', start, end).slice(0, 200)}`);
    return true;
  };
}
