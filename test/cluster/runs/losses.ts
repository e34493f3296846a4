/**
 * Prints, for each engine and fault, how many broadcasts of a node were sent, arrived at the client of another node, and were
 * counted as lost (`dropped` at the sender, `missed` at the receiver). Exit code 1 if a loss was not counted.
 *
 *     npx tsc -p tsconfig.json && node .build/test/cluster/runs/losses.js
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket as Client } from 'socket.io-client';
import { type Broker, openBroker } from '../support/brokers.js';
import { client, converged, next, startNode, type TestNode } from '../support/cluster.js';
import { openWire, type Wire } from '../support/wire.js';

const heartbeat = { interval: 300, timeout: 3000 };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Stage {
  readonly broker: Broker;
  /** The way from the sender to the broker. */
  readonly wire: Wire;
  readonly a: TestNode;
  readonly b: TestNode;
}

const faults: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  'broker killed': async ({ broker }) => {
    await broker.kill();
    await pause(1000);
    await broker.start();
  },
  'broker paused, 1 s': async ({ broker }) => {
    broker.pause(true);
    await pause(1000);
    broker.pause(false);
  },
  'broker paused, 5 s': async ({ broker }) => {
    broker.pause(true);
    await pause(5000);
    broker.pause(false);
  },
  'broker replaced': async ({ broker }) => {
    await broker.kill();
    const garbage = createServer((socket) => socket.on('error', () => {}).end('nonsense\r\n')).listen(
      broker.port,
      '127.0.0.1',
    );
    await once(garbage, 'listening');
    await pause(500);
    garbage.close();
    await broker.start();
  },
  'line of the sender cut': async ({ wire }) => {
    wire.cut();
    await pause(500);
    wire.fix();
  },
  'receiver paused, 2 s': async ({ b }) => {
    b.child?.kill('SIGSTOP');
    await pause(2000);
    b.child?.kill('SIGCONT');
  },
  'sender paused, 5 s': async ({ a }) => {
    a.child?.kill('SIGSTOP');
    await pause(5000);
    a.child?.kill('SIGCONT');
  },
};

interface Row {
  readonly fault: string;
  readonly sent: number;
  readonly arrived: number;
  readonly dropped: number;
  readonly missed: number;
}

async function measure(engine: string, whenDown: 'drop' | { buffer: number }): Promise<Row[]> {
  const broker = await openBroker(engine);
  await broker.start();
  const wire = await openWire(broker.port);
  const start = (port: number): Promise<TestNode> => {
    const url = broker.url.replace(String(broker.port), String(port));
    return startNode({ engine, role: 'server', options: { url, prefix: 'losses', heartbeat, whenDown } });
  };
  const [a, b] = await Promise.all([start(wire.port), start(broker.port)]);
  await converged([a, b]);
  const receiver = await client(b);
  const rows: Row[] = [];
  for (const [fault, work] of Object.entries(faults)) {
    rows.push({ fault, ...(await during(() => work({ broker, wire, a, b }), a, b, receiver)) });
  }
  receiver.disconnect();
  await Promise.all([a.stop(), b.stop()]);
  wire.close();
  await broker.dispose();
  return rows;
}

async function during(
  work: () => Promise<void>,
  a: TestNode,
  b: TestNode,
  receiver: Client,
): Promise<Omit<Row, 'fault'>> {
  let arrived = 0;
  receiver.on('n', () => arrived++);
  const counted = async (): Promise<[number, number]> => [
    await a.run(({ link }) => link.health().dropped),
    await b.run(({ link }) => link.health().missed),
  ];
  const [dropped, missed] = await counted();
  const flowing = next(receiver, 'n');
  // Five in a turn: the first alone, the others in one frame.
  await a.run(({ io, kept }) => {
    kept['sent'] = 0;
    kept['timer'] = setInterval(() => {
      for (let n = 0; n < 5; n++) io.emit('n', (kept['sent'] as number)++);
    }, 10);
  });
  await flowing;
  await work();
  for (const node of [a, b]) {
    await node.run(async ({ link }) => {
      while (link.health().state !== 'up' || link.health().nodes !== 2)
        await new Promise((resolve) => setTimeout(resolve, 10));
    });
  }
  // What waits for the others, or for a confirmation, is settled by then.
  await pause(1500);
  const end = next(receiver, 'end');
  const sent = await a.run(({ io, kept }) => {
    clearInterval(kept['timer'] as NodeJS.Timeout);
    io.emit('end');
    return kept['sent'] as number;
  });
  await end;
  receiver.off('n');
  const after = await counted();
  return { sent, arrived, dropped: after[0] - dropped, missed: after[1] - missed };
}

const chosen = process.argv.slice(2);
const engines = chosen.length > 0 ? chosen : ['redis', 'redis-streams', 'nats', 'rabbitmq', 'postgres'];
let uncounted = 0;
console.log('| engine | whenDown | fault | sent | arrived | lost | dropped | missed |');
console.log('| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |');
for (const engine of engines) {
  const [drop, buffer] = await Promise.all([measure(engine, 'drop'), measure(engine, { buffer: 10_000 })]);
  for (const [mode, rows] of [
    ['drop', drop],
    ['buffer', buffer],
  ] as const) {
    for (const { fault, sent, arrived, dropped, missed } of rows) {
      const lost = sent - arrived;
      if (dropped + missed < lost) uncounted++;
      console.log(`| ${[engine, mode, fault, sent, arrived, lost, dropped, missed].join(' | ')} |`);
    }
  }
}
if (uncounted > 0) console.error(`${uncounted} rows have losses that were not counted`);
process.exit(uncounted > 0 ? 1 : 0);
