/** `whenDown: { buffer }`: what was kept arrives, once and in order, or is counted. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Socket as Client } from 'socket.io-client';
import { type Broker, brokerAbsence, openBroker } from './support/brokers.js';
import { client, converged, next, startNode, type TestNode } from './support/cluster.js';
import { absent } from './support/engines.js';
import { openWire, type Wire } from './support/wire.js';

const heartbeat = { interval: 300, timeout: 5000 };

describe('what is kept while the broker is away', { concurrency: 2 }, () => {
  for (const engine of ['redis', 'redis (ioredis)', 'redis-streams', 'nats', 'rabbitmq', 'postgres']) {
    const program = engine.split(' ')[0] ?? '';
    const missing = brokerAbsence(program);
    const options = { concurrency: 1, timeout: 300_000, skip: missing ? absent(missing) : false };
    describe(engine, options, () => suite(engine, program));
  }
});

function suite(engine: string, program: string): void {
  let broker: Broker;
  let wire: Wire;
  let emitterWire: Wire;
  let a: TestNode;
  let b: TestNode;
  let emitter: TestNode;
  let onB: Client;

  before(async () => {
    broker = await openBroker(program);
    await broker.start();
    [wire, emitterWire] = await Promise.all([openWire(broker.port), openWire(broker.port)]);
    const start = (role: 'server' | 'emitter', port: number): Promise<TestNode> => {
      const url = broker.url.replace(String(broker.port), String(port));
      return startNode({ engine, role, options: { url, prefix: 'kept', heartbeat, whenDown: { buffer: 1000 } } });
    };
    [a, b, emitter] = await Promise.all([
      start('server', wire.port),
      start('server', broker.port),
      start('emitter', emitterWire.port),
    ]);
    await converged([a, b]);
    onB = await client(b);
    const got = next(onB, 'first');
    await emitter.run(({ emitter: io }) => void io.emit('first'));
    await got;
    // Until the emitter has heard of the nodes.
    await new Promise((resolve) => setTimeout(resolve, 1500));
  });
  after(async () => {
    onB?.disconnect();
    await Promise.all([a, b, emitter].map((node) => node?.stop()));
    for (const each of [wire, emitterWire]) each?.close();
    await broker?.dispose();
  });

  /** The numbers that B's client gets of one series, up to its end. */
  function received(series: string, ms = 60_000): Promise<number[]> {
    const numbers: number[] = [];
    const listener = (n: number): void => void numbers.push(n);
    onB.on(series, listener);
    return next(onB, `${series} end`, ms).then(() => {
      onB.off(series, listener);
      return numbers;
    });
  }

  const send = (node: TestNode, series: string, from: number, to: number): Promise<void> =>
    node.run(
      ({ io, emitter: sender }, name, first, last) => {
        for (let n = first; n < last; n++) (sender ?? io).emit(name, n);
      },
      series,
      from,
      to,
    );
  const end = (node: TestNode, series: string): Promise<void> =>
    node.run(({ io, emitter: sender }, name) => void (sender ?? io).emit(`${name} end`), series);
  const reaches = (node: TestNode, wanted: 'up' | 'down'): Promise<void> =>
    node.run(async ({ link, emitter: sender }, state) => {
      const until = Date.now() + 60_000;
      while ((link ?? sender).health().state !== state) {
        if (Date.now() > until) throw new Error(`not ${state}: ${(link ?? sender).health().state}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }, wanted);

  it('a broker that restarts: who comes back first waits for the others', async () => {
    const got = [received('node'), received('emitter')];
    await broker.kill();
    await Promise.all([a, b, emitter].map((node) => reaches(node, 'down')));
    b.child?.kill('SIGSTOP');
    await Promise.all([send(a, 'node', 0, 100), send(emitter, 'emitter', 0, 100)]);
    await broker.start();
    await Promise.all([a, emitter].map((node) => reaches(node, 'up')));
    await Promise.all([send(a, 'node', 100, 120), send(emitter, 'emitter', 100, 120)]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    b.child?.kill('SIGCONT');
    await Promise.all([end(a, 'node'), end(emitter, 'emitter')]);
    for (const numbers of await Promise.all(got)) assert.deepEqual(numbers, [...Array(120).keys()]);
  });

  it('a line that is cut: what was on its way is sent again, and nothing twice', async () => {
    const got = [received('node'), received('emitter')];
    const flows = [a, emitter].map((node, at) =>
      node.run(
        async ({ io, emitter: sender }, name) => {
          for (let n = 0; n < 500; n++) {
            (sender ?? io).emit(name, n);
            if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
          }
        },
        at === 0 ? 'node' : 'emitter',
      ),
    );
    await next(onB, 'node');
    for (const each of [wire, emitterWire]) each.cut();
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const each of [wire, emitterWire]) each.fix();
    await Promise.all(flows);
    await Promise.all([end(a, 'node'), end(emitter, 'emitter')]);
    const [node, sender] = await Promise.all(got);
    assert.deepEqual(node, [...Array(500).keys()]);
    assert.deepEqual(sender, [...Array(500).keys()]);
  });

  it('a line that is silent for longer than the heartbeat allows: the others are not taken for gone, nothing is lost', async () => {
    const got = received('silent');
    const first = next(onB, 'silent');
    await send(a, 'silent', 0, 10);
    await first;
    wire.cut();
    await send(a, 'silent', 10, 200);
    await reaches(a, 'down');
    wire.fix();
    await send(a, 'silent', 200, 220);
    await reaches(a, 'up');
    await end(a, 'silent');
    assert.deepEqual(await got, [...Array(220).keys()]);
  });
}
