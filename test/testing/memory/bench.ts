/**
 * What a test costs that boots a server, connects one client, calls once and closes: CPU ms of this process, over the in-memory
 * network and over a port. `node .build/test/testing/memory/bench.js [tests per round]`; one wire by name: `… 1000 memory`.
 */
import { Server } from 'socket.io';
import { connected } from './conformance.js';
import { memoryWire, portWire } from './wires.js';
import type { WireMaker } from './wires.js';

const [tests = '1000', only] = process.argv.slice(2);
const wires: Record<string, WireMaker> = { memory: memoryWire, port: portWire };
const phases = ['boot', 'connect', 'call', 'close'] as const;

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function bootConnectCall(makeWire: WireMaker, spent: number[]): Promise<void> {
  let last = cpu();
  const lap = (phase: number) => {
    const now = cpu();
    spent[phase] = (spent[phase] ?? 0) + now - last;
    last = now;
  };
  const io = new Server({ serveClient: false });
  io.on('connection', (socket) => socket.on('echo', (value, ack) => ack(value)));
  const wire = await makeWire(io);
  lap(0);
  const client = await connected(wire.connect());
  lap(1);
  if ((await client.emitWithAck('echo', 1)) !== 1) throw new Error('wrong answer');
  lap(2);
  await wire.close();
  lap(3);
}

async function round(name: string, makeWire: WireMaker): Promise<void> {
  const spent: number[] = [];
  for (let test = 0; test < Number(tests); test += 1) await bootConnectCall(makeWire, spent);
  const each = (ms: number) => (ms / Number(tests)).toFixed(3);
  const parts = phases.map((phase, index) => `${phase} ${each(spent[index] ?? 0)}`).join(', ');
  console.log(`${name.padEnd(6)} ${each(spent.reduce((sum, ms) => sum + ms, 0))} ms CPU each: ${parts}`);
}

for (let rounds = 0; rounds < 3; rounds += 1) {
  for (const [name, makeWire] of Object.entries(wires)) {
    if (only === undefined || only === name) await round(name, makeWire);
  }
}
