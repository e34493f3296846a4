import { setTimeout as sleep } from 'node:timers/promises';
import { Packet, type Client } from './client.js';
import { frame } from './frames.js';
import type { Answered, Asked, Broadcast, ClosedLoop, Exchange, FixedRate, Latency } from './load-commands.js';

const BRACKET = 0x5b;
/** A server that is silent for so long while answers are due has lost them. */
const STALL_MS = 20_000;

const event = ({ event: name, payload }: Pick<Exchange, 'event' | 'payload'>, id: number): Buffer =>
  frame(`42/bench,${id}${JSON.stringify([name, payload])}`);

/** Says whether a packet answers the exchange, and throws when it is an answer of the wrong kind. */
function reader(exchange: Exchange): (type: number, data: Buffer, start: number, end: number) => boolean {
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

/** Runs `body` with a watch on the wall clock and on this process's CPU time. */
async function timed(body: () => Promise<number>): Promise<Answered> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const count = await body();
  const { user, system } = process.cpuUsage(cpu);
  return { count, busy: (user + system) / 1000 / (performance.now() - start) };
}

/**
 * Every client keeps `depth` events in flight for `ms`: for each answer it sends the next event, those of one chunk
 * of answers in one write. Resolves when the last answer is in.
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
        client.onChunk = () => {
          alive();
          if (!stopping && due > 0) send();
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

/** Asks the server for bursts of broadcasts, the next one when every client has received the last, for `ms`. */
export function broadcast(clients: Client[], { burst, ms }: Broadcast): Promise<Answered> {
  const trigger = event({ event: 'broadcast', payload: burst }, 1);
  const perBurst = clients.length * burst;
  return timed(() =>
    settle((resolve, _reject, alive) => {
      const end = performance.now() + ms;
      let bursts = 0;
      let due = 0;
      const next = (): void => {
        due = perBurst + 1;
        bursts++;
        clients[0]!.write(trigger);
      };
      for (const client of clients) {
        client.onPacket = () => void due--;
        client.onChunk = () => {
          alive();
          if (due > 0) return;
          if (performance.now() < end) next();
          else resolve(bursts * perBurst);
        };
      }
      next();
    }, clients),
  );
}

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

/** A promise of a count with a watchdog: it rejects when `alive` was not called for {@link STALL_MS}. Frees the clients. */
async function settle(
  body: (resolve: (count: number) => void, reject: (error: Error) => void, alive: () => void) => void,
  clients: Client[],
): Promise<number> {
  let last = performance.now();
  let watchdog: NodeJS.Timeout | undefined;
  try {
    return await new Promise<number>((resolve, reject) => {
      watchdog = setInterval(() => {
        if (performance.now() - last > STALL_MS) reject(new Error(`no answer for ${STALL_MS / 1000} s`));
      }, 1000);
      body(resolve, reject, () => (last = performance.now()));
    });
  } finally {
    clearInterval(watchdog);
    for (const client of clients) {
      client.onPacket = () => {};
      client.onChunk = () => {};
    }
  }
}
