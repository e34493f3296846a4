import type { Client } from './client.js';
import type { Answered, ClosedLoop, FixedRate, Latency } from './commands.js';
import { BRACKET, event, reader } from './packets.js';
import { settle, timed } from './watch.js';

/**
 * Every client keeps `depth` events in flight for `ms`: for each answer it sends the next event, those of one chunk
 * of answers in one write, unless it is to slide. Resolves when the last answer is in.
 */
export function closedLoop(clients: Client[], loop: ClosedLoop): Promise<Answered> {
  const ids = 64;
  const frames = Array.from({ length: ids + loop.depth }, (_, i) => event(loop, 10 + (i % ids)));
  const size = frames[0]!.length;
  const ring = Buffer.concat(frames);
  const isAnswer = reader(loop);
  return timed(() =>
    settle((resolve, reject, alive) => {
      let stopping = false;
      let inFlight = 0;
      let count = 0;
      setTimeout(() => (stopping = true), loop.ms);
      for (const client of clients) {
        let due = loop.depth;
        let next = 0;
        const send = (): void => {
          client.write(ring.subarray(next * size, (next + due) * size));
          next = (next + due) % ids;
          inFlight += due;
          due = 0;
        };
        client.onPacket = (type, data, start, end) => {
          try {
            if (!isAnswer(type, data, start, end)) return;
          } catch (error) {
            return reject(error as Error);
          }
          count++;
          inFlight--;
          due++;
        };
        const slide = (): void => {
          if (stopping) return inFlight === 0 ? resolve(count) : undefined;
          due = 1;
          send();
        };
        client.onChunk = () => {
          alive();
          if (loop.sliding && !stopping) for (; due > 0; due--) setImmediate(slide);
          else if (!stopping && due > 0) send();
          else if (stopping && inFlight === 0) resolve(count);
        };
        send();
      }
    }, clients),
  );
}

/** Sends `perSecond` events in all, in turn from every client, whether or not the earlier ones are answered. */
export async function fixedRate(clients: Client[], rate: FixedRate): Promise<Latency> {
  const total = Math.round((rate.perSecond * rate.ms) / 1000);
  const sentAt = new Float64Array(total);
  const took: number[] = [];
  const isAnswer = reader(rate);
  await settle((resolve, reject, alive) => {
    for (const client of clients) {
      client.onPacket = (type, data, start, end) => {
        try {
          if (!isAnswer(type, data, start, end)) return;
        } catch (error) {
          return reject(error as Error);
        }
        const id = Number.parseInt(data.toString('latin1', start, data.indexOf(BRACKET, start)), 10);
        took.push(performance.now() - sentAt[id]!);
        alive();
        if (took.length === total) resolve(total);
      };
    }
    const start = performance.now();
    let sent = 0;
    const tick = (): void => {
      const due = Math.min(total, Math.ceil(((performance.now() - start) * rate.perSecond) / 1000));
      for (; sent < due; sent++) {
        const bytes = event(rate, sent);
        sentAt[sent] = performance.now();
        clients[sent % clients.length]!.write(bytes);
      }
      if (sent < total) setTimeout(tick, 1);
    };
    tick();
  }, clients);
  took.sort((a, b) => a - b);
  const at = (share: number): number => 1000 * took[Math.min(took.length - 1, Math.floor(share * took.length))]!;
  return { p50: at(0.5), p99: at(0.99) };
}
