/**
 * Random input of every kind against a server in a process of its own: frames, packets of each parser, HTTP requests, handshakes,
 * DTO inputs. `npm run fuzz -- --minutes 5 --seed 7`. Exit code 1 with the last input if the server ends, hangs or is changed.
 */
import { connect as connectTcp } from 'node:net';
import { parseArgs } from 'node:util';
import msgpack from 'socket.io-msgpack-parser';
import { io, type Socket } from 'socket.io-client';
import { Random } from './random.js';
import { Target } from './target-process.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  console.log(
    'npm run fuzz -- [--minutes N] [--seed S]\n\nSends random input to a server for N minutes (1). The seed repeats a run.',
  );
  process.exit(0);
}
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('--minutes must be a number > 0, and --seed a whole number');
  process.exit(2);
}

const random = new Random(seed);
const { Encoder } = msgpack as unknown as { Encoder: new () => { encode(packet: unknown): Buffer[] } };

/** Writes to a port, and waits until the server has answered or closed, for a moment at the most. */
function write(port: number, chunks: readonly Buffer[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => {
      for (const chunk of chunks) socket.write(chunk);
    });
    socket.setTimeout(60, () => socket.destroy());
    socket.on('data', () => random.int(3) === 0 && socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
}

function frame(first: number, payload: Buffer, mask = random.bytes(4)): Buffer {
  const length = payload.length;
  const header =
    length < 126 ? Buffer.from([first, 0x80 | length]) : Buffer.from([first, 0x80 | 126, length >> 8, length & 255]);
  const masked = payload.map((byte, at) => byte ^ mask[at & 3]!);
  return Buffer.concat([header, mask, masked]);
}

const upgrade = Buffer.from(
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
);

function packetText(): string {
  const type = random.pick(['0', '1', '2', '3', '4', '5', '6', '9', '51-', '61-', '']);
  const nsp = random.pick(['', '/', '/guarded/1,', `/${random.text(5)},`, `/${'a'.repeat(random.int(400))},`]);
  const id = random.pick(['', String(random.int(5)), '-1', '99999999999999999999']);
  const name = random.pick(['echo', 'say', 'points', 'join', 'ask', 'connect', 'disconnect', random.text(4)]);
  const data = random.pick([
    JSON.stringify([name, random.json()]),
    JSON.stringify(random.json()),
    random.text(10),
    '[',
    '',
  ]);
  return `4${type}${nsp}${id}${data}`;
}

const kinds: Readonly<Record<string, (target: Target) => Promise<void>>> = {
  frames: ({ ports: [port] }) => {
    const frames = Array.from({ length: random.int(8) }, () =>
      frame(
        random.pick([0x81, 0x82, 0x01, 0x80, 0x88, 0x89, 0x8a, 0xc1, 0xf1]),
        random.pick([Buffer.from(packetText()), random.bytes(random.int(300))]),
      ),
    );
    const all = Buffer.concat([upgrade, frame(0x81, Buffer.from('40')), ...frames]);
    const cut = random.int(all.length);
    return write(port, [all.subarray(0, cut), all.subarray(cut, all.length - random.int(3))]);
  },
  packets: ({ ports: [port] }) =>
    write(port, [upgrade, ...Array.from({ length: random.int(20) }, () => frame(0x81, Buffer.from(packetText())))]),
  msgpack: ({ ports: [, port] }) => {
    const part = (): unknown =>
      random.pick([random.json(), random.int(8), '/', ['echo', 1], ['say', random.json()], undefined]);
    const encoded = Array.from({ length: random.int(10) }, () => {
      try {
        return new Encoder().encode({ type: part(), nsp: part(), id: part(), data: part() })[0]!;
      } catch {
        return random.bytes(20);
      }
    });
    const hello = new Encoder().encode({ type: 0, nsp: '/' })[0]!;
    return write(port, [upgrade, frame(0x82, hello), ...encoded.map((each) => frame(0x82, each))]);
  },
  http: ({ ports: [port] }) => {
    const path = Array.from({ length: random.int(5) }, () =>
      random.pick(['..', '%2e', '%', 'index.html', 'socket.io', '', random.text(5)]),
    ).join('/');
    const query = random.pick([
      '',
      '?EIO=4&transport=polling',
      '?EIO=9&transport=x',
      `?EIO=4&transport=polling&sid=${random.text(8)}`,
      `?${random.text(20)}`,
    ]);
    const headers = Array.from(
      { length: random.int(5) },
      () =>
        `${random.pick(['Range', 'Origin', 'Cookie', 'Content-Length', 'X-Forwarded-For', 'If-None-Match', 'Upgrade'])}: ${random.pick(['bytes=5-2', '*', random.text(20), '9'.repeat(30), '0'])}\r\n`,
    );
    const body = random.pick(['', '40', packetText(), '9'.repeat(random.int(2_000))]);
    return write(port, [
      Buffer.from(
        `${random.pick(['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS'])} /${path}${query} HTTP/1.1\r\nHost: localhost\r\n${headers.join('')}\r\n${body}`,
      ),
    ]);
  },
  handshakes: ({ ports: [port] }) => {
    const auth = random.pick([
      JSON.stringify(random.json()),
      random.text(30),
      '['.repeat(5_000),
      `{"pid":${JSON.stringify(random.json())},"offset":${JSON.stringify(random.json())}}`,
      '{"token":"right"}',
    ]);
    const nsp = random.pick(['', '/guarded/7,', '/guarded/7?x,']);
    return write(port, [
      upgrade,
      frame(0x81, Buffer.from(`40${nsp}${auth}`)),
      frame(0x81, Buffer.from(`42${nsp}1["echo",1]`)),
    ]);
  },
};

/** DTO inputs need real clients, and every call of theirs an answer. */
async function inputs(client: Socket): Promise<void> {
  const event = random.pick(['say', 'points', 'echo', 'join']);
  const value =
    event === 'say' && random.int(2) === 0
      ? { text: random.text(5), n: random.int(9), ...(random.json() as object | null) }
      : random.json();
  await client.timeout(10_000).emitWithAck(event, value);
}

const target = await Target.start();
const connectClient = (): Socket =>
  io(`http://127.0.0.1:${target.ports[0]}`, { forceNew: true, transports: ['websocket'] });
let witness = connectClient();
let client = connectClient();
const counts: Record<string, number> = {};
const end = Date.now() + minutes * 60_000;
console.log(`seed ${seed}, ${minutes} minutes`);
let failure: string | undefined;
let last = '';
try {
  while (Date.now() < end) {
    const batch = Array.from({ length: 20 }, async () => {
      const kind = random.pick(Object.keys(kinds));
      last = kind;
      counts[kind] = (counts[kind] ?? 0) + 1;
      await kinds[kind]!(target);
    });
    for (let n = 0; n < 20; n++) {
      counts['inputs'] = (counts['inputs'] ?? 0) + 1;
      batch.push(inputs(client));
    }
    await Promise.all(batch);
    if ((await witness.timeout(10_000).emitWithAck('echo', 1)) !== 1)
      throw new Error('the witness was answered wrongly');
    if (!client.connected) client = connectClient();
    if (!witness.connected) witness = connectClient();
  }
  const { polluted } = await target.state();
  if (polluted.length > 0) throw new Error(`Object.prototype has ${polluted.join(', ')}`);
} catch (error) {
  failure = String(error);
}
if (target.ended) failure = target.ended;
witness.disconnect();
client.disconnect();
if (failure) {
  console.error(
    `FAILED after ${JSON.stringify(counts)}; the last kind was ${last}\n${failure}\nrepeat it: npm run fuzz -- --minutes ${minutes} --seed ${seed}`,
  );
  process.exit(1);
}
const { health } = await target.state();
await target.stop();
console.log(
  `inputs ${JSON.stringify(counts)}\nserver ${JSON.stringify(health.counts)}\n0 ends, 0 hangs, Object.prototype unchanged`,
);
process.exit(0);
