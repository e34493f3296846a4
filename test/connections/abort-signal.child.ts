/** A program of its own for `abort-signal.test.ts`, with the collector of garbage at hand: prints what it counted. */
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Namespace, On, Signal } from '../../src/index.js';
import { internalsOf } from '../../src/connections/internals.js';
import { createTestApp } from '../../src/testing/index.js';

let fired = 0;

@Namespace('/')
class Signals {
  @On() take(@Signal() signal: AbortSignal) {
    return signal.aborted;
  }
  @On() async wait(@Signal() signal: AbortSignal) {
    await Promise.resolve();
    return signal.aborted;
  }
  /** What is begun here outlives the call, and nobody but its listener knows the signal. */
  @On() listen(@Signal() signal: AbortSignal) {
    signal.addEventListener('abort', () => fired++);
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function settled(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    collect();
    await turn();
  }
}

const app = await createTestApp({ controllers: [Signals], logger: false, limits: { eventRate: Infinity } });
const client = await app.connect('/');
const socket = app.socketOf(client);

async function call(event: string, times: number): Promise<void> {
  for (let index = 0; index < times; index++) {
    internalsOf(socket).dispatch.call(socket, [event]);
    if (index % 100 === 0) await turn();
  }
  await settled();
}

await call('listen', 100);
await call('take', 10_000);
await call('wait', 10_000);
const before = process.memoryUsage().heapUsed;
await call('take', 30_000);
await call('wait', 30_000);
const grown = process.memoryUsage().heapUsed - before;
const early = fired;
client.socket.disconnect();
await app.close();
console.log(JSON.stringify({ grown, early, fired }));
