/** Measures the rows of docs/reliability.md that take a moment, and prints them: `npm run scoreboard`. Exit code 1 if one does not hold. */
import 'reflect-metadata';
import { IsInt, IsString } from 'class-validator';
import { Socket as EngineSocket } from 'engine.io-client';
import { Socket } from 'socket.io';
import { io, type Socket as ClientSocket } from 'socket.io-client';
import {
  ConnectionRefused,
  createApp,
  EventError,
  Namespace,
  On,
  OnConnect,
  type App,
  type AppOptions,
} from '../../../src/index.js';

class Say {
  @IsString() text!: string;
  @IsInt() n!: number;
}

const circular: Record<string, unknown> = {};
circular['self'] = circular;

/** Results that cannot be sent. */
const hostile: readonly (() => unknown)[] = [
  () => circular,
  () => 1n,
  () => Symbol('x'),
  () => new Map(),
  () => () => 1,
  () => ({
    get a(): never {
      throw new Error('no');
    },
  }),
  () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    return deep;
  },
  () => ({ toJSON: () => 1n }),
];

let entered = 0;
let early = 0;

@Namespace('/')
class Main {
  @On() echo(value: unknown) {
    return value;
  }
  @On() say({ n }: Say) {
    return n;
  }
  @On() hostile(n: number) {
    return hostile[n]!();
  }
  @On() async fail(kind: string) {
    if (kind === 'sync') throw new Error('no');
    await Promise.resolve();
    if (kind === 'code') throw new EventError('full', 'No.');
    throw new Error('no');
  }
  @On('slow', { timeout: 5 }) slow() {
    return new Promise(() => {});
  }
  @On() rooms(socket: Socket) {
    return [...socket.rooms];
  }
}

@Namespace('/game/:id')
class Game {}

@Namespace('/guarded')
class Guarded {
  readonly #passed = new WeakSet<Socket>();
  @OnConnect async enter(socket: Socket) {
    await new Promise((resolve) => setImmediate(resolve));
    if (socket.handshake.auth['token'] !== 'right') throw new ConnectionRefused('no');
    this.#passed.add(socket);
    entered++;
  }
  @On() act(socket: Socket) {
    if (!this.#passed.has(socket)) early++;
  }
}

async function serve(options: Partial<AppOptions> = {}): Promise<{ app: App; url: string }> {
  const app = await createApp({ controllers: [Main, Game, Guarded], logger: false, signals: false, ...options });
  const { port } = await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, url: `http://127.0.0.1:${port}` };
}

const client = (url: string, options: object = {}): ClientSocket =>
  io(url, { forceNew: true, transports: ['websocket'], reconnection: false, ...options });
const connected = (socket: ClientSocket): Promise<void> =>
  new Promise((resolve) => socket.once('connect', () => resolve()));
const ended = (socket: ClientSocket): Promise<unknown> =>
  new Promise((resolve) => socket.once('connect_error', resolve));

interface Row {
  readonly check: string;
  readonly measured: string;
  readonly holds: boolean;
}

const checks: readonly (() => Promise<Row>)[] = [
  async () => {
    const { app, url } = await serve({
      limits: { connectionsPerAddress: 100, connectionBurst: 2_000, connectionRate: 1_000 },
    });
    let opened = 0;
    for (let n = 0; n < 10; n++) {
      const tries = Array.from({ length: 100 }, () =>
        fetch(`${url}/socket.io/?EIO=4&transport=polling`).then(({ status }) => status),
      );
      opened += (await Promise.all(tries)).filter((status) => status === 200).length;
    }
    await app.close();
    return {
      check: 'connections from one address: limit kept, 1,000 tries',
      measured: `${opened} of 100 allowed`,
      holds: opened === 100,
    };
  },
  async () => {
    const { app, url } = await serve({ cors: { origin: ['https://good.example'] } });
    const origins = [
      'null',
      'https://good.example.evil.example',
      'https://evilgood.example',
      'http://good.example',
      'https://good.example:8443',
      'https://GOOD.example.evil',
    ];
    let refused = 0;
    for (const origin of origins) {
      const { status } = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });
      if (status !== 200) refused++;
      const socket = client(url, { extraHeaders: { origin } });
      refused += (await Promise.race([ended(socket).then(() => 1), connected(socket).then(() => 0)])) as number;
      socket.disconnect();
    }
    await app.close();
    return {
      check: 'foreign origins refused (polling, WebSocket)',
      measured: `${refused} of 12`,
      holds: refused === 12,
    };
  },
  async () => {
    const { app, url } = await serve();
    const socket = client(url);
    let answered = 0;
    for (const n of hostile.keys()) {
      const { error } = (await socket.emitWithAck('hostile', n)) as { error?: { code: string } };
      if (error?.code === 'internal') answered++;
    }
    socket.disconnect();
    await app.close();
    return {
      check: 'hostile results answered as errors',
      measured: `${answered} of ${hostile.length}`,
      holds: answered === hostile.length,
    };
  },
  async () => {
    const { app, url } = await serve({ limits: { connectRate: Infinity, namespaces: 4_000 } });
    const before = app.io._nsps.size;
    const engine = new EngineSocket(url, { path: '/socket.io/', transports: ['websocket'] });
    await new Promise((resolve) => engine.once('open', () => resolve(undefined)));
    for (let n = 0; n < 3_000; n++) engine.write(`0/game/${n},`);
    while (app.io._nsps.size < before + 3_000) await new Promise((resolve) => setTimeout(resolve, 5));
    engine.close();
    while (app.io._nsps.size > before) await new Promise((resolve) => setTimeout(resolve, 5));
    const left = app.io._nsps.size - before;
    await app.close();
    return { check: 'namespaces left after 3,000 dynamic ones', measured: String(left), holds: left === 0 };
  },
  async () => {
    const { app, url } = await serve({ limits: { eventRate: Infinity } });
    const socket = client(url);
    await connected(socket);
    let sent = 0;
    let once = 0;
    const kinds: [string, unknown][] = [
      ['echo', 1],
      ['say', { text: 'x', n: 1 }],
      ['say', { n: 'x' }],
      ['fail', 'sync'],
      ['fail', 'code'],
      ['fail', 'x'],
      ['slow', 0],
      ['nobody', 0],
      ['hostile', 0],
    ];
    for (let round = 0; round < 1_000; round++) {
      await Promise.all(
        kinds.slice(0, round % 10 === 0 ? kinds.length : 6).map(
          ([event, value]) =>
            new Promise<void>((resolve) => {
              let answers = 0;
              sent++;
              socket.emit(event, value, () => {
                if (++answers === 1) once++;
                else once -= 1_000;
                setImmediate(resolve);
              });
            }),
        ),
      );
    }
    socket.disconnect();
    await app.close();
    return {
      check: 'acknowledgements answered exactly once, all kinds of failure (6,300 of 1,000,000)',
      measured: `${once} of ${sent}`,
      holds: once === sent,
    };
  },
  async () => {
    const { app, url } = await serve({ limits: { connectionRate: Infinity } });
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, n) => {
          const socket = client(`${url}/guarded`, { auth: { token: n % 2 ? 'right' : 'wrong' } });
          socket.emit('act');
          await Promise.race([connected(socket), ended(socket)]);
          socket.emit('act');
          await new Promise((resolve) => setTimeout(resolve, 5));
          socket.disconnect();
        }),
      );
    }
    await app.close();
    return {
      check: 'guarded handlers run before a passed check (1,000 of 100,000 racing connects)',
      measured: `${early}, ${entered} entered`,
      holds: early === 0 && entered === 500,
    };
  },
  async () => {
    const { app, url } = await serve();
    for (let round = 0; round < 20; round++) {
      const sockets = Array.from({ length: 50 }, () => client(url));
      await Promise.all(sockets.map(connected));
      for (const socket of sockets) socket.io.engine.close();
    }
    while (app.health().clients > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const { adapter, sockets } = app.io.of('/');
    const left = sockets.size + adapter.rooms.size + adapter.sids.size;
    await app.close();
    return {
      check: 'left after 1,000 abrupt ends (of 100,000): sockets, rooms',
      measured: String(left),
      holds: left === 0,
    };
  },
  async () => {
    const { app, url } = await serve();
    const engine = new EngineSocket(url, { path: '/socket.io/', transports: ['websocket'] });
    let received = 0;
    let answers = 0;
    engine.on('message', (data: string) => {
      if (!data.startsWith('3')) return;
      answers++;
      received = Math.max(received, data.length);
    });
    await new Promise((resolve) => engine.once('open', () => resolve(undefined)));
    const joined = new Promise((resolve) => engine.once('message', () => resolve(undefined)));
    engine.write('0');
    await joined;
    for (const bad of [
      '{"text":1}',
      JSON.stringify({ text: 'x'.repeat(50_000), n: 'x' }),
      JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, n]))),
      '['.repeat(500) + ']'.repeat(500),
    ]) {
      engine.write(`21["say",${bad}]`);
    }
    while (answers < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    engine.close();
    await app.close();
    return { check: 'longest answer to bad input', measured: `${received} bytes`, holds: received <= 2_500 };
  },
  () => {
    const keys = Object.keys(Object.prototype);
    return Promise.resolve({
      check: 'keys added to Object.prototype',
      measured: String(keys.length),
      holds: keys.length === 0,
    });
  },
];

let holds = true;
for (const check of checks) {
  const row = await check();
  holds &&= row.holds;
  console.log(`${row.holds ? 'holds        ' : 'DOES NOT HOLD'}  ${row.check}: ${row.measured}`);
}
process.exit(holds ? 0 : 1);
