/** A process that serves nobody, and yet speaks to all clients. */
import { setInterval } from 'node:timers/promises';
import { createEmitter } from 'colloquy/emitter';
import { broker } from './broker.js';

type Events = {
  news(item: { readonly number: number; readonly from: string }): void;
};

const stopped = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopped.abort());

const emitter = await createEmitter<Events>(broker);
console.log(JSON.stringify({ level: 30, msg: `emitting to ${emitter.health().engine}` }));
try {
  let number = 0;
  for await (const _ of setInterval(1000, undefined, { signal: stopped.signal })) {
    emitter.of('/cluster').emit('news', { number: ++number, from: `worker ${process.pid}` });
  }
} catch (error) {
  if (!stopped.signal.aborted) throw error;
} finally {
  await emitter.close();
}
