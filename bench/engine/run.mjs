/**
 * Server CPU (user + system) per unit of work, each engine beside plain Socket.IO.
 *
 *   npm run build && node bench/engine/run.mjs [--rounds 9] [--only echo-16,fanout-1] [--variants] [engine …]
 *
 * Every engine is one server process; the clients live here. A round runs each of them once, in shuffled order, and
 * ratios are taken within the round, so that what else the machine does falls on both sides.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Client, frame } from './client.mjs';
import { variants } from './variants.mjs';

const BASE = 'stock';
const PAYLOAD = JSON.stringify({ room: 'lobby', text: 'the quick brown fox jumps over the lazy dog', n: 42 });
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '9' },
    only: { type: 'string', default: '' },
    messages: { type: 'string', default: '40000' },
    variants: { type: 'boolean', default: false },
    fanout: { type: 'string', default: '1000' },
  },
});
const MESSAGES = Number(options.messages);
const LISTENERS = Number(options.fanout);

const ask = async (server, question) => {
  const answer = once(server.process, 'message');
  server.process.send(question);
  return (await answer)[0];
};

async function start(engine) {
  const child = fork(new URL('./server.mjs', import.meta.url), [engine]);
  const [{ port }] = await once(child, 'message');
  return { engine, process: child, port };
}

const connectAll = async (server, count) => {
  const clients = [];
  while (clients.length < count) {
    const some = Math.min(50, count - clients.length);
    clients.push(...(await Promise.all(Array.from({ length: some }, () => Client.connect(server.port)))));
  }
  return clients;
};

async function echo(clients, inFlight) {
  const bursts = MESSAGES / clients.length / inFlight;
  await Promise.all(
    clients.map(async (client) => {
      const send = client.burst(inFlight, PAYLOAD);
      for (let i = 0; i < bursts; i++) await send();
    }),
  );
  return MESSAGES;
}

async function fanout(clients, times) {
  const shout = frame(`42/bench,["shout",${times},${JSON.stringify('hello '.repeat(10))}]`);
  const repeats = Math.max(1, Math.round((MESSAGES * 1.6) / clients.length / times));
  let left = 0;
  let done;
  for (const client of clients)
    client.onPacket = () => {
      if (--left === 0) done();
    };
  for (let i = 0; i < repeats; i++) {
    left = times * clients.length;
    const all = new Promise((resolve) => (done = resolve));
    clients[0].socket.write(shout);
    await all;
  }
  return repeats * times * clients.length;
}

async function connections(server) {
  for (let i = 0; i < 10; i++) {
    const clients = await connectAll(server, 50);
    for (const client of clients) client.close();
  }
  return 500;
}

/** name → [clients it needs, the work; resolves to how many units were done] */
const WORK = {
  'echo-1': [20, (server, clients) => echo(clients, 1)],
  'echo-16': [20, (server, clients) => echo(clients, 16)],
  'fanout-1': [LISTENERS, (server, clients) => fanout(clients, 1)],
  'fanout-16': [LISTENERS, (server, clients) => fanout(clients, 16)],
  connect: [0, (server) => connections(server)],
};

const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.round((values.length - 1) * q)];
const shuffled = (list) =>
  list
    .map((item) => [Math.random(), item])
    .toSorted((a, b) => a[0] - b[0])
    .map(([, item]) => item);

/** Microseconds per unit of each engine, in each round. */
async function measure(servers, clients, work, rounds) {
  const spent = new Map(servers.map((server) => [server.engine, []]));
  for (let round = -1; round < rounds; round++) {
    for (const server of shuffled(servers)) {
      const before = await ask(server, 'cpu');
      const units = await work(server, clients.get(server));
      const cpu = ((await ask(server, 'cpu')) - before) / units;
      if (round >= 0) spent.get(server.engine).push(cpu); // the first round warms up
    }
  }
  return spent;
}

/** Writes to a TCP socket per unit; a server of its own, because counting costs time. */
async function countWrites(engine, need, work) {
  const server = await start(engine);
  await ask(server, 'count');
  const clients = await connectAll(server, need);
  const before = await ask(server, 'writes');
  const units = await work(server, clients);
  const writes = ((await ask(server, 'writes')) - before) / units;
  stop(server, clients);
  return writes;
}

function stop(server, clients) {
  for (const client of clients) client.close();
  server.process.kill();
}

async function run(name, engines) {
  const [need, work] = WORK[name];
  const servers = await Promise.all(engines.map(start));
  const clients = new Map();
  for (const server of servers) clients.set(server, await connectAll(server, need));
  const spent = await measure(servers, clients, work, Number(options.rounds));
  for (const server of servers) stop(server, clients.get(server));
  for (const engine of engines) {
    const ratios = spent.get(engine).map((cpu, round) => cpu / spent.get(BASE)[round]);
    const [low, median, high] = [0, 0.5, 1].map((q) => quantile(ratios, q).toFixed(2));
    const writes = await countWrites(engine, need, work);
    const label = engine.padEnd(25);
    const micros = quantile(spent.get(engine), 0.5).toFixed(2).padStart(8);
    console.log(`${name.padEnd(10)} ${label} ${micros} µs  ${median} (${low}–${high})  ${writes.toFixed(3)} writes`);
  }
}

const engines = [
  BASE,
  ...(positionals.length > 0 ? positionals : ['corked']),
  ...(options.variants ? Object.keys(variants) : []),
];
for (const name of Object.keys(WORK)) {
  if (options.only === '' || options.only.split(',').includes(name)) await run(name, engines);
}
