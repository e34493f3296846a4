/**
 * What the ambient context costs: one socket's messages given straight to the dispatcher, without a network between,
 * first in an application that has not imported `colloquy/ambient`, then in the same one after the import.
 *
 *     npm run build && node --expose-gc --import @oxc-node/core/register bench/ambient.ts [folder of another build]
 */
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { io as connect } from 'socket.io-client';
import type * as Colloquy from '../dist/index.js';

const folder = resolve(process.argv[2] ?? 'dist');
const at = (file: string): string => pathToFileURL(resolve(folder, file)).href;
const { createApp } = (await import(at('index.js'))) as typeof Colloquy;

const MESSAGES = 50_000;
const ROUNDS = 15;

const app = await createApp({
  controllers: [],
  logger: false,
  signals: false,
  limits: { eventRate: Infinity, concurrentCalls: Infinity },
});
app.on('/', 'sync', (_context, value: number) => value + 1);
app.on('/', 'async', async (_context, value: number) => {
  await Promise.resolve();
  return value + 1;
});
const { url } = await app.listen({ port: 0, host: '127.0.0.1' });
const client = connect(url, { transports: ['websocket'] });
await new Promise<void>((connected) => client.once('connect', () => connected()));
const socket = app.io.sockets.sockets.get(client.id!) as unknown as { dispatch(packet: unknown[]): void };

/** Nanoseconds of processor time of one message, from the dispatcher to its acknowledgement. */
async function measure(event: string): Promise<number> {
  globalThis.gc?.();
  const begin = process.cpuUsage();
  for (let sent = 0; sent < MESSAGES; sent += 100) {
    await new Promise<void>((done) => {
      let open = 100;
      const ack = (): void => {
        if (--open === 0) done();
      };
      for (let index = 0; index < 100; index++) socket.dispatch([event, index, ack]);
    });
  }
  const { user, system } = process.cpuUsage(begin);
  return ((user + system) * 1_000) / MESSAGES;
}

async function report(what: string): Promise<void> {
  for (const event of ['sync', 'async']) {
    await measure(event);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await measure(event));
    times.sort((a, b) => a - b);
    const [median, best] = [times[ROUNDS >> 1]!, times[0]!];
    console.log(
      `${what.padEnd(24)} ${event.padEnd(6)} median ${median.toFixed(0)} ns, best ${best.toFixed(0)} ns a message`,
    );
  }
}

await report('ambient not imported');
if (existsSync(resolve(folder, 'ambient/index.js'))) {
  await import(at('ambient/index.js'));
  await report('ambient imported');
}
client.disconnect();
await app.close();
