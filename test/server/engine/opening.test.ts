/** The opening of a session, byte for byte and event for event as the stock engine has it, whoever listens and whatever is set. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { ServerOptions } from 'socket.io';
import { clientFrame, serve } from './support.js';

/** What Engine.IO's server and its sockets tell. */
interface Engine extends NodeJS.EventEmitter {
  readonly clients: object;
  readonly clientsCount: number;
  readonly ws: NodeJS.EventEmitter & { shouldHandle: (request: unknown) => boolean };
  generateId: (request: unknown) => unknown;
  use(middleware: (request: unknown, response: ServerResponse, next: () => void) => void): void;
}
interface Conn extends NodeJS.EventEmitter {
  readonly id: string;
  readonly protocol: number;
  readonly readyState: string;
  readonly writeBuffer: readonly unknown[];
  readonly sentCallbackFn: readonly unknown[];
  readonly transport: { readonly sid: string };
  write(text: string): void;
  close(): void;
}

interface Case {
  readonly query?: string;
  readonly method?: string;
  /** The lines by which a client asks for a WebSocket. */
  readonly upgrade?: readonly string[];
  readonly headers?: string;
  /** What the client sends with its request, before it has an answer. */
  readonly early?: readonly Buffer[];
  readonly options?: Partial<ServerOptions> & { readonly initialPacket?: string };
  readonly prepare?: (engine: Engine, heard: unknown[]) => void;
}

/** Asks for a WebSocket as all clients do. */
const plain: readonly string[] = [
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];

const text = (payload: string): Buffer => clientFrame({ payload: Buffer.from(payload) });

const cases: Readonly<Record<string, Case>> = {
  'nothing special': {},
  'intervals and sizes of your own': { options: { pingInterval: 1234, pingTimeout: 77, maxHttpBufferSize: 5 } },
  'another list of transports': { options: { transports: ['websocket'] } },
  'no upgrades': { options: { allowUpgrades: false } },
  'a packet of its own': { options: { initialPacket: 'welcome' } },
  'a cookie': { options: { cookie: true } },
  'headers of your own': {
    prepare: (engine) => {
      engine.on('initial_headers', (headers) => (headers['x-first'] = 'é'));
      engine.on('headers', (headers) => (headers['x-each'] = 'yes'));
    },
  },
  'headers that are lists': {
    prepare: (engine) => engine.on('headers', (headers) => (headers['set-cookie'] = ['a=1', 'b=2'])),
  },
  'headers of middleware': {
    prepare: (engine) => engine.use((_request, response, next) => (response.setHeader('x-m', 'yes'), next())),
  },
  'middleware that takes its time': {
    prepare: (engine) =>
      engine.use((_request, response, next) => setImmediate(() => (response.setHeader('x-m', 'late'), next()))),
  },
  'a listener to the headers of the WebSocket server': {
    prepare: ({ ws }) => ws.on('headers', (lines: string[]) => lines.push('x-ws: yes')),
  },
  'a listener to headers that ends the connection': {
    prepare: (engine) => engine.on('headers', (_headers, { socket }: { socket: Socket }) => void socket.destroy()),
  },
  'a WebSocket server that refuses': { prepare: ({ ws }) => (ws.shouldHandle = () => false) },
  'a name in capitals': { upgrade: ['Upgrade: WebSocket', ...plain.slice(1)] },
  'a name of another protocol': { upgrade: ['Upgrade: h2c', ...plain.slice(1)] },
  'an older version': { upgrade: [plain[0]!, 'Sec-WebSocket-Version: 8', plain[2]!] },
  'an unknown version': { upgrade: [plain[0]!, 'Sec-WebSocket-Version: 7', plain[2]!] },
  'no version': { upgrade: [plain[0]!, plain[2]!] },
  'no key': { upgrade: plain.slice(0, 2) },
  'a key that is too short': { upgrade: [...plain.slice(0, 2), 'Sec-WebSocket-Key: AAAA'] },
  'two keys': { upgrade: [...plain, plain[2]!] },
  'a protocol of the application': { upgrade: [...plain, 'Sec-WebSocket-Protocol: chat, other'] },
  'a protocol that is none': { upgrade: [...plain, 'Sec-WebSocket-Protocol: ,,'] },
  'a request that is no GET': { method: 'POST' },
  compression: {
    options: { perMessageDeflate: { threshold: 10 } },
    headers: 'Sec-WebSocket-Extensions: permessage-deflate\r\n',
  },
  'compression that the client does not want': { options: { perMessageDeflate: true } },
  'a client of protocol 3 that is refused': { query: 'EIO=3&transport=websocket' },
  'a client of protocol 3': { query: 'EIO=3&transport=websocket', options: { allowEIO3: true } },
  'a client of no protocol': { query: 'transport=websocket' },
  'the protocol twice': { query: 'EIO=4&EIO=4&transport=websocket', options: { allowEIO3: true } },
  'a session that is unknown': { query: 'EIO=4&transport=websocket&sid=unknown' },
  'a transport that is unknown': { query: 'EIO=4&transport=pigeon' },
  'no transport': { query: 'EIO=4' },
  'ids of your own': { prepare: (engine) => (engine.generateId = () => 'mine') },
  'ids that come later': {
    prepare: (engine) =>
      (engine.generateId = () => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('later'))))),
  },
  'ids that are no ASCII': { prepare: (engine) => (engine.generateId = () => 'é "quoted"\n') },
  'ids that are long': { prepare: (engine) => (engine.generateId = () => 'x'.repeat(5000)) },
  'ids that are numbers': { prepare: (engine) => (engine.generateId = () => 7) },
  'ids that are missing': { prepare: (engine) => (engine.generateId = () => undefined) },
  'ids that cannot be had': { prepare: (engine) => (engine.generateId = () => Promise.reject(new Error('none'))) },
  'ids that throw': {
    prepare: (engine) =>
      (engine.generateId = () => {
        throw new Error('none');
      }),
  },
  'a protocol that is nearly 4': { query: 'EIO=04&transport=websocket' },
  'a client that is not allowed': { options: { allowRequest: (_request, decide) => decide('no', false) } },
  'somebody who listens to what is sent': {
    prepare: (engine, heard) => {
      engine.on('flush', (_conn: Conn, packets: { type: string; data: string }[]) =>
        heard.push(
          'flush',
          packets.map(({ type, data }) => [type, data.replace(/"sid":"[^"]*"/, '')]),
        ),
      );
      engine.on('drain', (conn: Conn) => heard.push('drain', conn.readyState));
    },
  },
  'somebody who listens for the end before the engine does': {
    prepare: (engine, heard) =>
      engine.on('flush', (conn: Conn) => conn.once('close', () => heard.push('closed', engine.clientsCount))),
  },
  'a packet in the listener': {
    prepare: (engine) => engine.on('connection', (conn: Conn) => conn.write('hello')),
  },
  'an end in the listener': { prepare: (engine) => engine.on('connection', (conn: Conn) => conn.close()) },
  'a client that does not wait': { early: [text('40')] },
  'a client that does not wait, and speaks at once': {
    early: [text('40'), text('420["early"]'), text('421["early"]')],
  },
  'a client that speaks before it has joined': { early: [text('420["early"]')] },
  'a client that pings': { early: [text('2')] },
  'a client that pongs': { early: [text('3'), text('40')] },
  'a client that asks for an upgrade': { early: [text('2probe'), text('5')] },
  'a client that closes at once': { early: [text('1')] },
  'a client that ends its WebSocket at once': { early: [clientFrame({ first: 0x88, payload: Buffer.alloc(0) })] },
  'a client whose frame is not masked': { early: [Buffer.from('\x81\x0240', 'latin1')] },
  'a client whose frame is half there': { early: [text('40').subarray(0, 5)] },
  'a client whose frame is too long': { options: { maxHttpBufferSize: 10 }, early: [text('4'.repeat(100))] },
  'a client that sends bytes': { early: [clientFrame({ first: 0x82, payload: Buffer.from([1, 2]) })] },
  'refused errors are told': {
    query: 'EIO=3&transport=websocket',
    prepare: (engine, heard) => engine.on('connection_error', ({ code, message }) => heard.push(code, message)),
  },
};

/** All that a client gets until it has joined the main namespace and has left, and what the server was told and shows. */
async function open(t: TestContext, kind: 'ws' | 'corked', what: Case): Promise<unknown[]> {
  const { io, port } = await serve(t, kind, what.options);
  const heard: unknown[] = [];
  const engine = io.engine as unknown as Engine;
  what.prepare?.(engine, heard);
  engine.on('connection', (conn: Conn) => {
    const { readyState, transport, writeBuffer, sentCallbackFn, protocol } = conn;
    const waits = sentCallbackFn.filter((each) => each !== null);
    heard.push('connection', readyState, protocol, transport.sid === conn.id, writeBuffer.length, waits);
    heard.push(engine.clientsCount, Object.keys(engine.clients).length);
    if (readyState === 'open') heard.push(conn.listenerCount('close'));
    conn.on('close', (reason: string) => heard.push('close', reason, engine.clientsCount));
  });
  const seen: unknown[] = [];
  // The first connection shows Engine.IO's class, and the later ones are opened by what was seen.
  for (let n = 0; n < 3; n++) {
    seen.push(await visit(port, what));
    for (let turns = 0; engine.clientsCount > 0 && turns < 1000; turns++) await new Promise(setImmediate);
    seen.push(heard.splice(0), engine.clientsCount, Object.keys(engine.clients));
  }
  return seen;
}

async function visit(
  port: number,
  { query, method = 'GET', upgrade = plain, headers = '', early = [] }: Case,
): Promise<string> {
  const tcp = connectTcp({ port, host: '127.0.0.1' });
  let bytes = '';
  let isJoining = false;
  tcp.on('data', (chunk: Buffer) => {
    bytes += chunk.toString('latin1');
    if (!isJoining && bytes.includes('"maxPayload"')) isJoining = tcp.write(text('40'));
    if (bytes.includes('40{"sid"')) tcp.end(text('1'));
  });
  const request =
    `${method} /socket.io/?${query ?? 'EIO=4&transport=websocket'} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n` +
    `${upgrade.join('\r\n')}\r\n${headers}\r\n`;
  tcp.write(Buffer.concat([Buffer.from(request), ...early]));
  // Where it cannot read what comes.
  const timer = setTimeout(() => tcp.destroy(), 300);
  await once(tcp, 'close');
  clearTimeout(timer);
  const isCompressed = bytes.includes('permessage-deflate');
  return isCompressed ? bytes.replace(/\r\n\r\n.*/s, '') : bytes.replaceAll(/(sid":"|io=)[\w-]{20}/g, '$1…');
}

describe('a session', { timeout: 60_000, concurrency: 4 }, () => {
  for (const [name, what] of Object.entries(cases)) {
    it(`is opened as by the stock engine, with ${name}`, async (t) => {
      const [stock, corked] = await Promise.all([open(t, 'ws', what), open(t, 'corked', what)]);
      assert.deepEqual(corked, stock);
    });
  }

  it('is opened for each of many clients that come at once, some of which do not wait', async (t) => {
    const { port } = await serve(t, 'corked', {});
    await visit(port, {});
    const clients = Array.from({ length: 60 }, (_, n) => visit(port, n % 3 === 0 ? { early: [text('40')] } : {}));
    const answer = 'HTTP/1.1 101 Switching Protocols';
    for (const bytes of await Promise.all(clients)) {
      assert.deepEqual([bytes.indexOf(answer), bytes.lastIndexOf(answer)], [0, 0]);
      assert.equal(bytes.split('"maxPayload"').length, 2);
    }
  });

  it('leaves its request what it is, not a dictionary', async (t) => {
    const { io, port } = await serve(t, 'corked', {});
    await visit(port, {});
    const opened = once(io.engine, 'connection') as Promise<[{ request: object }]>;
    await visit(port, {});
    const [{ request }] = await opened;
    // A property that is deleted makes a dictionary of it, on Node.js 22 and later.
    assert.ok(Object.getOwnPropertySymbols(request).some(({ description }) => description === 'responseHeaders'));
  });
});
