import type { Client } from './client.js';
import type { Answered } from './commands.js';

/** A server that is silent for so long while answers are due has lost them. */
const STALL_MS = 20_000;

/** Runs `body` with a watch on the wall clock and on this process's CPU time. */
export async function timed(body: () => Promise<number>): Promise<Answered> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const count = await body();
  const { user, system } = process.cpuUsage(cpu);
  return { count, busy: (user + system) / 1000 / (performance.now() - start) };
}

/** A promise of a count with a watchdog: it rejects when `alive` was not called for {@link STALL_MS}. Frees the clients. */
export async function settle(
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
